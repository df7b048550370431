package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steelthread/steelthread/deploy/demo"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/internal/plant"
	"github.com/steelthread/steelthread/internal/runfile"
)

// demonstrated is the demo plant of this run.
type demonstrated struct {
	earlier runfile.Run
	child   *simChild
	sim     sim.Info
	site    string
	logins  []runfile.Login
	tokens  map[string]string
	// terminals are the tokens of the stations' terminals.
	terminals map[string]string
	// ready ends when machines run and passwords are hashed, both of which begin before the database is up.
	ready   *errgroup.Group
	secrets map[string]secret
}

// beginDemo starts what needs no database: the simulated plant, and hashing.
func (h *house) beginDemo(ctx context.Context) error {
	d := &demonstrated{}
	var err error
	if d.earlier, err = runfile.Read(h.folder.dir); err != nil && !runfile.Missing(err) {
		return err
	}
	if h.Sim == "" {
		d.child, err = startSim(h.simDir(), Sim{Seed: h.Seed, Speed: h.Speed, RejectRate: h.RejectRate})
		if err != nil {
			return err
		}
		h.onStop("simulated plant", func(context.Context) error { return d.child.stop() })
		go h.watchSim(d.child)
	}
	d.ready = new(errgroup.Group)
	d.ready.Go(func() (err error) {
		wait, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		d.sim, err = findSim(wait, h.simDir(), d.child)
		return err
	})
	d.ready.Go(func() (err error) {
		d.secrets, err = drawSecrets(ctx, d.earlier)
		return err
	})
	h.demo = d
	return nil
}

// watchSim says so when the simulated plant ends before we do. The rest goes on, as it would without its machines.
func (h *house) watchSim(c *simChild) {
	<-c.done
	if c.err != nil {
		h.log.Warn("the simulated plant has ended", "err", c.err, "log", h.simDir()+"/sim.log")
	}
}

// loadDemo imports the demo plant with the addresses of this run, and gives out logins and tokens.
func (h *house) loadDemo(ctx context.Context) error {
	d := h.demo
	if err := d.ready.Wait(); err != nil {
		return err
	}
	values, err := h.demoValues()
	if err != nil {
		return err
	}
	giver := demonstration{store: h.store, earlier: d.earlier, secrets: d.secrets}
	def, err := giver.load(ctx, demo.Files, values)
	if err != nil {
		return fmt.Errorf("load the demo plant: %w", err)
	}
	d.site = def.Site()
	if d.logins, err = giver.logins(ctx, def.Accounts); err != nil {
		return err
	}
	if d.tokens, err = giver.tokens(ctx, def.Accounts); err != nil {
		return err
	}
	if d.terminals, err = giver.terminals(ctx, d.site, def.Plant.Equipment); err != nil {
		return err
	}
	return announce(h.simDir(), apiAddress{URL: h.front.url, Token: d.tokens["vision"]})
}

// demoValues answer the placeholders in the demo plant's files.
func (h *house) demoValues() (plant.Values, error) {
	var info any
	text, err := json.Marshal(h.demo.sim)
	if err == nil {
		err = json.Unmarshal(text, &info)
	}
	return plant.Values{"sim": info, "mqtt": map[string]any{"url": h.brokerURL(), "user": h.edge.User, "password": h.edge.Password}}, err
}

// runFile is what run.json says of this run.
func (h *house) runFile() runfile.Run {
	r := runfile.Run{URL: h.front.url, Version: h.info.Version, MQTT: h.mqttURL(), Temporal: h.engine.FrontendAddress,
		PIDs: map[string]int{"mes": os.Getpid(), "postgres": h.postgres.PID()}}
	if h.demo == nil {
		return r
	}
	d := h.demo
	r.Logins, r.Tokens, r.Terminals, r.OPCUA = d.logins, d.tokens, d.terminals, map[string]string{}
	for id, e := range d.sim.OPCUA {
		r.OPCUA[id] = e.Endpoint
	}
	r.Sim = &runfile.Sim{Dir: h.simDir(), Faults: d.sim.Faults.URL, ERP: d.sim.ERP.URL, Printer: d.sim.Printer, Speed: h.Speed}
	r.PIDs["sim"] = d.sim.PID
	return r
}

// greet prints what a newcomer needs: one address, and how to get in.
func (h *house) greet(w io.Writer) {
	fmt.Fprintf(w, "\nSteelthread is ready: %s\n", h.front.url)
	if h.demo == nil {
		fmt.Fprintf(w, "Load a plant with `mes import DIR`, then add people with `mes user add`.\n\n")
		return
	}
	fmt.Fprintf(w, "\n  %-10s %-16s %-8s %-8s %s\n", "user", "password", "badge", "PIN", "who")
	for _, l := range h.demo.logins {
		if !l.Autopilot {
			fmt.Fprintf(w, "  %-10s %-16s %-8s %-8s %s, %s\n", l.User, l.Password, dash(l.Badge), dash(l.PIN), l.Name, l.Role)
		}
	}
	fmt.Fprintf(w, "\nTo work at a station, open it and let sv-05, mt-03 or admin register the browser there once; the screen asks for it.\n")
	fmt.Fprintf(w, "They are in %s too, with the tokens of programs. Stop with Ctrl-C; nothing is lost.\n\n", strings.Join([]string{h.folder.dir, runfile.Name}, "/"))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
