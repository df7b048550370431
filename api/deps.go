package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// Deps is everything that the API needs of the house. All ports and the client must be set; the rest may be left out.
type Deps struct {
	Accounts       mes.Accounts
	Sessions       mes.Sessions
	Answers        mes.Answers
	Audits         mes.Audits
	Proof          mes.AuditProof
	Reviews        mes.AuditReviews
	Plant          mes.Plant
	Orders         mes.Orders
	Lots           mes.Lots
	Stations       mes.Stations
	Scans          mes.Scans
	Materials      mes.Materials
	Genealogy      mes.Genealogy
	Vision         mes.VisionLedger
	Visions        mes.Visions
	Blobs          mes.Blobs
	Outboxes       mes.Outboxes
	Archive        mes.Archive
	Alerts         mes.Alerts
	Qualifications mes.Qualifications
	Labour         mes.Labour
	Documents      mes.Documents
	Changes        mes.OrderChanges
	Files          mes.DocumentFiles
	Records        mes.Records
	Releases       mes.Releases
	Events         mes.Events
	Terminals      mes.Terminals
	Shifts         mes.Shifts
	Devices        mes.Devices
	Temporal       client.Client
	Signatures     mes.Signatures

	// Reactions.
	Reactions mes.Reactions

	// Verdicts, models.
	Cameras mes.VisionCameras

	// Inspection review.
	VerdictReviews mes.VerdictReviews
	RuleTrials     mes.RuleTrials
	Models         mes.Models
	StationStops   mes.StationStops
	VisionEvents   mes.VisionEvents

	// Containment.
	Containments mes.Containments

	// Statistical process control.
	Charts mes.Charts

	// Inspection plans, gauges.
	Gauges      mes.Gauges
	Inspections mes.Inspections
	Studies     mes.GaugeStudies

	// Nonconformances.

	Nonconformances mes.Nonconformances
	DefectCodes     mes.DefectCodes
	Permits         mes.Permits
	Costs           mes.QualityCosts

	// Corrective and preventive action.
	CAPAs mes.CAPAs

	// Recall, split, merge.
	Recalls mes.Recalls

	// Machines.
	Machines mes.Machines
	Stops    mes.Stops

	// Shift calendar, OEE.
	Calendars mes.Calendars
	Figures   mes.Figures

	// Telemetry.
	Telemetry mes.Telemetry

	// Maintenance.
	Maintenances mes.Maintenances

	// Andon, line board.
	Calls  mes.Calls
	Boards mes.Boards

	// Dispatching.
	Dispatching mes.Dispatching

	// Policy decides who may do what; nil means the policy of this binary.
	Policy *policies.Enforcer
	// Web serves the screens; nil answers 404 outside the API.
	Web http.Handler
	// Engine serves the workflow engine's own screens under /temporal; nil answers 404 there.
	Engine http.Handler
	// ReviewEvery is how often people review the audit trail; 0 means every 30 days.
	ReviewEvery time.Duration
	// PublicURL is the address that browsers use. Cookies are marked Secure when it is https.
	PublicURL string
	// InboxURL is where the demonstration ERP shows what it received; empty when there is none.
	InboxURL string
	// Probes tell of parts that the API can't see by itself: database, broker, workers.
	Probes []Probe
	// Metrics is where the API registers its own; nil makes a new registry. All of it is served at /metrics.
	Metrics *prometheus.Registry
	// Traces is nil when tracing is not configured.
	Traces  trace.TracerProvider
	Log     *slog.Logger
	Version string
	Limits  Limits
	// OIDC names the identity provider; without an issuer people sign in here only.
	OIDC OIDC
	// Secrets says how long passwords and PINs last; zero means for ever.
	Secrets mes.SecretRules
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Limits bound what one caller can ask for. Zero fields take the value in brackets.
type Limits struct {
	Body       int64         // bytes of a request body (1 MiB)
	VisionBody int64         // bytes of a vision result with its image in base64 (12 MiB)
	Image      int           // bytes of a decoded image (8 MiB)
	Intake     int64         // bytes of bodies with pictures on their way in at the same time (128 MiB)
	Read       time.Duration // for a body to arrive whole (30 s)
	Wait       time.Duration // for a command's completion, before 202 (5 s)
	Idle       time.Duration // a session without a request ends after it (30 min)
	Lifetime   time.Duration // a session ends after it in any case (12 h)
	Clients    int           // event streams at the same time (500)
	Rows       int           // of a CSV form (100,000)
}

func (l Limits) orDefault() Limits {
	orInt := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orCount := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt(&l.Body, 1<<20)
	orInt(&l.VisionBody, 12<<20)
	orCount(&l.Image, 8<<20)
	orInt(&l.Intake, 128<<20)
	orTime(&l.Read, 30*time.Second)
	orTime(&l.Wait, 5*time.Second)
	orTime(&l.Idle, 30*time.Minute)
	orTime(&l.Lifetime, 12*time.Hour)
	orCount(&l.Clients, 500)
	orCount(&l.Rows, 100_000)
	return l
}

// complete fills what may be left out and names the port that is missing.
func (d Deps) complete() (Deps, error) {
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type.Kind() == reflect.Interface && f.Name != "Web" && f.Name != "Engine" && f.Name != "Traces" && v.Field(i).IsNil() {
			return d, fmt.Errorf("api: Deps.%s is not set", f.Name)
		}
	}
	if d.Policy == nil {
		p, err := policies.Open()
		if err != nil {
			return d, err
		}
		d.Policy = p
	}
	if d.Metrics == nil {
		d.Metrics = prometheus.NewRegistry()
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.ReviewEvery <= 0 {
		d.ReviewEvery = 30 * 24 * time.Hour
	}
	d.Limits = d.Limits.orDefault()
	return d, nil
}
