package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// control is the plant's fault board over HTTP, on loopback.
type control struct {
	plant  *Plant
	ln     net.Listener
	server *http.Server
}

func newControl(p *Plant, port int) (*control, error) {
	ln, err := listen("127.0.0.1", port)
	if err != nil {
		return nil, err
	}
	c := &control{plant: p, ln: ln}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", c.state)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, p.faults.list()) })
	mux.HandleFunc("POST /faults", c.setFault)
	mux.HandleFunc("DELETE /faults", c.clearFaults)
	mux.HandleFunc("POST /stop", c.stop)
	mux.HandleFunc("POST /start", c.start)
	mux.HandleFunc("GET /printers/{id}/jobs", c.jobs)
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = c.server.Serve(ln) }() // ends when the plant shuts it down
	return c, nil
}

func (c *control) url() string { return "http://" + c.ln.Addr().String() }

// target is a part of the plant, under any of the names that people give it.
type target struct {
	Target  string `json:"target"`
	Machine string `json:"machine"`
	Camera  string `json:"camera"`
	Printer string `json:"printer"`
	ERP     any    `json:"erp"`
}

func (t target) id() string {
	for _, id := range []string{t.Target, t.Machine, t.Camera, t.Printer} {
		if strings.EqualFold(id, "ERP") {
			return "ERP"
		}
		if id != "" {
			return id
		}
	}
	if t.ERP != nil {
		return "ERP"
	}
	return ""
}

type faultRequest struct {
	target
	Kind  Kind    `json:"kind"`
	Value float64 `json:"value"`
	// Duration is text such as "30s"; empty means until cleared.
	Duration string `json:"duration"`
}

func (c *control) setFault(w http.ResponseWriter, r *http.Request) {
	var q faultRequest
	if !read(w, r, &q) {
		return
	}
	f := Fault{Target: q.id(), Kind: q.Kind, Value: q.Value}
	if q.Duration != "" {
		d, err := time.ParseDuration(q.Duration)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		f.Until = time.Now().Add(d)
	}
	if err := c.plant.SetFault(f); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	reply(w, f)
}

func (c *control) clearFaults(w http.ResponseWriter, r *http.Request) {
	c.plant.ClearFaults(r.URL.Query().Get("target"))
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) stop(w http.ResponseWriter, r *http.Request) {
	c.switchMachine(w, r, c.plant.StopMachine)
}
func (c *control) start(w http.ResponseWriter, r *http.Request) {
	c.switchMachine(w, r, c.plant.StartMachine)
}

func (c *control) switchMachine(w http.ResponseWriter, r *http.Request, do func(string) error) {
	var t target
	if !read(w, r, &t) {
		return
	}
	if err := do(t.id()); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) state(w http.ResponseWriter, _ *http.Request) { reply(w, c.plant.State()) }

func (c *control) jobs(w http.ResponseWriter, r *http.Request) {
	labels, err := c.plant.Labels(r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	reply(w, map[string]any{"items": labels, "total": len(labels)})
}

func read(w http.ResponseWriter, r *http.Request, v any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		http.Error(w, fmt.Sprintf("read the request: %v", err), http.StatusBadRequest)
		return false
	}
	return true
}

var errNoSuchPart = errors.New("the plant has no such part")
