// Package runfile reads and writes run.json, by which scripts, tests and the autopilot find a running system. It holds
// passwords and tokens of the demo plant, so its mode is 0600; nothing else on disk holds them.
package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is the file's name in the data folder.
const Name = "run.json"

// Run tells where a running system is and how to get in.
type Run struct {
	URL     string            `json:"url"`
	Version string            `json:"version"`
	OPCUA   map[string]string `json:"opcua,omitempty"` // endpoint by machine
	MQTT    string            `json:"mqtt,omitempty"`  // with login
	Logins  []Login           `json:"logins,omitempty"`
	Tokens  map[string]string `json:"tokens,omitempty"` // by service account: erp, vision, edge
	// Terminals are the tokens of the demo's stations, as programs send them in X-Terminal.
	Terminals map[string]string `json:"terminals,omitempty"`
	Sim       *Sim              `json:"sim,omitempty"`
	PIDs      map[string]int    `json:"pids"` // mes, postgres, sim
	// Temporal is the frontend of the embedded workflow engine.
	Temporal string `json:"temporal,omitempty"`
}

// Login is a person of the demo plant.
type Login struct {
	User     string `json:"user"`
	Name     string `json:"name"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Badge    string `json:"badge,omitempty"`
	PIN      string `json:"pin,omitempty"`
	// Autopilot marks the accounts that the autopilot plays; people use the others.
	Autopilot bool `json:"autopilot,omitempty"`
}

// Sim tells where the simulated plant is.
type Sim struct {
	Dir     string            `json:"dir"`
	Faults  string            `json:"faults"`
	ERP     string            `json:"erp"`
	Printer map[string]string `json:"printer,omitempty"`
	Speed   float64           `json:"speed,omitempty"`
}

// Read reads run.json of a data folder. It fails with fs.ErrNotExist where none is.
func Read(dir string) (Run, error) { return ReadFile(filepath.Join(dir, Name)) }

// ReadFile reads a run.json.
func ReadFile(path string) (Run, error) {
	var r Run
	text, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}

// Write replaces run.json in one step: a reader sees the old or the new content.
func (r Run) Write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".run-*.json") // created with mode 0600
	if err != nil {
		return fmt.Errorf("write run.json: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, Name))
	}
	if err != nil {
		return fmt.Errorf("write run.json: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// Login finds a login by user; ok is false when there is none.
func (r Run) Login(user string) (l Login, ok bool) {
	for _, l := range r.Logins {
		if l.User == user {
			return l, true
		}
	}
	return Login{}, false
}

// Missing tells that an error says that there is no run.json.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
