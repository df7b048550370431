package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// enginePath is where the workflow engine's own screens are.
const enginePath = "/temporal"

// engineRoutes lead administrators to the workflow engine's screens, whatever the method: the engine's page has an API
// of its own below the same path.
func (s *Server) engineRoutes() {
	serve := func(c echo.Context) error {
		if s.Engine == nil {
			return mes.Refuse(mes.CodeNotFound, "The workflow engine's screens are not served here.", "", "Look at the cluster's own.")
		}
		s.Engine.ServeHTTP(c.Response(), c.Request())
		return nil
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, path := range []string{enginePath, enginePath + "/*"} {
			s.raw(route{Method: method, Path: path, ID: "engine", Right: policies.EngineUse}, serve)
		}
	}
}

// routeScreens is the one route for which nobody is looked up.
const routeScreens = "screens"

// webRoutes serve the screens. They are public: they are the same for everyone and hold no data.
func (s *Server) webRoutes() {
	serve := func(c echo.Context) error {
		if s.Web == nil || strings.HasPrefix(c.Request().URL.Path, "/api/") {
			return echo.ErrNotFound
		}
		s.Web.ServeHTTP(c.Response(), c.Request())
		return nil
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		s.raw(route{Method: method, Path: "/*", ID: routeScreens, Public: true}, serve)
	}
}
