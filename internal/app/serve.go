package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/temporal"
	"github.com/steelthread/steelthread/internal/telemetry"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/web"
)

// Serve is the command that runs one role against an outside PostgreSQL, Temporal and broker. Any number of processes may
// run the same role side by side, but one edge per site touches its devices.
type Serve struct {
	Role   string `required:"" enum:"api,worker,edge" help:"api (HTTP and screens), worker (workflows, outbox) or edge (devices)."`
	Site   string `help:"Site of the edge; MES_SITE when left out."`
	Listen string `help:"Address of the API; MES_LISTEN when left out."`
	PKI    string `default:"pki" help:"Folder of the edge's own certificate for OPC UA."`
	Buffer string `default:"edge" help:"Folder where the edge keeps what devices said while the API was away."`
}

// Run serves until the context ends.
func (s Serve) Run(ctx context.Context, info Info) (err error) {
	c, log, traces, err := prepare(ctx, s.Role, info.Version)
	if err != nil {
		return err
	}
	r := &role{Serve: s, info: info, config: c, log: log, traces: traces, failed: make(chan error, 1)}
	defer func() {
		stop, cancel := context.WithTimeout(context.Background(), 2*stopTime)
		defer cancel()
		err = errors.Join(err, r.stop(stop), traces.Close(stop))
	}()
	var engine client.Client
	err = untilThere(ctx, log, "Temporal", func(ctx context.Context) (err error) {
		engine, err = dialTemporal(ctx, c.Temporal.Options, log, traces)
		return err
	})
	if err != nil {
		return unlessStopped(ctx, err)
	}
	r.onStop("Temporal client", func(context.Context) error { engine.Close(); return nil })
	start := map[string]func(context.Context, client.Client) error{"api": r.api, "worker": r.worker, "edge": r.edge}
	if err := start[s.Role](ctx, engine); err != nil {
		return unlessStopped(ctx, err)
	}
	log.Info("ready", "role", s.Role)
	select {
	case <-ctx.Done():
		return nil
	case err := <-r.failed:
		return err
	}
}

// unlessStopped leaves out the error of a role that was told to stop before it was up.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// role is one role at work.
type role struct {
	Serve
	parts
	info   Info
	config config.Config
	log    *slog.Logger
	traces telemetry.Traces
	failed chan error
}

func (r *role) fail(err error) {
	select {
	case r.failed <- err:
	default:
	}
}

func (r *role) records(ctx context.Context) (*store.Store, error) {
	if r.config.DatabaseURL == "" {
		return nil, errors.New("MES_DATABASE_URL is not set; this role needs the records")
	}
	var s *store.Store
	err := untilThere(ctx, r.log, "the records", func(ctx context.Context) (err error) {
		s, err = store.Open(ctx, r.config.DatabaseURL)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.onStop("records", func(context.Context) error { s.Close(); return nil })
	return s, nil
}

func (r *role) api(ctx context.Context, engine client.Client) error {
	f, err := openFront(or(r.Listen, r.config.Listen), &r.parts, r.fail)
	if err != nil {
		return err
	}
	s, err := r.records(ctx)
	if err != nil {
		return err
	}
	d := wiring.API(s)
	d.Temporal, d.Web, d.Log, d.Version = engine, web.Handler(), r.log, r.info.Version
	d.PublicURL, d.InboxURL, d.Limits.Idle = or(r.config.PublicURL, f.url), r.config.ERPInboxURL, r.config.SessionIdle
	if err := identify(&d, r.config); err != nil {
		return err
	}
	d.Proof, d.ReviewEvery = proverOf(s, auditKeys(r.config), auditLog(r.config)), r.config.AuditReview
	d.Probes = append(d.Probes, auditProbe(s))
	if r.traces.Provider != nil {
		d.Traces = r.traces.Provider
	}
	ui, err := temporal.NewUI(temporal.UIOptions{FrontendAddress: r.config.Temporal.Address, Namespace: r.config.Temporal.Namespace, PublicPath: enginePath})
	if err == nil {
		d.Engine = ui
	} else {
		r.log.Warn("the workflow engine's screens are missing", "err", err)
	}
	a, err := api.New(d)
	if err != nil {
		return err
	}
	r.background("event streams", a.Run, r.fail)
	f.handOver(a)
	r.log.Info("serving", "address", f.url)
	return nil
}

func (r *role) worker(ctx context.Context, engine client.Client) error {
	s, err := r.records(ctx)
	if err != nil {
		return err
	}
	if err := r.keeper(ctx, s); err != nil {
		return err
	}
	if err := startCore(&r.parts, engine, s, retentionOf(r.config), r.log); err != nil {
		return err
	}
	return startDispatcher(&r.parts, engine, s, erpOf(r.config), cmmsOf(r.config), r.config, r.log, r.fail)
}

func (r *role) edge(ctx context.Context, engine client.Client) error {
	site := or(r.Site, r.config.Site)
	if site == "" || r.config.APIURL == "" || r.config.EdgeToken == "" {
		return errors.New("an edge needs its site (--site or MES_SITE), MES_API_URL and MES_EDGE_TOKEN")
	}
	pki, err := filepath.Abs(r.PKI)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(pki, 0o700); err != nil {
		return fmt.Errorf("the certificate's folder can't be made: %w", err)
	}
	return edgeOf(ctx, &r.parts, engine, edgeOptions{site: site, pki: pki, dir: r.Buffer, api: r.config.APIURL, token: r.config.EdgeToken}, r.log)
}
