package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/mqtt"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/zpl"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/workers"
	"github.com/steelthread/steelthread/workers/bridge"
)

// startCore runs workflows and the activities that need only the database.
func startCore(p *parts, c client.Client, s *store.Store, keep mes.Retention, log *slog.Logger) error {
	core := &workers.Core{Client: c, Lots: s.Lots, Orders: s.Orders, Documents: s.Documents, Signed: s.Signatures, CAPAs: s.CAPAs, Calls: s.Calls, Events: s.Events, Certificates: s.Qualifications, Gauges: s.Gauges,
		Holds: s.Containments, Sites: s.Plant, Open: s.Lots, Machines: s.Machines, Figures: s.Figures, Telemetry: s.Telemetry, Retention: keep, Maintenance: s.Maintenances,
		Queues: s.Dispatching, Log: log}
	stop, err := core.Start(context.Background())
	if err != nil {
		return fmt.Errorf("start the core worker: %w", err)
	}
	p.onStop("core worker", func(context.Context) error { stop(); return nil })
	return nil
}

// retentionOf is how long devices' values are kept.
func retentionOf(c config.Config) mes.Retention {
	return mes.Retention{Raw: c.RawDays, Minute: c.MinuteDays, Hour: c.HourDays}
}

// edgeOptions is what an edge needs to know.
type edgeOptions struct {
	site, pki string
	// dir keeps what devices said while the API was away.
	dir        string
	api, token string
}

// edgeOf runs the edge role: it alone touches devices.
func edgeOf(ctx context.Context, p *parts, c client.Client, o edgeOptions, log *slog.Logger) error {
	door := bridge.NewAPI(o.api, o.token)
	var configs []devices.Config
	err := untilThere(ctx, log, "the API", func(ctx context.Context) (err error) {
		configs, err = deviceConfigs(ctx, door)
		return err
	})
	if err != nil {
		return err
	}
	overOPCUA := opcua.Factory(opcua.Options{PKIDir: o.pki, Logger: log})
	hub, err := devices.NewHub(map[string]devices.Factory{
		"opcua":            overOPCUA,
		opcua.CameraDriver: overOPCUA,
		"mqtt":             mqtt.TagFactory(mqtt.Options{Logger: log}),
		"mqtt-camera":      mqtt.Factory(mqtt.Options{Logger: log}),
		"zpl":              zpl.Factory(zpl.Options{Logger: log}),
	}, configs)
	if err != nil {
		return fmt.Errorf("the devices of site %s: %w", o.site, err)
	}
	p.onStop("devices", func(context.Context) error { return hub.Close() })
	edge := &workers.Edge{Client: c, Site: o.site, Hub: hub, API: door, Dir: o.dir, Log: log}
	stop, err := edge.Start(context.Background())
	if err != nil {
		return fmt.Errorf("start the edge worker of site %s: %w", o.site, err)
	}
	p.onStop("edge worker", func(context.Context) error { stop(); return nil })
	return nil
}

// deviceConfigs asks the API for the site's devices.
func deviceConfigs(ctx context.Context, door *bridge.API) ([]devices.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var page mes.Page[struct {
		ID     string          `json:"id"`
		Config json.RawMessage `json:"config"`
	}]
	if err := door.Get(ctx, "/edge/devices", &page); err != nil {
		return nil, fmt.Errorf("ask for the site's devices: %w", err)
	}
	out := make([]devices.Config, len(page.Items))
	for i, d := range page.Items {
		if err := json.Unmarshal(d.Config, &out[i]); err != nil {
			return nil, fmt.Errorf("the configuration of device %s: %w", d.ID, err)
		}
	}
	return out, nil
}

// startWorkers starts what works on orders and lots; the edge follows once the API is there.
func (h *house) startWorkers() error {
	if err := startCore(&h.parts, h.temporal, h.store, retentionOf(h.config), h.log); err != nil {
		return err
	}
	return startDispatcher(&h.parts, h.temporal, h.store, h.erp(), h.cmms(), h.config, h.log, h.fail)
}

// startEdge starts the edge of the only site, or waits for a plant to be imported.
func (h *house) startEdge(ctx context.Context) error {
	sites, err := h.store.Plant.Sites(ctx)
	if err != nil {
		return err
	}
	if len(sites) == 0 && h.config.Site == "" {
		h.background("edge", h.edgeWhenImported, h.fail)
		return nil
	}
	site, err := onlySite(ctx, h.store, h.config.Site)
	if err != nil {
		return err
	}
	return h.edgeAt(ctx, site)
}

func (h *house) edgeWhenImported(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if sites, err := h.store.Plant.Sites(ctx); err == nil && len(sites) > 0 {
			return h.edgeAt(ctx, sites[0])
		}
	}
}

func (h *house) edgeAt(ctx context.Context, site string) error {
	token, err := h.edgeToken(ctx, site)
	if err != nil {
		return err
	}
	return edgeOf(ctx, &h.parts, h.temporal, edgeOptions{site: site, pki: h.pkiDir(), dir: filepath.Join(h.folder.dir, "edge"), api: h.front.url, token: token}, h.log)
}

// insideEdge is the service account of the edge that runs in the same process.
const insideEdge = "edge-inside"

// edgeToken gives the edge in this process a fresh token, and ends the one of the last start. It is never written down.
func (h *house) edgeToken(ctx context.Context, site string) (string, error) {
	by := mes.Actor{ID: mes.ActorSystem}
	account := mes.Account{ID: insideEdge, Name: "Edge in the same process", Kind: mes.AccountService, Site: site, Roles: []mes.Role{mes.RoleEdge}, Active: true}
	if _, err := h.store.Accounts.Get(ctx, insideEdge); mes.CodeOf(err) == mes.CodeNotFound {
		if err := h.store.Accounts.Upsert(ctx, by, account); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	const why = "The process has started anew."
	err := h.store.Accounts.RevokeToken(ctx, by, insideEdge, insideEdge, why)
	if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return "", err
	}
	scopes, err := rightsOf(account.Roles)
	if err != nil {
		return "", err
	}
	token, secret := newToken(insideEdge, insideEdge, scopes, mes.MaxTokenDays)
	return secret, h.store.Accounts.AddToken(ctx, by, token, why)
}
