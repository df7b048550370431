package autopilot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// pauseFile keeps the stations at which the autopilot rests, in the data folder.
const pauseFile = "autopilot.json"

// pauses reads the file anew at most once a second, so that a pause works at once and costs nothing.
type pauses struct {
	path string
	mu   sync.Mutex
	read time.Time
	at   []string
}

type pauseList struct {
	Paused []string `json:"paused"`
}

func newPauses(dir string) *pauses { return &pauses{path: filepath.Join(dir, pauseFile)} }

func (p *pauses) paused(station string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.read) > time.Second {
		if l, err := readPauses(p.path); err == nil {
			p.at = l.Paused
		}
		p.read = time.Now()
	}
	return slices.Contains(p.at, station)
}

func readPauses(path string) (pauseList, error) {
	var l pauseList
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("read %s: %w", path, err)
	}
	return l, nil
}

// Pause makes the autopilot of a data folder rest at the given stations and work again at others. It answers all
// stations at which it now rests.
func Pause(dir string, rest, work []string) ([]string, error) {
	path := filepath.Join(dir, pauseFile)
	l, err := readPauses(path)
	if err != nil {
		return nil, err
	}
	l.Paused = slices.DeleteFunc(append(l.Paused, rest...), func(s string) bool { return slices.Contains(work, s) })
	slices.Sort(l.Paused)
	l.Paused = slices.Compact(l.Paused)
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	next := path + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o644); err != nil {
		return nil, err
	}
	return l.Paused, os.Rename(next, path)
}
