package sim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// Plant is a running simulated plant.
type Plant struct {
	opts   Options
	faults *faults
	erp    *erp
	board  *control
	cancel context.CancelFunc
	wg     sync.WaitGroup
	info   Info

	mu       sync.Mutex // guards starting and stopping machines
	plcs     map[string]*plc
	cameras  map[string]*camera
	cutters  map[string]*cutter
	printers map[string]*printer
}

// Run plays the plant until ctx ends. It is the whole of the command mes sim: it also quiets the OPC UA library, which
// prints to the standard logger. Once sim.json is written all ports listen; the machines come up behind them one by one,
// since each server reads the whole OPC UA standard node set first.
func Run(ctx context.Context, o Options) error {
	log.SetOutput(io.Discard)
	p, err := open(ctx, o)
	if err != nil {
		return err
	}
	if err := p.boot(ctx); err != nil && ctx.Err() == nil {
		return errors.Join(err, p.Close())
	}
	<-ctx.Done()
	return p.Close()
}

// Start brings the plant up and returns when all of it runs and sim.json is written.
func Start(ctx context.Context, o Options) (*Plant, error) {
	p, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := p.boot(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// boot switches every machine on.
func (p *Plant) boot(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(p.plcs)) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.StartMachine(id); err != nil {
			return err
		}
	}
	return nil
}

// open takes all ports, brings up everything but the machines, and writes sim.json.
func open(ctx context.Context, o Options) (_ *Plant, err error) {
	o, err = o.withDefaults()
	if err != nil {
		return nil, err
	}
	for _, d := range []string{"machines", "pki", "printers", "erp"} {
		if err := os.MkdirAll(o.path(d), 0o700); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Plant{opts: o, faults: newFaults(), cancel: cancel, plcs: map[string]*plc{}, cameras: map[string]*camera{}, cutters: map[string]*cutter{},
		printers: map[string]*printer{}}
	if err := p.build(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	for _, c := range p.cameras {
		p.wg.Go(func() { c.run(ctx) })
	}
	for _, c := range p.cutters {
		p.wg.Go(func() { c.run(ctx) })
	}
	p.wg.Go(func() { p.network(ctx) })
	p.info = p.describe()
	if err := p.info.write(p.opts); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Plant) build() error {
	last, secret, err := lastPorts(p.opts)
	if err != nil {
		return err
	}
	port := func(id string) int { return or(p.opts.Ports.ByID[id], last.ByID[id]) }
	if err := p.buildMachines(port); err != nil {
		return err
	}
	for _, m := range printerModels {
		pr, err := newPrinter(m.id, m.station, p.opts, p.faults, port(m.id))
		if err != nil {
			return err
		}
		p.printers[m.id] = pr
	}
	if p.opts.MQTT.URL != "" {
		for _, m := range cameraModels {
			p.cameras[m.id] = newCamera(m, p.opts, p.faults)
		}
		for _, m := range cutterModels {
			if len(p.opts.Machines) == 0 || slices.Contains(p.opts.Machines, m.id) {
				p.cutters[m.id] = newCutter(m, p.opts, p.faults)
			}
		}
	}
	if p.opts.ERPSecret != "" {
		secret = p.opts.ERPSecret
	}
	if secret == "" {
		secret = newSecret()
	}
	if p.erp, err = newERP(p.opts, secret, p.faults, or(p.opts.Ports.ERP, last.ERP)); err != nil {
		return err
	}
	p.board, err = newControl(p, or(p.opts.Ports.Control, last.Control))
	return err
}

// buildMachines prepares the machines side by side, since each makes a key on its first day.
func (p *Plant) buildMachines(port func(id string) int) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for _, m := range models {
		if len(p.opts.Machines) > 0 && !slices.Contains(p.opts.Machines, m.id) {
			continue
		}
		wg.Go(func() {
			c, err := newPLC(m, p.opts, p.faults, port(m.id))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			p.plcs[m.id] = c
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func newSecret() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Close ends the plant. What it keeps stays in its folder.
func (p *Plant) Close() error {
	p.cancel()
	var errs []error
	if p.board != nil {
		errs = append(errs, shutdown(p.board.server))
	}
	p.wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.plcs {
		errs = append(errs, c.close())
	}
	for _, c := range p.printers {
		errs = append(errs, c.close())
	}
	if p.erp != nil {
		errs = append(errs, p.erp.close())
	}
	return errors.Join(errs...)
}

// Info tells where everything is.
func (p *Plant) Info() Info { return p.info }

func (p *Plant) describe() Info {
	i := Info{PID: os.Getpid(), OPCUA: map[string]Endpoint{}, Printer: map[string]string{},
		ERP: ERPInfo{URL: p.erp.url(), Webhook: p.erp.url() + "/webhook", Messages: p.erp.url() + "/messages", CMMS: p.erp.url() + "/maintenance",
			Secret: p.erp.secret},
		Faults: FaultsInfo{URL: p.board.url()}}
	for _, id := range slices.Sorted(maps.Keys(p.plcs)) {
		c := p.plcs[id]
		i.OPCUA[id] = Endpoint{Endpoint: c.endpoint(), Pin: c.thumbprint()}
		sec := devices.Security{Policy: "Basic256Sha256", Mode: "SignAndEncrypt", Pin: c.thumbprint()}
		cycle := time.Duration(float64(c.model.cycle) / p.opts.Speed)
		i.Devices = append(i.Devices, c.model.config(p.opts.Site, c.endpoint(), sec, cycle))
	}
	if len(p.cameras) > 0 {
		i.MQTT = MQTTInfo{URL: p.opts.MQTT.URL, Trigger: map[string]string{}, Result: map[string]string{}}
	}
	for _, id := range slices.Sorted(maps.Keys(p.cameras)) {
		cfg := p.cameras[id].config()
		i.MQTT.Trigger[id] = cfg.Tags["trigger"]
		if t := cfg.Tags["result"]; t != "" {
			i.MQTT.Result[id] = t
		}
		i.Devices = append(i.Devices, cfg)
	}
	for _, id := range slices.Sorted(maps.Keys(p.cutters)) {
		i.Devices = append(i.Devices, p.cutters[id].config())
	}
	for _, id := range slices.Sorted(maps.Keys(p.printers)) {
		i.Printer[id] = p.printers[id].relay.Addr()
		i.Devices = append(i.Devices, p.printers[id].config())
	}
	return i
}
