package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/internal/embedded/broker"
	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/internal/embedded/temporal"
	"github.com/steelthread/steelthread/internal/witness"
	"github.com/steelthread/steelthread/store"
)

// infrastructure is what the house stands on.
type infrastructure struct {
	broker   *broker.Broker
	mqtt     partners
	postgres *postgres.Server
	engine   *temporal.Server
	temporal client.Client
	store    *store.Store
	keeper   *witness.Keeper
}

// edgeLogin is the edge's own login to the broker; cameras have another one.
type edgeLogin struct{ User, Password string }

// startBroker opens the MQTT broker on the port that the simulated plant knows, or on one of its own. Where
// MES_MQTT_URL names a broker, that one is used and none is opened.
func (h *house) startBroker() error {
	if h.config.MQTTURL != "" {
		return h.useBroker()
	}
	p, err := agree(h.simDir())
	if err != nil {
		return fmt.Errorf("settle the broker's address: %w", err)
	}
	h.edge = edgeLogin{"edge", rand.Text()}
	b, err := h.openBroker(p)
	if err != nil && h.Sim == "" {
		// Somebody else has taken the port since the last start. Our own plant starts later and learns the new one.
		if p, err = propose(h.simDir()); err != nil {
			return err
		}
		b, err = h.openBroker(p)
	}
	if err != nil {
		return err
	}
	h.broker, h.mqtt = b, p
	h.onStop("MQTT broker", func(context.Context) error { return b.Stop() })
	return nil
}

func (h *house) openBroker(p partners) (*broker.Broker, error) {
	topics := []string{"steelthread"}
	return broker.Start(broker.Options{Port: p.MQTT.port(), Logger: h.log, Users: []broker.User{
		{Name: h.edge.User, Password: h.edge.Password, Publish: topics, Subscribe: topics},
		{Name: p.MQTT.User, Password: p.MQTT.Password, Publish: topics, Subscribe: topics},
	}})
}

// useBroker takes the plant's own broker, with one login for cameras and edge. A simulated plant is told of it.
func (h *house) useBroker() error {
	u, err := url.Parse(h.config.MQTTURL)
	if err != nil {
		return fmt.Errorf("MES_MQTT_URL: %w", err)
	}
	password, _ := u.User.Password()
	h.edge = edgeLogin{u.User.Username(), password}
	h.mqtt.MQTT = mqttLogin{URL: u.Scheme + "://" + u.Host, User: h.edge.User, Password: password}
	if !h.Demo {
		return nil
	}
	if err := os.MkdirAll(h.simDir(), 0o700); err != nil {
		return fmt.Errorf("tell the simulated plant of the broker: %w", err)
	}
	return writeJSON(filepath.Join(h.simDir(), partnersFile), h.mqtt)
}

// brokerURL is the broker's address without a login.
func (h *house) brokerURL() string {
	if h.broker == nil {
		return h.mqtt.MQTT.URL
	}
	return h.broker.URL()
}

// mqttURL is the broker's address with the cameras' login, as run.json gives it.
func (h *house) mqttURL() string {
	u, err := url.Parse(h.brokerURL())
	if err != nil {
		return h.brokerURL()
	}
	if h.mqtt.MQTT.User != "" {
		u.User = url.UserPassword(h.mqtt.MQTT.User, h.mqtt.MQTT.Password)
	}
	return u.String()
}

// startPostgres starts PostgreSQL and makes the databases.
func (h *house) startPostgres(ctx context.Context) error {
	pg, err := postgres.Start(ctx, postgres.Options{DataDir: h.folder.path("postgres"), BinDir: h.config.PostgresBin, Logger: h.log, Restored: h.restored != nil})
	if err != nil {
		return err
	}
	h.postgres = pg
	h.onStop("PostgreSQL", pg.Stop)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return pg.CreateDatabase(gctx, database) })
	for _, name := range []string{temporal.MainDatabase, temporal.VisibilityDatabase} {
		g.Go(func() error { return pg.CreateDatabaseFor(gctx, name, postgres.RoleTemporal) })
	}
	return g.Wait()
}

// startTemporal starts the workflow engine on the same PostgreSQL, and a client of it.
func (h *house) startTemporal(ctx context.Context) error {
	engine, err := temporal.Start(ctx, temporal.Options{Logger: h.log, Database: temporal.Database{
		Address: h.postgres.Address(), User: postgres.RoleTemporal, Password: h.postgres.Password(postgres.RoleTemporal)}})
	if err != nil {
		return err
	}
	h.engine = engine
	h.onStop("Temporal", func(context.Context) error { engine.Stop(); return nil })
	h.temporal, err = dialTemporal(ctx, client.Options{HostPort: engine.FrontendAddress, Namespace: engine.Namespace}, h.log, h.traces)
	if err != nil {
		return err
	}
	h.onStop("Temporal client", func(context.Context) error { h.temporal.Close(); return nil })
	return nil
}

// openRecords migrates the records' database, opens it as the application's role, and loads the demo plant into it.
func (h *house) openRecords(ctx context.Context) error {
	if err := store.Migrate(ctx, h.postgres.AdminURL(database)); err != nil {
		return err
	}
	s, err := store.Open(ctx, h.postgres.AppURL(database))
	if err != nil {
		return err
	}
	h.store = s
	h.onStop("records", func(context.Context) error { s.Close(); return nil })
	if err := h.completeRestore(ctx); err != nil {
		return err
	}
	if h.demo == nil {
		return nil
	}
	return h.loadDemo(ctx)
}

// pkiDir keeps the edge's own certificate for OPC UA.
func (h *house) pkiDir() string { return filepath.Join(h.folder.dir, "pki") }

// stopTime bounds how long requests and activities in flight may take to end.
const stopTime = 8 * time.Second
