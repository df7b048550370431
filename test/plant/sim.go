package plant

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Sim is the simulated plant: a process of its own, or a child of `mes`.
type Sim struct {
	Dir string
	// ERP is where the simulated ERP takes messages, and the key that signs them.
	ERP     struct{ URL, Secret string }
	process *Process // nil when `mes` runs it
	client  *Client
	erp     string
}

// simFile is the part of sim.json that tests need.
type simFile struct {
	PID    int `json:"pid"`
	Faults struct {
		URL string `json:"url"`
	} `json:"faults"`
	ERP struct {
		Webhook  string `json:"webhook"`
		Secret   string `json:"secret"`
		Messages string `json:"messages"`
	} `json:"erp"`
}

// SimState is what the simulator counts on its own side.
type SimState struct {
	Machines map[string]struct {
		Running bool           `json:"running"`
		Pulses  int64          `json:"pulses"`
		Tags    map[string]any `json:"tags"`
	} `json:"machines"`
	Shots    map[string]int64 `json:"shots"`
	Labels   map[string]int   `json:"labels"`
	Messages int              `json:"messages"`
}

// Received is one message that the simulated ERP has taken.
type Received struct {
	Key        string          `json:"key"`
	Verified   bool            `json:"verified"`
	Why        string          `json:"why"`
	Duplicates int             `json:"duplicates"`
	ReceivedAt time.Time       `json:"received_at"`
	Body       json.RawMessage `json:"body"`
}

// Fault is a fault on a part of the simulated plant, by the part's ID (TC-20, CAM-30, PR-70, ERP) and kind.
type Fault struct {
	Target string  `json:"target"`
	Kind   string  `json:"kind"`
	Value  float64 `json:"value"`
}

// StartSim runs the simulator as its own process on the folder's sim, so that it outlives `mes`.
func StartSim(ctx context.Context, binary, dir string, p Options) (*Sim, error) {
	s := &Sim{Dir: filepath.Join(dir, "sim")}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return nil, err
	}
	var err error
	if p.Broker != "" {
		if err := tellBroker(s.Dir, p.Broker); err != nil {
			return nil, err
		}
	}
	s.process, err = Run("sim", filepath.Join(dir, "sim.log"), binary, nil, "sim", "--dir", s.Dir,
		"--seed", strconv.Itoa(p.Seed), "--speed", strconv.FormatFloat(p.Speed, 'f', -1, 64))
	if err != nil {
		return nil, err
	}
	return s, s.find(ctx, s.process.PID())
}

// find waits for the sim.json that the process writes once everything listens.
func (s *Sim) find(ctx context.Context, pid int) error {
	var f simFile
	err := Until(ctx, func() string {
		data, err := os.ReadFile(filepath.Join(s.Dir, "sim.json"))
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil {
			return err.Error()
		}
		if pid != 0 && f.PID != pid {
			return "sim.json is of an earlier life"
		}
		return ""
	})
	s.client, s.erp = NewClient(f.Faults.URL), f.ERP.Messages
	s.ERP.URL, s.ERP.Secret = f.ERP.Webhook, f.ERP.Secret
	return err
}

// Stop ends the simulator where it is a process of its own.
func (s *Sim) Stop() {
	if s.process != nil {
		s.process.Kill()
	}
}

// Break puts a fault on a part of the plant, until Mend.
func (s *Sim) Break(ctx context.Context, f Fault) error {
	return s.call(ctx, http.MethodPost, "/faults", f, nil)
}

// Mend takes all faults off a part, or off the whole plant when target is empty.
func (s *Sim) Mend(ctx context.Context, target string) error {
	return s.call(ctx, http.MethodDelete, "/faults?target="+target, nil, nil)
}

// SwitchOff cuts a machine's power; SwitchOn brings it back with its retentive memory.
func (s *Sim) SwitchOff(ctx context.Context, machine string) error {
	return s.call(ctx, http.MethodPost, "/stop", Fault{Target: machine}.target(), nil)
}

// SwitchOn ends SwitchOff.
func (s *Sim) SwitchOn(ctx context.Context, machine string) error {
	return s.call(ctx, http.MethodPost, "/start", Fault{Target: machine}.target(), nil)
}

func (f Fault) target() map[string]string { return map[string]string{"target": f.Target} }

// State reads what the simulator has counted.
func (s *Sim) State(ctx context.Context) (st SimState, err error) {
	return st, s.call(ctx, http.MethodGet, "/state", nil, &st)
}

// Inbox reads what the simulated ERP has taken, newest first.
func (s *Sim) Inbox(ctx context.Context) ([]Received, error) {
	var page struct {
		Items []Received `json:"items"`
	}
	return page.Items, s.call(ctx, http.MethodGet, s.erp, nil, &page)
}

func (s *Sim) call(ctx context.Context, method, path string, body, out any) error {
	r, err := s.client.Send(ctx, Request{Method: method, Path: path, Body: body})
	if err != nil {
		return err
	}
	if r.Status/100 != 2 {
		return fmt.Errorf("the simulator answers %d to %s %s: %s", r.Status, method, path, r.Body)
	}
	if out == nil {
		return nil
	}
	return r.Into(out)
}
