package plant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Options say how the plant is run.
type Options struct {
	// Dir holds the data, the logs and the simulator's files. It must be a place that PostgreSQL's user can reach.
	Dir string
	// Speed makes the simulated machines faster; 0 means 60 times.
	Speed float64
	Seed  int
	// Autopilot lets the system's own autopilot play the operators instead of a crew.
	Autopilot bool
	// Inside runs the simulator as a child of `mes` as `make run` does, not beside it.
	Inside bool
	// Broker is the URL of an MQTT broker to use, mqtt://host:port; empty lets mes run one.
	Broker string
	// Args and Env are added to `mes up`.
	Args, Env []string
}

// Plant is a running system with its simulated plant.
type Plant struct {
	Options
	Binary string
	Base   string // URL of the API
	Port   int
	Ready  time.Duration // how long the last start took until ready
	Sim    *Sim
	// Known stands for run.json where no `mes up` has written one.
	Known *RunInfo
	mes   *Process
	mu    sync.Mutex
	// registered are terminals of stations that the demo does not have.
	registered terminals
}

// RunInfo is run.json.
type RunInfo struct {
	URL    string            `json:"url"`
	OPCUA  json.RawMessage   `json:"opcua"`
	MQTT   string            `json:"mqtt"`
	Logins []Login           `json:"logins"`
	Tokens map[string]string `json:"tokens"`
	// Terminals are the tokens of the stations' terminals.
	Terminals map[string]string `json:"terminals"`
	PIDs      map[string]int    `json:"pids"`
	// Temporal is the address of the embedded engine.
	Temporal string          `json:"temporal"`
	Raw      json.RawMessage `json:"-"`
}

// Login is a demo account.
type Login struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Badge    string `json:"badge"`
	PIN      string `json:"pin"`
}

// Start runs the simulator and the system, and returns when it is ready.
func Start(ctx context.Context, o Options) (*Plant, error) {
	bin, err := Binary()
	if err != nil {
		return nil, err
	}
	if o.Speed == 0 {
		o.Speed = 60
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	p := &Plant{Options: o, Binary: bin}
	if p.Port, err = FreePort(); err != nil {
		return nil, err
	}
	p.Base = "http://127.0.0.1:" + strconv.Itoa(p.Port)
	if o.Broker != "" {
		p.Env = append(p.Env, "MES_MQTT_URL="+o.Broker)
	}
	if !o.Inside {
		if p.Sim, err = StartSim(ctx, p.Binary, p.Dir, p.Options); err != nil {
			return nil, err
		}
	}
	if err := p.Up(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// tellBroker tells the simulated plant of a broker, by its folder.
func tellBroker(dir, broker string) error {
	text := fmt.Sprintf(`{"mqtt": {"url": %q, "user": "", "password": ""}}`, broker)
	return os.WriteFile(filepath.Join(dir, "partners.json"), []byte(text), 0o600)
}

// DataDir is the system's data folder.
func (p *Plant) DataDir() string { return filepath.Join(p.Dir, "data") }

// Up starts `mes` on the same folder and port as before, and waits until it is ready.
func (p *Plant) Up(ctx context.Context) error {
	began := time.Now()
	if err := p.Launch(); err != nil {
		return err
	}
	if err := p.AwaitReady(ctx); err != nil {
		return err
	}
	p.Ready = time.Since(began)
	return nil
}

// Launch starts `mes` and returns at once.
func (p *Plant) Launch() error {
	args := []string{"up", "--data", p.DataDir(), "--port", strconv.Itoa(p.Port), "--demo"}
	if p.Sim != nil {
		args = append(args, "--sim", p.Sim.Dir)
	}
	if p.Autopilot {
		args = append(args, "--autopilot")
	}
	mes, err := Run("mes", filepath.Join(p.Dir, "mes.log"), p.Binary, p.Env, append(args, p.Args...)...)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mes = mes
	return nil
}

// MES is the running process.
func (p *Plant) MES() *Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mes
}

// AwaitReady waits for /readyz and for run.json. It fails at once when the process ends.
func (p *Plant) AwaitReady(ctx context.Context) error {
	mes := p.MES()
	probe := &http.Client{Timeout: 2 * time.Second}
	ended := false
	err := Until(ctx, func() string {
		select {
		case <-mes.Done():
			ended = true
			return ""
		default:
		}
		r, err := probe.Get(p.Base + "/readyz")
		if err != nil {
			return err.Error()
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			body, _ := io.ReadAll(io.LimitReader(r.Body, 2000))
			return fmt.Sprintf("/readyz answers %s: %s", r.Status, body)
		}
		if _, err := p.Info(); err != nil {
			return err.Error()
		}
		return ""
	})
	if err == nil && ended {
		err = errors.New("mes ended before it was ready")
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, mes.Tail(30))
	}
	return nil
}

// Info reads run.json.
func (p *Plant) Info() (RunInfo, error) {
	if p.Known != nil {
		return *p.Known, nil
	}
	var r RunInfo
	data, err := os.ReadFile(filepath.Join(p.DataDir(), "run.json"))
	if err != nil {
		return r, err
	}
	r.Raw = data
	return r, json.Unmarshal(data, &r)
}

// Kill ends `mes` as a power cut does.
func (p *Plant) Kill() { p.MES().Kill() }

// Down stops `mes` in order.
func (p *Plant) Down() error { return p.MES().Stop(30 * time.Second) }

// Close stops everything.
func (p *Plant) Close() error {
	var err error
	if mes := p.MES(); mes != nil && mes.Running() {
		err = mes.Stop(20 * time.Second)
	}
	if p.Sim != nil {
		p.Sim.Stop()
	}
	return err
}

// Person signs in as a person of the demo plant.
func (p *Plant) Person(ctx context.Context, user string) (*Client, error) {
	info, err := p.Info()
	if err != nil {
		return nil, err
	}
	for _, l := range info.Logins {
		if l.User == user {
			c := NewClient(p.Base)
			c.terminal = p.terminal
			return c, c.Login(ctx, l.User, l.Password)
		}
	}
	return nil, fmt.Errorf("run.json has no login for %s", user)
}

// Service is the client of a service account of the demo plant: erp, vision or edge.
func (p *Plant) Service(name string) (*Client, error) {
	info, err := p.Info()
	if err != nil {
		return nil, err
	}
	if info.Tokens[name] == "" {
		return nil, fmt.Errorf("run.json has no token for %s", name)
	}
	return NewClient(p.Base).WithToken(name, info.Tokens[name]), nil
}

// FreePort finds a TCP port that is free now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// RunFileMode is the mode of run.json.
func (p *Plant) RunFileMode() (os.FileMode, error) {
	st, err := os.Stat(filepath.Join(p.DataDir(), "run.json"))
	if err != nil {
		return 0, err
	}
	return st.Mode().Perm(), nil
}
