package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Part is one part of the system as the health screen shows it.
type Part struct {
	Part   string     `json:"part"`
	State  string     `json:"state" enum:"ok,warn,down,unknown"`
	Detail string     `json:"detail,omitempty"`
	Since  *time.Time `json:"since,omitempty" doc:"Of a state that is not ok, where it is known."`
}

// The states of a part.
const (
	PartOK      = "ok"
	PartWarn    = "warn"
	PartDown    = "down"
	PartUnknown = "unknown"
)

// Probe asks a part how it is. A part that is Needed keeps the API from being ready while it is down.
type Probe struct {
	Name   string
	Needed bool
	Ask    func(ctx context.Context) Part
}

// Health is the whole system's.
type Health struct {
	State   string    `json:"state" enum:"ok,warn,down,unknown" doc:"The worst of the parts."`
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Parts   []Part    `json:"parts"`
}

func (s *Server) healthRoutes() {
	handle(s, route{Method: "GET", Path: "/health/system", ID: "getHealth", Group: "health", Right: policies.HealthRead,
		Short: "How each part of the system is"}, s.health)
	s.raw(route{Method: http.MethodGet, Path: "/healthz", ID: "healthz", Public: true}, func(c echo.Context) error {
		return c.String(http.StatusOK, "ok\n")
	})
	s.raw(route{Method: http.MethodGet, Path: "/readyz", ID: "readyz", Public: true}, s.ready)
	s.metricsRoutes()
}

// probeTime bounds how long one part may take to answer for itself.
const probeTime = 2 * time.Second

func (s *Server) health(ctx context.Context, _ *struct{}) (*one[Health], error) {
	h := Health{State: PartOK, Version: s.Version, At: s.Now().UTC(), Parts: s.ask(ctx, append(s.neededProbes(), s.otherProbes(requestOf(ctx).who.Site)...))}
	rank := map[string]int{PartOK: 0, PartUnknown: 1, PartWarn: 2, PartDown: 3}
	for _, p := range h.Parts {
		if rank[p.State] > rank[h.State] {
			h.State = p.State
		}
	}
	return answer(h, nil)
}

// ask probes all at once and keeps their order.
func (s *Server) ask(ctx context.Context, probes []Probe) []Part {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	parts := make([]Part, len(probes))
	done := make(chan struct{})
	for i, p := range probes {
		go func() {
			defer func() { done <- struct{}{} }()
			parts[i] = p.Ask(ctx)
			parts[i].Part = p.Name
		}()
	}
	for range probes {
		<-done
	}
	return parts
}

// ready tells a load balancer or a script whether work can be done, and names what is missing. It says no more than
// that, since it is asked without signing in.
func (s *Server) ready(c echo.Context) error {
	type answer struct {
		Ready   bool     `json:"ready"`
		Missing []string `json:"missing"`
	}
	a := answer{Ready: true, Missing: []string{}}
	for _, p := range s.ask(c.Request().Context(), s.neededProbes()) {
		if p.State != PartOK && p.State != PartWarn {
			a.Ready = false
			a.Missing = append(a.Missing, p.Part)
		}
	}
	status := http.StatusOK
	if !a.Ready {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, a)
}

// neededProbes are the parts without which no work can be done.
func (s *Server) neededProbes() []Probe {
	probes := []Probe{{Name: "postgres", Ask: s.askDatabase}, {Name: "temporal", Ask: s.askTemporal},
		{Name: "workers " + contract.QueueCore, Ask: s.askQueue(contract.QueueCore)}}
	for _, p := range s.Probes {
		if p.Needed {
			probes = append(probes, p)
		}
	}
	return probes
}

func (s *Server) otherProbes(site string) []Probe {
	probes := []Probe{{Name: "edge " + site, Ask: s.askQueue(contract.QueueDevice(site))}, {Name: "devices", Ask: s.askDevices(site)}, {Name: "outbox", Ask: s.askOutbox}}
	for _, p := range s.Probes {
		if !p.Needed {
			probes = append(probes, p)
		}
	}
	return probes
}

func (s *Server) askDatabase(ctx context.Context) Part {
	if _, err := s.Plant.Sites(ctx); err != nil {
		return Part{State: PartDown, Detail: "does not answer"}
	}
	return Part{State: PartOK}
}

func (s *Server) askTemporal(ctx context.Context) Part {
	if _, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return Part{State: PartDown, Detail: "does not answer"}
	}
	return Part{State: PartOK}
}

// askQueue counts who works on a task queue.
func (s *Server) askQueue(queue string) func(context.Context) Part {
	return func(ctx context.Context) Part {
		d, err := s.Temporal.DescribeTaskQueue(ctx, queue, enums.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			return Part{State: PartUnknown, Detail: "the workflow engine does not say"}
		}
		for _, p := range d.GetPollers() {
			if at := p.GetLastAccessTime(); at != nil && s.Now().Sub(at.AsTime()) < 2*time.Minute {
				return Part{State: PartOK, Detail: fmt.Sprintf("%d at work on queue %s", len(d.GetPollers()), queue)}
			}
		}
		return Part{State: PartDown, Detail: "nobody works on queue " + queue}
	}
}

func (s *Server) askDevices(site string) func(context.Context) Part {
	return func(ctx context.Context) Part {
		v, err := s.Plant.View(ctx, site)
		if err != nil {
			return Part{State: PartUnknown, Detail: "the database does not say"}
		}
		var bad []string
		var since *time.Time
		for _, d := range v.Devices {
			if d.State != "connected" {
				bad = append(bad, d.ID+" "+d.State)
				if since == nil || d.Since != nil && d.Since.Before(*since) {
					since = d.Since
				}
			}
		}
		if len(bad) > 0 {
			return Part{State: PartWarn, Detail: strings.Join(bad, ", "), Since: since}
		}
		return Part{State: PartOK, Detail: fmt.Sprintf("%d connected", len(v.Devices))}
	}
}

// outboxLate is the age from which a waiting message is worth a look.
const outboxLate = time.Minute

func (s *Server) askOutbox(ctx context.Context) Part {
	depths, err := s.Outboxes.Depth(ctx)
	if err != nil {
		return Part{State: PartUnknown, Detail: "the database does not say"}
	}
	p := Part{State: PartOK}
	var waiting, dead int64
	for _, d := range depths {
		waiting, dead = waiting+d.Pending, dead+d.Dead
		if d.Destination == mes.ToERP && d.Oldest != nil && s.Now().Sub(*d.Oldest) > outboxLate {
			p.State, p.Since = PartWarn, d.Oldest
		}
	}
	if dead > 0 {
		p.State = PartWarn
	}
	p.Detail = fmt.Sprintf("%d waiting, %d dead", waiting, dead)
	return p
}
