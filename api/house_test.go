package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// house is the API over fakes, with an account for each role. A role's token is "token-of-<role>" padded; passwords are
// "password-<account>".
type house struct {
	*Server
	t           testing.TB
	accounts    *fakeAccounts
	sessions    *fakeSessions
	answers     *fakeAnswers
	audits      *fakeAudits
	plant       *fakePlant
	orders      *fakeOrders
	lots        *fakeLots
	material    *fakeMaterials
	vision      *fakeVision
	blobs       *fakeBlobs
	trace       *fakeGenealogy
	archive     *fakeArchive
	alerts      *fakeAlerts
	reactions   *fakeReactions
	charts      *fakeCharts
	recalls     *fakeRecalls
	skills      *fakeQualifications
	labour      *fakeLabour
	records     *fakeRecords
	releases    *fakeReleases
	events      *fakeEvents
	temporal    *fakeTemporal
	docs        *fakeDocuments
	changes     *fakeChanges
	clock       *clock
	signatures  *fakeSignatures
	terminal    *fakeTerminals
	shifts      *fakeShifts
	queue       mes.Queue
	devices     *fakeDevices
	holds       *fakeContainments
	ncs         *fakeNonconformances
	codes       *fakeDefectCodes
	permits     *fakePermits
	costs       *fakeCosts
	reviews     *fakeReviews
	gauges      *fakeGauges
	telemetry   *fakeTelemetry
	inspections *fakeInspections
	studies     *fakeStudies
	capas       *fakeCAPAs

	// Dispatching.
	dispatching *fakeDispatching
	calls       *fakeCalls
	machines    *fakeMachines
	downtime    *fakeStops
	calendars   *fakeCalendars
	figures     *fakeFigures
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

var monday = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)

func newHouse(t testing.TB, change ...func(*Deps)) *house {
	t.Helper()
	c := &clock{monday}
	h := &house{
		t: t, clock: c,
		accounts: &fakeAccounts{byID: map[string]mes.Account{}, tokens: map[string]string{}, held: map[string][]mes.Qualification{}, now: c.now},
		sessions: &fakeSessions{rows: map[string]fakeSession{}}, answers: &fakeAnswers{rows: map[string]mes.Answer{}}, audits: &fakeAudits{},
		plant:  &fakePlant{view: mes.PlantView{Site: mes.Equipment{ID: "HAM", Name: "Hamburg", TimeZone: "Europe/Berlin"}, TimeZone: "Europe/Berlin"}, routings: map[string]mes.Routing{}},
		orders: &fakeOrders{rows: map[string]mes.Order{}, context: mes.OrderContext{Now: monday, ProductTracking: mes.TrackSerial}}, lots: &fakeLots{rows: map[string]mes.LotView{}},
		material: &fakeMaterials{}, vision: &fakeVision{keys: map[string]bool{}}, blobs: &fakeBlobs{rows: map[string]mes.Blob{}}, trace: &fakeGenealogy{},
		archive: &fakeArchive{}, alerts: &fakeAlerts{}, reactions: &fakeReactions{}, charts: &fakeCharts{}, recalls: &fakeRecalls{}, skills: &fakeQualifications{}, labour: &fakeLabour{}, records: &fakeRecords{}, releases: &fakeReleases{}, signatures: &fakeSignatures{}, events: &fakeEvents{feed: make(chan mes.Event)}, temporal: &fakeTemporal{},
		terminal: newFakeTerminals("ST10", "ST20", "ST30"), shifts: &fakeShifts{facts: map[string]mes.ShiftFacts{}},
		devices: &fakeDevices{rows: map[string]mes.DeviceOwner{"CAM-30": {ID: "CAM-30", Site: "HAM", Station: "ST30", Senders: []string{"vision"}}}},
	}
	h.telemetry = &fakeTelemetry{}
	h.gauges, h.inspections, h.studies = &fakeGauges{}, &fakeInspections{}, &fakeStudies{}
	h.holds = &fakeContainments{}
	h.ncs, h.codes, h.permits, h.costs = &fakeNonconformances{}, &fakeDefectCodes{}, &fakePermits{}, &fakeCosts{}
	h.reviews = &fakeReviews{}
	h.calendars, h.figures = newFakeCalendars(), &fakeFigures{}
	h.docs, h.changes = newFakeDocuments(h.lots), &fakeChanges{}
	h.capas = newFakeCAPAs(c.now)
	h.dispatching = &fakeDispatching{}
	h.calls = newFakeCalls(c.now)
	h.machines, h.downtime = &fakeMachines{}, &fakeStops{}
	for _, role := range mes.Roles {
		h.addAccount(role)
	}
	d := Deps{Accounts: h.accounts, Sessions: h.sessions, Answers: h.answers, Audits: h.audits, Proof: fakeProof{}, Reviews: reviews{}, Plant: h.plant, Orders: h.orders, Lots: h.lots, Stations: fakeStations{queue: &h.queue},
		Scans: scans{}, Materials: h.material, Genealogy: h.trace, Vision: h.vision, Visions: visions{}, Blobs: h.blobs, Outboxes: fakeOutboxes{}, Archive: h.archive, Records: h.records, Releases: h.releases, Signatures: h.signatures,
		Terminals: h.terminal, Shifts: h.shifts, Devices: h.devices, Documents: h.docs, Changes: h.changes, Files: fakeFiles{},
		Alerts: h.alerts, Qualifications: h.skills, Labour: h.labour, Events: h.events, Temporal: h.temporal, Now: c.now, Version: "test", Limits: Limits{Wait: 50 * time.Millisecond},
		// Reactions.
		Reactions: h.reactions,

		// Verdicts, models.
		Cameras: h.vision,

		// Inspection review.
		VerdictReviews: h.reviews, RuleTrials: h.reviews, Models: models{}, StationStops: stationStops{}, VisionEvents: visionEvents{},

		// Containment.
		Containments: h.holds,

		// Statistical process control.
		Charts: h.charts,

		// Inspection plans, gauges.
		Gauges: h.gauges, Inspections: h.inspections, Studies: h.studies,

		// Nonconformances.

		Nonconformances: h.ncs, DefectCodes: h.codes, Permits: h.permits, Costs: h.costs,

		// Corrective and preventive action.
		CAPAs: h.capas,

		// Recall, split, merge.
		Recalls: h.recalls,

		// Machines.
		Machines: h.machines, Stops: h.downtime,

		// Shift calendar, OEE.
		Calendars: h.calendars, Figures: h.figures,

		// Telemetry.
		Telemetry: h.telemetry,

		// Maintenance.
		Maintenances: newFakeMaintenances(c.now),

		// Andon, line board.
		Calls: h.calls, Boards: fakeBoards{},

		// Dispatching.
		Dispatching: h.dispatching,

		Web: http.FileServerFS(fstest.MapFS{"index.html": {Data: []byte("<title>screens</title>")}})}
	for _, f := range change {
		f(&d)
	}
	s, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	return h
}

type scans struct{ mes.Scans }
type reviews struct{ mes.AuditReviews }
type visions struct{ mes.Visions }

func (h *house) addAccount(role mes.Role) {
	id := string(role)
	kind := mes.AccountPerson
	switch role {
	case mes.RoleERP, mes.RoleVision, mes.RoleEdge, mes.RoleCMMS:
		kind = mes.AccountService
	}
	h.accounts.byID[id] = mes.Account{ID: id, Name: "Mx " + id, Kind: kind, Site: "HAM", Roles: []mes.Role{role}, Active: true, Badge: "B-" + id}
	h.accounts.tokens[auth.HashToken(tokenOf(role))] = id
}

func tokenOf(role mes.Role) string { return "token-of-" + string(role) + "-0123456789" }

// call is one request to the house.
type call struct {
	method, path string
	body         any
	role         mes.Role // sends its token
	at           string   // station whose terminal sends it; empty is a desk
	cookie       *http.Cookie
	header       map[string]string
}

// reply is its answer.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (h *house) do(c call) *reply {
	h.t.Helper()
	var body io.Reader
	kind := "application/json"
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			h.t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	path := c.path
	if strings.HasPrefix(path, "~") {
		path = Base + path[1:]
	}
	req := httptest.NewRequestWithContext(h.t.Context(), c.method, path, body)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.role != "" {
		req.Header.Set("Authorization", "Bearer "+tokenOf(c.role))
	}
	if c.cookie != nil {
		req.AddCookie(c.cookie)
	}
	if c.at != "" {
		req.Header.Set(headerTerminal, terminalToken(c.at))
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return &reply{h.t, w.Code, w.Header(), w.Body.Bytes()}
}

func (h *house) get(role mes.Role, path string) *reply {
	h.t.Helper()
	return h.do(call{method: "GET", path: path, role: role})
}

func (h *house) post(role mes.Role, path string, body any) *reply {
	h.t.Helper()
	return h.postAt("", role, path, body)
}

// postAt posts from a station's terminal.
func (h *house) postAt(station string, role mes.Role, path string, body any) *reply {
	h.t.Helper()
	if body == nil {
		body = struct{}{}
	}
	return h.do(call{method: "POST", path: path, role: role, body: body, at: station})
}

// wants checks the status.
func (r *reply) wants(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (r *reply) into(v any) *reply {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%v in %s", err, r.body)
	}
	return r
}

// refused checks a refusal: status, form, code, and that each of the fields is named.
func (r *reply) refused(status int, code mes.Code, fields ...string) Problem {
	r.t.Helper()
	r.wants(status)
	var p Problem
	r.into(&p)
	if kind := r.header.Get("Content-Type"); kind != "application/problem+json" {
		r.t.Errorf("a refusal's type is %q", kind)
	}
	if p.Code != code || p.Status != status || p.Type != problemBase+string(code) || p.What == "" || p.Title == "" || p.RequestID == "" {
		r.t.Errorf("the problem document is %s, want code %s", r.body, code)
	}
	named := map[string]bool{}
	for _, f := range p.Errors {
		named[f.Location] = true
		if f.Message == "" {
			r.t.Errorf("%s is refused without a reason", f.Location)
		}
	}
	for _, f := range fields {
		if !named[f] {
			r.t.Errorf("%s is not named in %s", f, r.body)
		}
	}
	return p
}

// feed runs the event hub for the length of the test.
func (h *house) feed() {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.Run(ctx) // it ends with its context
	}()
	h.t.Cleanup(func() {
		close(h.events.feed)
		cancel()
		<-done
	})
}
