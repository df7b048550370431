package api

import (
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// Describe makes the OpenAPI document without anything behind it.
func Describe() ([]byte, error) {
	configureHuma()
	s := &Server{echo: echo.New(), routes: map[routeKey]*route{}}
	s.Limits = Limits{}.orDefault()
	s.Metrics = prometheus.NewRegistry()
	s.huma = humaecho.New(s.echo, humaConfig("1"))
	s.register()
	if s.wrong != nil {
		return nil, s.wrong
	}
	return s.OpenAPI()
}
