package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/internal/embedded/temporal"
	"github.com/steelthread/steelthread/test/plant"
)

// cluster is the outside parts, and the processes of the roles.
type cluster struct {
	dir, binary string
	password    string // of the database, which must show nowhere
	engine      *temporal.Server
	broker      *plant.Mosquitto
	sim         *plant.Sim
	env         []string
	ports       [2]int
	run         plant.RunInfo
	processes   map[string]*plant.Process
}

// open starts PostgreSQL, Temporal, mosquitto and the simulated plant, none of which belongs to a `mes` here.
func open(t *testing.T) *cluster {
	c := &cluster{dir: plant.Folder(t), broker: plant.StartMosquitto(t), processes: map[string]*plant.Process{}}
	var err error
	c.binary, err = plant.Binary()
	plant.OK(t, err)
	for i := range c.ports {
		c.ports[i], err = plant.FreePort()
		plant.OK(t, err)
	}
	db := c.database(t)
	c.engineOn(t, db)
	c.sim, err = plant.StartSim(t.Context(), c.binary, c.dir, plant.Options{Speed: 100, Seed: 11, Broker: c.broker.URL})
	plant.OK(t, err)
	t.Cleanup(c.sim.Stop)
	c.password = db.Password(postgres.RoleApp)
	c.env = []string{"MES_DATABASE_URL=" + db.AppURL("mes"), "MES_MIGRATE_URL=" + db.AdminURL("mes"), "MES_MQTT_URL=" + c.broker.URL, "MES_SITE=HAM",
		"TEMPORAL_ADDRESS=" + c.engine.FrontendAddress, "TEMPORAL_NAMESPACE=" + c.engine.Namespace, "MES_API_URL=http://" + c.address(c.ports[1]),
		"MES_ERP_URL=" + c.sim.ERP.URL, "MES_ERP_SECRET=" + c.sim.ERP.Secret}
	return c
}

func (c *cluster) database(t *testing.T) *postgres.Server {
	db, err := postgres.Start(t.Context(), postgres.Options{DataDir: filepath.Join(c.dir, "postgres")})
	plant.OK(t, err)
	t.Cleanup(func() { _ = db.Stop(context.Background()) })
	plant.OK(t, db.CreateDatabase(t.Context(), "mes"))
	for _, name := range []string{temporal.MainDatabase, temporal.VisibilityDatabase} {
		plant.OK(t, db.CreateDatabaseFor(t.Context(), name, postgres.RoleTemporal))
	}
	return db
}

func (c *cluster) engineOn(t *testing.T, db *postgres.Server) {
	var err error
	c.engine, err = temporal.Start(t.Context(), temporal.Options{Database: temporal.Database{
		Address: db.Address(), User: postgres.RoleTemporal, Password: db.Password(postgres.RoleTemporal)}})
	plant.OK(t, err)
	t.Cleanup(c.engine.Stop)
}

func (c *cluster) address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// serve starts a role as a process of its own.
func (c *cluster) serve(t *testing.T, role, name string, args ...string) {
	t.Helper()
	log := filepath.Join(c.dir, name+".log")
	p, err := plant.Run(name, log, c.binary, c.env, append([]string{"serve", "--role", role, "--site", "HAM", "--pki", filepath.Join(c.dir, "pki")}, onlyAPI(role, args)...)...)
	plant.OK(t, err)
	c.processes[name] = p
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s:\n%s", name, p.Tail(15))
		}
		if p.Running() {
			if err := p.Stop(20 * time.Second); err != nil {
				t.Errorf("%s does not stop in order: %v", name, err)
			}
		}
	})
}

func onlyAPI(role string, args []string) []string {
	if role != "api" {
		return nil
	}
	return args
}

// ready waits until an API says that it has everything it needs.
func (c *cluster) ready(t *testing.T, port int) {
	t.Helper()
	u := url.URL{Scheme: "http", Host: c.address(port), Path: "/readyz"}
	plant.Eventually(t, time.Minute, func() string {
		r, err := http.Get(u.String())
		if err != nil {
			return err.Error()
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return r.Status
		}
		return ""
	})
}

// announce tells the simulated plant's REST camera where results go.
func (c *cluster) announce(t *testing.T) {
	text, err := json.Marshal(map[string]string{"url": "http://" + c.address(c.ports[1]), "token": c.run.Tokens["vision"]})
	plant.OK(t, err)
	plant.OK(t, os.WriteFile(filepath.Join(c.sim.Dir, "api.json"), text, 0o600))
}

// at is the cluster as one of its APIs serves it, with the accounts of this test.
func (c *cluster) at(port int) *plant.Plant {
	p := &plant.Plant{Options: plant.Options{Dir: c.dir}, Base: "http://" + c.address(port), Port: port, Sim: c.sim}
	p.Known = &c.run
	return p
}
