//go:build !slim

package temporal

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/route"
)

// NewUI is the Temporal web UI as a handler, to be mounted under UIOptions.PublicPath behind a check that lets
// administrators only pass: the UI itself asks for no login.
//
// The UI's server keeps its router to itself and would open a port, so its routes are put on a router of ours.
func NewUI(opts UIOptions) (http.Handler, error) {
	if opts.Namespace == "" {
		opts.Namespace = DefaultNamespace
	}
	cfg := &config.Config{
		TemporalGRPCAddress: opts.FrontendAddress,
		PublicPath:          opts.PublicPath,
		EnableUI:            true,
		DefaultNamespace:    opts.Namespace,
		DisableNewsFetch:    true, // a plant network has no way to the internet, and nobody should learn of it
		DisableWriteActions: !opts.AllowChanges,
		HideLogs:            true,
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("prepare the Temporal web UI: %w", err)
	}
	provider, err := config.NewConfigProviderWithRefresh(cfg)
	if err != nil {
		return nil, fmt.Errorf("prepare the Temporal web UI: %w", err)
	}
	e := echo.New()
	e.Pre(route.PublicPath(opts.PublicPath))
	e.Use(middleware.Recover(), middleware.Gzip())
	if opts.AllowChanges {
		e.Use(csrf.EnsureTokenCookie(false), middleware.CSRFWithConfig(csrf.MiddlewareConfig(provider, false)))
	}
	if err := route.SetAPIRoutes(e, provider, nil); err != nil {
		return nil, fmt.Errorf("connect the Temporal web UI: %w", err)
	}
	route.SetRenderRoute(e, "") // the public path is taken off before routing
	if err := setPages(e, opts.PublicPath); err != nil {
		return nil, fmt.Errorf("load the Temporal web UI: %w", err)
	}
	return e, nil
}
