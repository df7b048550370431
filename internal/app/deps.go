package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	temporallog "go.temporal.io/sdk/log"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/temporal"
	"github.com/steelthread/steelthread/internal/telemetry"
	"github.com/steelthread/steelthread/mes"
)

// identify tells the API how long secrets last and where else people may sign in.
func identify(d *api.Deps, c config.Config) error {
	d.Secrets = mes.SecretRules{PasswordDays: c.PasswordDays, PINDays: c.PasswordDays}
	secret, err := c.OIDC.Secret()
	if err != nil || c.OIDC.Issuer == "" {
		return err
	}
	d.OIDC = api.OIDC{Issuer: c.OIDC.Issuer, ClientID: c.OIDC.ClientID, ClientSecret: secret, RolesClaim: c.OIDC.RolesClaim, UserClaim: c.OIDC.UserClaim,
		Scopes: strings.Fields(c.OIDC.Scopes), Site: c.Site, Roles: map[string]mes.Role{}}
	for group, role := range c.OIDC.Roles {
		if !mes.RoleFits(mes.AccountPerson, mes.Role(role)) {
			return fmt.Errorf("MES_OIDC_ROLES: %q is not a role of people; roles are %v", role, mes.Roles)
		}
		d.OIDC.Roles[group] = mes.Role(role)
	}
	return nil
}

// dialTemporal connects to a workflow engine, with traces where they are configured.
func dialTemporal(ctx context.Context, o client.Options, log *slog.Logger, traces telemetry.Traces) (client.Client, error) {
	o.Logger = temporallog.NewStructuredLogger(log.With("part", "temporal client"))
	if traces.Provider != nil {
		t, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{Tracer: traces.Provider.Tracer("temporal")})
		if err != nil {
			return nil, fmt.Errorf("trace workflows: %w", err)
		}
		o.Interceptors = append(o.Interceptors, interceptor.ClientInterceptor(t))
	}
	c, err := client.DialContext(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", o.HostPort, err)
	}
	return c, nil
}

// enginePath is where administrators find the engine's own screens.
const enginePath = "/temporal"

// engineScreens is Temporal's web UI. Without it (a slim build) all else works.
func (h *house) engineScreens() http.Handler {
	ui, err := temporal.NewUI(temporal.UIOptions{FrontendAddress: h.engine.FrontendAddress, Namespace: h.engine.Namespace, PublicPath: enginePath})
	if err != nil {
		h.log.Warn("the workflow engine's screens are missing", "err", err)
		return nil
	}
	return ui
}

// probes tell the health screen of parts that the API cannot see by itself.
func (h *house) probes() []api.Probe {
	if h.broker == nil {
		return nil // the plant's own broker; each camera's state tells of it
	}
	return []api.Probe{{Name: "broker", Ask: func(context.Context) api.Part {
		s := h.broker.Stats()
		p := api.Part{State: api.PartOK, Detail: fmt.Sprintf("%d clients, %d messages in, %d out", s.Clients, s.Received, s.Sent)}
		if lost := s.InflightDropped + s.SlowDropped; lost > 0 {
			p.State, p.Detail = api.PartWarn, fmt.Sprintf("%d messages were dropped since the start", lost)
		}
		return p
	}}}
}
