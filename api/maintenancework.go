package api

import (
	"context"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) maintenanceWorkRoutes() {
	post := func(path, id, short string, right policies.Right) route {
		return route{Method: "POST", Path: "/maintenance/jobs/{job}" + path, ID: id, Group: "maintenance", Right: right, Command: true, Noun: mes.NounMaintenance, Short: short}
	}
	plan, work := policies.MaintenancePlan, policies.MaintenanceWork
	handle(s, post("/plan", "planMaintenance", "Plan a job: who, until when, from when its machine is out", plan), s.planMaintenance)
	handle(s, post("/reject", "rejectMaintenance", "Reject a request", plan), s.maintenanceByReason(mes.Maintenances.Reject))
	handle(s, post("/cancel", "cancelMaintenance", "Cancel a job before its machine is locked out", plan), s.maintenanceByReason(mes.Maintenances.Cancel))
	handle(s, post("/points/{point}/lock", "lockPoint", "Set a lock at an isolation point: from now on nothing starts at the machine", work), s.lockPoint)
	handle(s, post("/points/{point}/verify", "verifyPoint", "Say that no energy is left behind a lock", work), s.pointBy(mes.Maintenances.Verify))
	handle(s, post("/points/{point}/unlock", "unlockPoint", "Remove a lock; another person's lock needs a reason", work), s.pointBy(mes.Maintenances.Remove))
	handle(s, post("/lockout", "askLockout", "Ask for the signature of the lock-out: every point is locked and verified", work), s.maintenanceByReason(mes.Maintenances.AskLockout))
	handle(s, post("/begin", "beginMaintenance", "Begin the work", work), s.maintenanceByReason(mes.Maintenances.Begin))
	handle(s, post("/findings", "describeMaintenance", "Write what was found, its cause and its remedy", work), s.describeMaintenance)
	handle(s, post("/parts", "usePart", "Add a part; one of a lot is taken from the stock", work), s.usePart)
	handle(s, post("/labour", "addMaintenanceTime", "Add time that somebody worked", work), s.addMaintenanceTime)
	handle(s, post("/test", "testMaintenance", "Say how the machine did after the work; a failed test sends it back into work", work), s.testMaintenance)
	handle(s, post("/handback", "askHandback", "Ask for the signatures of the hand-back: locks are off, the test was passed", work), s.maintenanceByReason(mes.Maintenances.AskHandback))
	handle(s, post("/close", "closeMaintenance", "Close a job that was handed back", work), s.maintenanceByReason(mes.Maintenances.Close))
}

// place is what a command on a job names.
func (p MaintenancePath) place(ctx context.Context, version int64, reason string) mes.MaintenancePlace {
	r := requestOf(ctx)
	return mes.MaintenancePlace{Site: r.who.Site, ID: p.Job, Key: r.key, By: r.actor(), Version: version, Reason: strings.TrimSpace(reason)}
}

// PlanMaintenanceBody is a job as it is planned.
type PlanMaintenanceBody struct {
	Severity mes.Severity         `json:"severity"`
	Owner    string               `json:"owner,omitempty" maxLength:"100" doc:"Who does it; left out, everyone in maintenance."`
	DueAt    time.Time            `json:"due_at"`
	OutFrom  *time.Time           `json:"out_from,omitempty" doc:"When the machine stops being dispatchable; left out, with the first lock."`
	Minutes  int                  `json:"minutes,omitempty" minimum:"0" doc:"How long it is expected to take."`
	Running  string               `json:"running,omitempty" maxLength:"500" doc:"Why the machine need not be locked out; left out, it is."`
	Points   []mes.IsolationPoint `json:"points,omitempty" maxItems:"100" doc:"Isolation points of this job; left out, those of the station."`
	Reason   string               `json:"reason,omitempty" maxLength:"500"`
	Seen     int64                `json:"seen,omitempty" minimum:"0" doc:"The version that the change was made on."`
}

type planMaintenanceInput struct {
	MaintenancePath
	Body PlanMaintenanceBody
}

func (s *Server) planMaintenance(ctx context.Context, in *planMaintenanceInput) (*one[MaintenanceView], error) {
	b := in.Body
	due := b.DueAt
	return s.viewMaintenance(s.Maintenances.Schedule(ctx, in.place(ctx, b.Seen, b.Reason),
		mes.MaintenancePlanning{Severity: b.Severity, Owner: b.Owner, DueAt: &due, OutFrom: b.OutFrom, Minutes: b.Minutes, Running: b.Running, Points: b.Points}))
}

type maintenanceReasonInput struct {
	MaintenancePath
	Body Reason
}

// maintenanceByReason is a command that takes nothing but a reason.
func (s *Server) maintenanceByReason(do func(mes.Maintenances, context.Context, mes.MaintenancePlace) (mes.MaintenanceJob, error)) func(context.Context, *maintenanceReasonInput) (*one[MaintenanceView], error) {
	return func(ctx context.Context, in *maintenanceReasonInput) (*one[MaintenanceView], error) {
		return s.viewMaintenance(do(s.Maintenances, ctx, in.place(ctx, in.Body.Seen, in.Body.Reason)))
	}
}

// PointPath names an isolation point of a job.
type PointPath struct {
	MaintenancePath
	Point string `path:"point" maxLength:"64"`
}

type lockPointInput struct {
	PointPath
	Body struct {
		Lock string `json:"lock" maxLength:"64" doc:"Number on the padlock or tag."`
	}
}

func (s *Server) lockPoint(ctx context.Context, in *lockPointInput) (*one[MaintenanceView], error) {
	return s.viewMaintenance(s.Maintenances.Lock(ctx, in.place(ctx, 0, ""), in.Point, in.Body.Lock))
}

type pointReasonInput struct {
	PointPath
	Body Reason
}

func (s *Server) pointBy(do func(mes.Maintenances, context.Context, mes.MaintenancePlace, string) (mes.MaintenanceJob, error)) func(context.Context, *pointReasonInput) (*one[MaintenanceView], error) {
	return func(ctx context.Context, in *pointReasonInput) (*one[MaintenanceView], error) {
		return s.viewMaintenance(do(s.Maintenances, ctx, in.place(ctx, in.Body.Seen, in.Body.Reason), in.Point))
	}
}

type describeMaintenanceInput struct {
	MaintenancePath
	Body struct {
		Found  string `json:"found,omitempty" maxLength:"2000"`
		Cause  string `json:"cause,omitempty" maxLength:"64" doc:"A code of the tree of causes."`
		Remedy string `json:"remedy,omitempty" maxLength:"64"`
		Seen   int64  `json:"seen,omitempty" minimum:"0"`
	}
}

func (s *Server) describeMaintenance(ctx context.Context, in *describeMaintenanceInput) (*one[MaintenanceView], error) {
	b := in.Body
	return s.viewMaintenance(s.Maintenances.Find(ctx, in.place(ctx, b.Seen, ""), mes.Findings{Found: b.Found, Cause: b.Cause, Remedy: b.Remedy}))
}

type usePartInput struct {
	MaintenancePath
	Body struct {
		Lot      string  `json:"lot,omitempty" maxLength:"64" doc:"A lot of the stock; what it is made of is taken from it."`
		Text     string  `json:"text,omitempty" maxLength:"200" doc:"What it was, where it is in no lot."`
		Quantity Amount  `json:"quantity"`
		Unit     string  `json:"unit,omitempty" maxLength:"20"`
		Cost     *Amount `json:"cost,omitempty" doc:"Of all of it."`
	}
}

func (s *Server) usePart(ctx context.Context, in *usePartInput) (*one[MaintenanceView], error) {
	b := in.Body
	return s.viewMaintenance(s.Maintenances.Use(ctx, in.place(ctx, 0, ""), mes.MaintenancePart{Lot: b.Lot, Text: strings.TrimSpace(b.Text), Quantity: b.Quantity.Decimal, Unit: b.Unit, Cost: b.Cost.or()}))
}

type addMaintenanceTimeInput struct {
	MaintenancePath
	Body struct {
		Person  string `json:"person,omitempty" maxLength:"100" doc:"Left out, it is who asks."`
		Minutes int    `json:"minutes"`
		Note    string `json:"note,omitempty" maxLength:"500"`
	}
}

func (s *Server) addMaintenanceTime(ctx context.Context, in *addMaintenanceTimeInput) (*one[MaintenanceView], error) {
	l := mes.MaintenanceLabour{Person: in.Body.Person, Minutes: in.Body.Minutes, Note: in.Body.Note}
	if l.Person == "" {
		l.Person = requestOf(ctx).who.ID
	}
	return s.viewMaintenance(s.Maintenances.Work(ctx, in.place(ctx, 0, ""), l))
}

type testMaintenanceInput struct {
	MaintenancePath
	Body struct {
		Passed bool   `json:"passed"`
		Note   string `json:"note" maxLength:"2000" doc:"What was tried, and what was seen."`
	}
}

func (s *Server) testMaintenance(ctx context.Context, in *testMaintenanceInput) (*one[MaintenanceView], error) {
	return s.viewMaintenance(s.Maintenances.Test(ctx, in.place(ctx, 0, ""), mes.MaintenanceTest{Passed: in.Body.Passed, Note: strings.TrimSpace(in.Body.Note)}))
}
