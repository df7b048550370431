package mes

import (
	"context"
	"slices"
	"time"
)

// Severity says how soon somebody must act. It is also the word on the screen.
type Severity string

// The severities.
const (
	SeverityCritical Severity = "critical"
	SeverityHigh     Severity = "high"
	SeverityMedium   Severity = "medium"
	SeverityLow      Severity = "low"
)

// AlertKind names what an alert is about, so that lists can be narrowed and screens can say it in their own language.
type AlertKind string

// The kinds of alert.
const (
	AlertLoginLocked        AlertKind = "login_locked"
	AlertQualificationEnds  AlertKind = "qualification_ends"
	AlertQualificationEnded AlertKind = "qualification_ended"
	AlertSignatureDue       AlertKind = "signature_due"
	AlertSignatureOverdue   AlertKind = "signature_overdue"
	AlertDocumentToRead     AlertKind = "document_to_read"
	AlertDocumentUnsigned   AlertKind = "document_unsigned" // an import approved what would have been signed here
	AlertAuditBroken        AlertKind = "audit_broken"
	AlertReviewDue          AlertKind = "review_due"
	AlertRestored           AlertKind = "restored"

	// Reactions.
	AlertReaction AlertKind = "reaction" // a rule about quality acted

	// Verdicts, models.

	// Inspection review.
	AlertModelNew     AlertKind = "model_new"     // a version that nobody described sends verdicts
	AlertModelRetired AlertKind = "model_retired" // a version that was retired sends verdicts
	AlertStationStop  AlertKind = "station_stop"  // a rule stopped a station

	// Containment.
	AlertContained      AlertKind = "contained"
	AlertContainmentDue AlertKind = "containment_due"

	// Statistical process control.
	AlertChart AlertKind = "chart_alarm"

	// Inspection plans, gauges.
	AlertGaugeDue              AlertKind = "gauge_due"
	AlertGaugeOverdue          AlertKind = "gauge_overdue"
	AlertGaugeFailed           AlertKind = "gauge_failed" // what was measured with it is in doubt
	AlertInspectionNotAccepted AlertKind = "inspection_not_accepted"
	AlertInspectionStopped     AlertKind = "inspection_discontinued"

	// Nonconformances.

	AlertNonconformance AlertKind = "nonconformance" // one was opened that is high or critical

	// Corrective and preventive action.
	AlertCAPARaised    AlertKind = "capa_raised" // nobody owns it yet, or it was raised again by its rule
	AlertCAPADue       AlertKind = "capa_due"
	AlertCAPAOverdue   AlertKind = "capa_overdue"
	AlertCAPAFewPieces AlertKind = "capa_few_pieces" // too little is made to judge the effect by
	AlertCAPAExtended  AlertKind = "capa_extended"   // the period of the effectiveness check was made longer
	AlertCAPAReopened  AlertKind = "capa_reopened"   // the effect did not show, the causes are open again

	// Recall, split, merge.

	// Machines.
	AlertMachineSignal   AlertKind = "machine_signal"   // what a machine's tags say can't be right
	AlertStopUnexplained AlertKind = "stop_unexplained" // nobody has said why a machine stopped

	// Shift calendar, OEE.

	// Telemetry.
	AlertTagFlood AlertKind = "tag_flood" // a device changes more often than it may
	AlertTagClock AlertKind = "tag_clock" // a device's or an edge node's clock is not believed
	AlertTagLost  AlertKind = "tag_lost"  // recorded values were lost on their way

	// Maintenance.
	AlertMaintenanceRaised  AlertKind = "maintenance_raised" // a job that nobody has planned
	AlertMaintenanceDue     AlertKind = "maintenance_due"
	AlertMaintenanceOverdue AlertKind = "maintenance_overdue"
	AlertMaintenanceOut     AlertKind = "maintenance_out" // a machine is out for longer than planned

	// Andon, line board.
	AlertCall AlertKind = "call" // a station calls for help, or nobody has come

	// Dispatching.
	AlertMaterialLate AlertKind = "material_late" // an order's next operation lacks components
)

// Alert is something that somebody must look at. It is raised once per key, by whatever noticed it, in the transaction
// that made it true; it stays open until a person acknowledges it or until what it tells of is over.
type Alert struct {
	ID       int64     `json:"id"`
	Site     string    `json:"site"`
	Kind     AlertKind `json:"kind"`
	Severity Severity  `json:"severity"`
	// Noun and Subject name the record that it is about.
	Noun    string `json:"noun"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	// Role and Account say who must act: all with the role, or one person; with both, the person while they have the
	// role. Both empty means everyone.
	Role     Role       `json:"role,omitempty"`
	Account  string     `json:"account,omitempty"`
	RaisedAt time.Time  `json:"raised_at"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	ClosedBy string     `json:"closed_by,omitempty"`
	Comment  string     `json:"comment,omitempty"`
}

// MeantFor tells whether the alert waits for a person with these roles.
func (a Alert) MeantFor(account string, roles []Role) bool {
	return (a.Role == "" || slices.Contains(roles, a.Role)) && (a.Account == "" || a.Account == account)
}

// AlertFilter narrows the list of alerts, newest first. Zero fields do not narrow.
type AlertFilter struct {
	Paging
	Site string
	Open bool // only open ones
	Kind AlertKind
	// Roles and Account keep what is meant for them or for everyone.
	Roles   []Role
	Account string
}

// Alerts keeps alerts.
type Alerts interface {
	// Raise stores an alert once per key; a second one with the same key changes nothing.
	Raise(ctx context.Context, key string, a Alert) error
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f AlertFilter) (Page[Alert], error)
	// Get reads one alert. Codes: not_found.
	Get(ctx context.Context, site string, id int64) (Alert, error)
	// Close ends an open alert on a person's word. Codes: not_found, conflict (closed already).
	Close(ctx context.Context, site string, id int64, by Actor, comment string) (Alert, error)
}
