package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// CMMSJob is a job as the maintenance system has it: the newest word, and how often it was told.
type CMMSJob struct {
	Number string          `json:"number"`
	Job    string          `json:"job"`
	State  string          `json:"state"`
	Told   int             `json:"told"`
	Last   string          `json:"last"` // key of the newest message
	Body   json.RawMessage `json:"body"`
}

// cmms is a small maintenance system. It takes signed messages about jobs, gives each job a number of its own, and shows what it knows. It listens
// beside the ERP, whose secret it shares.
type cmms struct {
	verify func(header string, body []byte, now time.Time) error
	mu     sync.Mutex
	file   *os.File
	jobs   map[string]*CMMSJob
	order  []string
	keys   map[string]bool
}

// cmmsLine is one message as it is kept on disk.
type cmmsLine struct {
	Key  string          `json:"key"`
	Body json.RawMessage `json:"body"`
}

func newCMMS(o Options, verify func(string, []byte, time.Time) error) (*cmms, error) {
	c := &cmms{verify: verify, jobs: map[string]*CMMSJob{}, keys: map[string]bool{}}
	path := o.path("erp", "maintenance.jsonl")
	if f, err := os.Open(path); err == nil {
		dec := json.NewDecoder(f)
		for {
			var l cmmsLine
			if dec.Decode(&l) != nil {
				break
			}
			_, _ = c.keep(l)
		}
		f.Close()
	}
	var err error
	c.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return c, err
}

// keep takes a message in; one whose key is known changes nothing.
func (c *cmms) keep(l cmmsLine) (CMMSJob, error) {
	var told struct {
		Job   string `json:"job"`
		State string `json:"state"`
	}
	if err := json.Unmarshal(l.Body, &told); err != nil || told.Job == "" {
		return CMMSJob{}, errors.New("the message names no job")
	}
	j, ok := c.jobs[told.Job]
	if !ok {
		j = &CMMSJob{Number: fmt.Sprintf("CM-%04d", len(c.order)+1), Job: told.Job}
		c.jobs[told.Job], c.order = j, append(c.order, told.Job)
	}
	if !c.keys[l.Key] {
		c.keys[l.Key] = true
		j.State, j.Last, j.Body, j.Told = told.State, l.Key, l.Body, j.Told+1
	}
	return *j, nil
}

// receive takes one message and answers with the job's number here. It answers 200 only when the message is on disk.
func (c *cmms) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "the message is too long", http.StatusRequestEntityTooLarge)
		return
	}
	if err := c.verify(r.Header.Get("X-Steelthread-Signature"), body, time.Now().UTC()); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	l := cmmsLine{Key: r.Header.Get("Idempotency-Key"), Body: body}
	c.mu.Lock()
	defer c.mu.Unlock()
	line, err := json.Marshal(l)
	if err == nil {
		_, err = c.file.Write(append(line, '\n'))
	}
	if err != nil {
		http.Error(w, "the message could not be kept", http.StatusInternalServerError)
		return
	}
	j, err := c.keep(l)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"number": j.Number})
}

// show lists the jobs in the order in which they came.
func (c *cmms) show(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]CMMSJob, 0, len(c.order))
	for _, id := range c.order {
		out = append(out, *c.jobs[id])
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}
