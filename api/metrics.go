package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
)

// meters are what the API measures of itself.
type meters struct {
	requests *prometheus.HistogramVec
	updates  *prometheus.CounterVec
	waits    *prometheus.HistogramVec
	// refusedPictures counts what was refused because too much came at once.
	refusedPictures prometheus.Counter
}

func newMeters(s *Server) (*meters, error) {
	m := &meters{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "mes_http_request_seconds", Help: "Duration of requests by route.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"method", "route", "status"}),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mes_updates_total", Help: "Commands sent to workflows, by outcome: done, refused, pending, failed, earlier."},
			[]string{"update", "outcome"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "mes_update_seconds", Help: "Duration of commands to workflows, from the API's side.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"update"}),
	}
	m.refusedPictures = prometheus.NewCounter(prometheus.CounterOpts{Name: "mes_vision_refused_total", Help: "Vision results refused because too much came at once."})
	clients := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mes_event_clients", Help: "Open event streams."}, func() float64 { return float64(s.hub.count()) })
	for _, c := range []prometheus.Collector{m.requests, m.updates, m.waits, m.refusedPictures, clients, &plantCollector{s: s}} {
		if err := s.Metrics.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// updated counts one command to a workflow.
func (m *meters) updated(name string, err error, pending bool, took time.Duration) {
	outcome := "done"
	switch {
	case pending:
		outcome = "pending"
	case err != nil && contract.Refusal(err) != nil:
		outcome = "refused"
	case err != nil:
		outcome = "failed"
	}
	m.updates.WithLabelValues(name, outcome).Inc()
	m.waits.WithLabelValues(name).Observe(took.Seconds())
}

// plantCollector reads, when it is asked, what the database knows: how much waits in the outbox, which devices are
// connected. A database that does not answer leaves these out; the rest is served.
type plantCollector struct{ s *Server }

var (
	descOutbox = prometheus.NewDesc("mes_outbox_messages", "Messages in the outbox by destination and state.", []string{"destination", "state"}, nil)
	descOldest = prometheus.NewDesc("mes_outbox_oldest_seconds", "Age of the oldest pending message.", []string{"destination"}, nil)
	descDevice = prometheus.NewDesc("mes_device_connected", "1 while the edge says that the device is connected.", []string{"site", "device"}, nil)
)

// Describe names the metrics.
func (p *plantCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- descOutbox
	ch <- descOldest
	ch <- descDevice
}

// Collect reads them.
func (p *plantCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := errors.Join(p.outbox(ctx, ch), p.devices(ctx, ch)); err != nil {
		p.s.Log.WarnContext(ctx, "metrics of the plant not read", "err", err)
	}
}

func (p *plantCollector) outbox(ctx context.Context, ch chan<- prometheus.Metric) error {
	depths, err := p.s.Outboxes.Depth(ctx)
	for _, d := range depths {
		to := string(d.Destination)
		ch <- prometheus.MustNewConstMetric(descOutbox, prometheus.GaugeValue, float64(d.Pending), to, "pending")
		ch <- prometheus.MustNewConstMetric(descOutbox, prometheus.GaugeValue, float64(d.Dead), to, "dead")
		age := 0.0
		if d.Oldest != nil {
			age = p.s.Now().Sub(*d.Oldest).Seconds()
		}
		ch <- prometheus.MustNewConstMetric(descOldest, prometheus.GaugeValue, age, to)
	}
	return err
}

func (p *plantCollector) devices(ctx context.Context, ch chan<- prometheus.Metric) error {
	sites, err := p.s.Plant.Sites(ctx)
	if err != nil {
		return err
	}
	for _, site := range sites {
		v, err := p.s.Plant.View(ctx, site)
		if err != nil {
			return err
		}
		for _, d := range v.Devices {
			up := 0.0
			if d.State == "connected" {
				up = 1
			}
			ch <- prometheus.MustNewConstMetric(descDevice, prometheus.GaugeValue, up, site, d.ID)
		}
	}
	return nil
}

func (s *Server) metricsRoutes() {
	serve := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	s.raw(route{Method: http.MethodGet, Path: "/metrics", ID: "metrics", Right: policies.MetricsRead}, echo.WrapHandler(serve))
}
