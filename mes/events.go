package mes

import "context"

// EventKind says what changed.
type EventKind string

// The kinds of event.
const (
	EventOrder    EventKind = "order"
	EventLot      EventKind = "lot"
	EventStation  EventKind = "station"
	EventDevice   EventKind = "device"
	EventOutbox   EventKind = "outbox"
	EventMaterial EventKind = "material"
	EventVision   EventKind = "vision"
	EventAlert    EventKind = "alert"
	EventLabour   EventKind = "labour"
	// EventQualification names a person whose certificates changed, or the site whose skills did.
	EventQualification EventKind = "qualification"
	EventDocument      EventKind = "document"
	EventRecord        EventKind = "record" // the release of a lot's or an order's record
	EventSignature     EventKind = "signature"
	EventTerminal      EventKind = "terminal"
	EventShift         EventKind = "shift"

	// Reactions.
	EventReaction EventKind = "reaction" // a rule was changed, or acted

	// Verdicts, models.

	// EventVisionInbox says that another program inserted verdicts; it is for whoever takes them, not for screens.
	EventVisionInbox EventKind = "vision_inbox"

	// Inspection review.
	EventModel EventKind = "model" // a version of a vision model, as name/version

	// Containment.
	EventHold EventKind = "hold"

	// Statistical process control.
	EventChart EventKind = "chart" // a point, an alarm, limits
	// EventChartDefinition says that what is drawn has changed. It is for the processes that remember it.
	EventChartDefinition EventKind = "chart_definition"

	// Inspection plans, gauges.
	EventGauge      EventKind = "gauge"
	EventInspection EventKind = "inspection"
	EventStudy      EventKind = "study" // a gauge R&R study

	// Nonconformances.

	EventNonconformance EventKind = "nonconformance"
	EventDefectCode     EventKind = "defect_code"
	EventPermit         EventKind = "permit"

	// Corrective and preventive action.
	EventCAPA EventKind = "capa"

	// Recall, split, merge.
	EventRecall EventKind = "recall"

	// Machines.
	EventMachine    EventKind = "machine"     // a machine's state, alarm, count or log, by its station
	EventStopReason EventKind = "stop_reason" // the tree of reasons

	// Shift calendar, OEE.
	EventCalendar EventKind = "calendar" // an entry, or a shift
	EventFigure   EventKind = "figure"   // a shift's figure was stated, as equipment

	// Telemetry.

	// Maintenance.
	EventMaintenance     EventKind = "maintenance"      // a job
	EventMaintenancePlan EventKind = "maintenance_plan" // a plan, a station's isolation points, a code

	// Andon, line board.
	EventCall   EventKind = "call"
	EventSafety EventKind = "safety" // when the last accident was
	EventAndon  EventKind = "andon"  // the plan of calls and boards

	// Dispatching.

	// EventAccount says that what an account may do has changed, or one of its sessions or tokens has ended. It is for the
	// processes that remember who is signed in, not for screens.
	EventAccount EventKind = "account"
	// EventLost says that events were missed (the database was away, or the listener was too slow): read everything again.
	EventLost EventKind = "lost"
)

// Event tells that something changed, by ID only; whoever cares reads it again.
type Event struct {
	Kind EventKind `json:"kind"`
	ID   string    `json:"id"`
	Site string    `json:"site,omitempty"`
}

// Events tells what changes, in commit order, at most a few milliseconds after the commit.
type Events interface {
	// Listen returns a channel that receives until ctx ends and is closed then. A listener that does not keep up loses
	// events and gets EventLost in their place; nobody waits for it.
	Listen(ctx context.Context) (<-chan Event, error)
}
