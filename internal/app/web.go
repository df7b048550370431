package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/web"
)

// front is the HTTP side of the process. It listens from the first moment, so that a port that is taken is known before
// anything else starts, and says that the house is starting until the API takes over.
type front struct {
	listener net.Listener
	handler  atomic.Pointer[http.Handler]
	url      string
}

// ServeHTTP passes requests to the API, or answers that it is not there yet.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := f.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "1")
	status := http.StatusServiceUnavailable
	if r.URL.Path == "/healthz" {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": false, "missing": []string{"start-up"}}) // the reader has gone: nobody to tell
}

func (f *front) handOver(h http.Handler) { f.handler.Store(&h) }

// openFront listens and serves. Stopping ends open streams first, since they would never end by themselves.
func openFront(address string, p *parts, failed func(error)) (*front, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		_, port, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("port %s can't be used. Nothing was started. Free it, or choose another one with --port; 0 takes a free one: %w", port, err)
	}
	f := &front{listener: l, url: "http://" + l.Addr().String()}
	ctx, cancel := context.WithCancel(context.Background())
	s := &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		if err := s.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			failed(fmt.Errorf("serve %s: %w", l.Addr(), err))
		}
	}()
	p.onStop("HTTP", func(wait context.Context) error {
		wait, done := context.WithTimeout(wait, stopTime)
		defer done()
		stop := context.AfterFunc(wait, cancel)
		defer stop()
		time.AfterFunc(time.Second, cancel) // streams of events; commands are through in less
		return s.Shutdown(wait)
	})
	return f, nil
}

func (h *house) listen() error {
	f, err := openFront(net.JoinHostPort(h.Host, strconv.Itoa(h.Port)), &h.parts, h.fail)
	h.front = f
	return err
}

// serve builds the API, writes run.json and opens the doors, in this order: who sees /readyz finds run.json.
func (h *house) serve() error {
	d := h.apiDeps()
	if err := identify(&d, h.config); err != nil {
		return err
	}
	if h.demo != nil {
		d.Secrets = mes.SecretRules{} // a demonstration's passwords stand in its run.json for as long as it is kept
	}
	s, err := api.New(d)
	if err != nil {
		return err
	}
	h.background("event streams", s.Run, h.fail)
	if err := h.runFile().Write(h.folder.dir); err != nil {
		return err
	}
	h.front.handOver(s)
	return nil
}

// apiDeps hands the API its ports.
func (h *house) apiDeps() api.Deps {
	d := wiring.API(h.store)
	d.Temporal, d.Web, d.Log, d.Version = h.temporal, web.Handler(), h.log, h.info.Version
	d.PublicURL = or(h.config.PublicURL, h.front.url)
	d.InboxURL = h.config.ERPInboxURL
	d.Limits.Idle = h.config.SessionIdle
	d.Engine = h.engineScreens()
	d.Probes = append(h.probes(), auditProbe(h.store))
	d.Proof, d.ReviewEvery = h.keeper.Prover, h.config.AuditReview
	if h.demo != nil {
		d.InboxURL = or(d.InboxURL, h.demo.sim.ERP.Messages)
	}
	if h.traces.Provider != nil {
		d.Traces = h.traces.Provider
	}
	return d
}
