package sim

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// Shown is one result as a machine-vision camera shows it in its nodes.
type Shown struct {
	Job, Result, Part, Step string
	// Evaluation is 1 for OK, 2 for not OK, 3 for not decidable.
	Evaluation         int32
	Partial, Simulated bool
	Confidence         float64
	Model, Code        string
	Image              []byte
}

// VisionServer is a camera that shows its last result over OPC UA (Machine Vision) and counts its results. It is for
// tests: without security, behind a relay at which its connections are cut.
type VisionServer struct {
	id      string
	host    string
	relay   *relay.Relay
	machine *machine
	mu      sync.Mutex
	stop    context.CancelFunc
	news    *news
}

// StartVisionServer brings a camera up.
func StartVisionServer(id string) (*VisionServer, error) {
	v := &VisionServer{id: id, host: "127.0.0.1"}
	v.machine = &machine{model: model{id: id, name: "Camera"}, faults: newFaults(), log: slog.New(slog.DiscardHandler), tags: map[string]*tag{}, dirty: map[string]bool{}}
	for _, t := range []tag{{name: "result_counter", value: uint32(0)}, {name: "verdict", value: int32(0), measured: true}, {name: "result_id", value: ""}, {name: "job_id", value: ""},
		{name: "part_id", value: ""}, {name: "step", value: ""}, {name: "partial", value: false}, {name: "simulated", value: false}, {name: "confidence", value: 0.0},
		{name: "model", value: ""}, {name: "code", value: ""}, {name: "created_at", value: time.Now().UTC()}, {name: "image", value: []byte{}},
		{name: "trigger", value: "", writable: true}, {name: "for_part", value: "", writable: true}} {
		t.at = time.Now()
		v.machine.tags[t.name] = &t
	}
	var err error
	if v.relay, err = listenRelay(v.host, 0); err != nil {
		return nil, err
	}
	return v, v.Start()
}

// Config reaches the camera.
func (v *VisionServer) Config(site, station string) devices.Config {
	c := devices.Config{ID: v.id, Site: site, Station: station, Driver: "opcua-camera", Address: "opc.tcp://" + v.relay.Addr(), Tags: map[string]string{},
		Profile: devices.Profile{Name: "machine-vision", Timeout: devices.Duration(3 * time.Second), Poll: devices.Duration(100 * time.Millisecond)}}
	for name := range v.machine.tags {
		c.Tags[name] = "nsu=urn:steelthread:sim:" + v.id + ";s=" + nodeName(name)
	}
	return c
}

// Relay is where the camera's connections are cut.
func (v *VisionServer) Relay() *relay.Relay { return v.relay }

// Start brings the server up, with the result that it showed last.
func (v *VisionServer) Start() error {
	port, err := freePort(v.host)
	if err != nil {
		return err
	}
	_, public, _ := net.SplitHostPort(v.relay.Addr())
	publicPort, _ := strconv.Atoi(public)
	srv := server.New(server.EndPoint(v.host, port), server.EndPoint(v.host, publicPort), server.ServerName("Camera "+v.id),
		server.EnableSecurity("None", ua.MessageSecurityModeNone), server.EnableAuthMode(ua.UserTokenTypeAnonymous))
	(&subscriptions{srv: srv}).install()
	if err := newSpace(v.machine).attach(srv); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := srv.Start(ctx); err != nil {
		cancel()
		return fmt.Errorf("start %s: %w", v.id, err)
	}
	v.mu.Lock()
	v.stop, v.news = cancel, &news{names: map[string]bool{}, wake: make(chan struct{}, 1)}
	go v.news.announce(ctx, srv)
	v.mu.Unlock()
	context.AfterFunc(ctx, func() { srv.Close() })
	v.relay.Retarget(net.JoinHostPort(v.host, strconv.Itoa(port)))
	return v.relay.Up()
}

// Kill ends the server as a power cut would.
func (v *VisionServer) Kill() {
	v.relay.Down()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stop()
}

// Close ends the camera.
func (v *VisionServer) Close() error {
	v.Kill()
	return v.relay.Close()
}

// Show shows a result and counts it.
func (v *VisionServer) Show(s Shown) {
	v.set(map[string]any{"verdict": s.Evaluation, "result_id": s.Result, "job_id": s.Job, "part_id": s.Part, "step": s.Step, "partial": s.Partial, "simulated": s.Simulated,
		"confidence": s.Confidence, "model": s.Model, "code": s.Code, "created_at": time.Now().UTC(), "image": s.Image})
	v.machine.mu.Lock()
	n := v.machine.tags["result_counter"].value.(uint32) + 1
	v.machine.mu.Unlock()
	v.set(map[string]any{"result_counter": n})
}

// Announce tells the counter's watchers of a value that did not change.
func (v *VisionServer) Announce() { v.tell([]string{"result_counter"}) }

// Bad makes the verdict's quality bad.
func (v *VisionServer) Bad(on bool) {
	v.machine.faults.clear(v.id)
	if on {
		v.machine.faults.mu.Lock()
		v.machine.faults.active[v.id+"/"+string(BadQuality)] = Fault{Target: v.id, Kind: BadQuality}
		v.machine.faults.mu.Unlock()
	}
	v.tell([]string{"verdict"})
}

func (v *VisionServer) set(values map[string]any) {
	v.machine.mu.Lock()
	var names []string
	for name, value := range values {
		t := v.machine.tags[name]
		t.value, t.at = value, time.Now()
		names = append(names, name)
	}
	v.machine.mu.Unlock()
	v.tell(names)
}

func (v *VisionServer) tell(names []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.news.add(names)
}

// Asked is the shot that was asked for last, and the part that it is of.
func (v *VisionServer) Asked() (shot, part string) {
	v.machine.mu.Lock()
	defer v.machine.mu.Unlock()
	return v.machine.tags["trigger"].value.(string), v.machine.tags["for_part"].value.(string)
}
