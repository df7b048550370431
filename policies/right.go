package policies

// Right is one thing that an account may be allowed to do, as noun.verb. Each route of the API asks for exactly one.
type Right string

// The rights.
const (
	SessionUse Right = "session.use" // see who one is, sign out
	DocsRead   Right = "docs.read"   // the API's own description

	PlantRead   Right = "plant.read"
	StationRead Right = "station.read" // stations, their queues, the terminal's job
	ScanRead    Right = "scan.read"    // ask what a scanned code is
	EventRead   Right = "event.read"   // be told of changes
	BlobRead    Right = "blob.read"    // pictures and documents

	OrderRead       Right = "order.read"
	OrderCreate     Right = "order.create"
	OrderRelease    Right = "order.release"
	OrderHold       Right = "order.hold"
	OrderResume     Right = "order.resume"
	OrderCancel     Right = "order.cancel"
	OrderPrioritise Right = "order.prioritise" // change the priority alone
	OrderChange     Right = "order.change"     // change quantity and due date too
	HistoryRead     Right = "history.read"     // an order's whole story

	LotRead         Right = "lot.read" // lots, as-built records, genealogy
	LotScrap        Right = "lot.scrap"
	LotDefect       Right = "lot.report-defect"
	LotReview       Right = "lot.review"
	LotHold         Right = "lot.hold"
	LotRelease      Right = "lot.release"
	OperationRun    Right = "operation.run" // start, resume, complete
	StepComplete    Right = "step.complete"
	StepRetry       Right = "step.retry"             // ask a silent device once more
	OrderRevise     Right = "order.request-revision" // ask for a running order's move to another routing revision
	DocumentRead    Right = "document.read"
	DocumentDraft   Right = "document.draft"
	DocumentSubmit  Right = "document.submit" // send into review, withdraw; signing is signature.give's
	DocumentConfirm Right = "document.confirm-read"
	VisionRead      Right = "vision.read"
	VisionReport    Right = "vision.report"
	MaterialRead    Right = "material.read"
	MaterialTake    Right = "material.receive"
	ShipmentRead    Right = "shipment.read"
	ShipmentMake    Right = "shipment.create"
	OutboxRead      Right = "outbox.read"
	OutboxResend    Right = "outbox.resend"
	InboxRead       Right = "inbox.read"    // the demonstration ERP's inbox
	AuditRead       Right = "audit.inspect" // named so that no *.read allows it
	HealthRead      Right = "health.read"
	MetricsRead     Right = "metrics.read"
	EdgeConfigure   Right = "edge.configure" // read device configuration, secrets of the plant network included
	EdgeReport      Right = "edge.report"
	EngineUse       Right = "engine.use" // the workflow engine's own screens
	SignatureRead   Right = "signature.read"
	SignatureGive   Right = "signature.give" // sign, or say no; what a record asks for decides the rest
	SignatureRule   Right = "signature.rule" // change which signatures a kind of record asks for
	AuditReview     Right = "audit.review"   // review a period of the trail
	RecordRead      Right = "record.read"    // whole history records, the audit extract included
	RecordAsk       Right = "record.ask"     // ask that a record be released; releasing it is signing
	RecordRule      Right = "record.rule"    // say which records must be released

	OperationPause   Right = "operation.pause"
	StepSign         Right = "step.sign" // sign a step, besides the right to sign at all
	TerminalRead     Right = "terminal.read"
	TerminalRegister Right = "terminal.register" // make a screen or program the terminal of a station
	TerminalManage   Right = "terminal.manage"   // name, idle time, revocation
	ShiftRead        Right = "shift.read"
	ShiftManage      Right = "shift.manage"   // patterns, who works when
	ShiftOverride    Right = "shift.override" // let a person work outside their shift for a while

	AlertRead         Right = "alert.read"
	AlertClose        Right = "alert.close" // only those that are meant for the person who closes
	QualificationRead Right = "qualification.read"
	QualificationGive Right = "qualification.give" // give, renew and withdraw certificates of others
	SkillWrite        Right = "skill.write"
	LabourRead        Right = "labour.read"
	LabourClock       Right = "labour.clock"   // clock oneself on and off, and others at a station
	LabourCorrect     Right = "labour.correct" // say what others worked

	AccountInspect Right = "account.inspect" // people and programs; named so that no *.read allows it
	AccountManage  Right = "account.manage"  // name, badge, secrets, sessions, lock, end
	RoleAssign     Right = "role.assign"     // make accounts, give and withdraw roles
	TokenManage    Right = "token.manage"    // service tokens

	// Reactions.
	ReactionRead  Right = "reaction.read"
	ReactionWrite Right = "reaction.write" // say what the plant does by itself when quality gets worse

	// Verdicts, models.
	VisionSettle Right = "vision.settle" // say whose pictures are kept

	// Inspection review.
	VisionLabel   Right = "vision.label"   // say what a picture shows; an override is signed besides
	VisionExport  Right = "vision.export"  // take labelled pictures out
	VisionAnswer  Right = "vision.answer"  // say what became of a safety event or a count
	ModelDescribe Right = "model.describe" // models: what they are, where they run, whether they are in use
	StationStop   Right = "station.stop"
	StationLift   Right = "station.lift"

	// Containment.
	HoldRead    Right = "hold.read"
	HoldPlace   Right = "hold.place"
	HoldDispose Right = "hold.dispose" // decide on what is held, tell customers, end the watch
	HoldAside   Right = "hold.set-aside"

	// Statistical process control.
	ChartRead        Right = "chart.read"
	ChartDefine      Right = "chart.define"  // make and change charts, propose limits
	ChartApprove     Right = "chart.approve" // put limits into force
	AlarmAcknowledge Right = "chart.acknowledge"

	// Inspection plans, gauges.
	GaugeRead        Right = "gauge.read"
	GaugeManage      Right = "gauge.manage"    // register, change, block and retire gauges
	GaugeCalibrate   Right = "gauge.calibrate" // record calibrations
	InspectionRead   Right = "inspection.read"
	InspectionRun    Right = "inspection.run"    // draw the sample, enter what was found, have it decided
	InspectionOpen   Right = "inspection.open"   // ask for one by hand, give such a one up
	InspectionSwitch Right = "inspection.switch" // resume a discontinued inspection, end reduced inspection
	StudyRead        Right = "study.read"        // gauge R&R
	StudyRun         Right = "study.run"

	// Nonconformances.

	NonconformanceRead   Right = "nonconformance.read"
	NonconformanceOpen   Right = "nonconformance.open"   // open, add lots, pictures and notes
	NonconformanceDecide Right = "nonconformance.decide" // change, propose to the board, close; deciding is signing
	ComplaintOpen        Right = "complaint.open"
	DefectCodeRead       Right = "defect-code.read"
	DefectCodeWrite      Right = "defect-code.write"
	PermitRead           Right = "permit.read"
	PermitAsk            Right = "permit.ask" // ask for a deviation permit, or end one
	QualityCostRead      Right = "quality-cost.read"
	QualityCostWrite     Right = "quality-cost.write" // what materials and hours cost

	// Corrective and preventive action.
	CAPARead  Right = "capa.read"
	CAPARaise Right = "capa.raise"
	CAPAWork  Right = "capa.work"   // write and complete disciplines, give tasks, verify actions, move dates
	CAPADo    Right = "capa.report" // say that one's own task is done

	// Recall, split, merge.
	LotDivide      Right = "lot.divide" // split and merge
	RecallRead     Right = "recall.read"
	RecallStart    Right = "recall.start"    // find everything that a lot touched, for a drill or in earnest
	RecallComplete Right = "recall.complete" // say that every piece was reached

	// Machines.
	MachineRead     Right = "machine.read"
	MachineDeclare  Right = "machine.declare" // say by hand what a machine does
	StopExplain     Right = "stop.explain"    // say why it stopped
	StopCorrect     Right = "stop.correct"    // split, merge and correct what the log says
	StopReasonWrite Right = "stop-reason.write"

	// Shift calendar, OEE.
	CalendarRead  Right = "calendar.read"
	CalendarWrite Right = "calendar.write" // holidays, extra shifts, planned stops
	FigureRead    Right = "figure.read"
	FigureAim     Right = "figure.aim" // what OEE is aimed at

	// Telemetry.
	TelemetryRead Right = "telemetry.read"

	// Maintenance.
	MaintenanceRead     Right = "maintenance.read"
	MaintenanceRequest  Right = "maintenance.request"
	MaintenancePlan     Right = "maintenance.plan"     // plan, reject and cancel jobs
	MaintenanceWork     Right = "maintenance.work"     // lock out, work, test, ask for the hand-back; signing is signature.give's
	MaintenanceDefine   Right = "maintenance.define"   // plans, isolation points, causes and remedies
	MaintenanceExchange Right = "maintenance.exchange" // hand in work requests of an outside CMMS

	// Andon, line board.
	CallRead     Right = "call.read"
	CallRaise    Right = "call.raise"
	CallAnswer   Right = "call.answer" // acknowledge, resolve, cancel; whom the call is for decides the rest
	BoardRead    Right = "board.read"
	AndonPlan    Right = "andon.plan"    // kinds of call, escalation, what machines call for, boards
	SafetyRecord Right = "safety.record" // say when the last accident was

	// Dispatching.
	DispatchRead  Right = "dispatch.read"  // the queues of a line, with the people who are there
	DispatchOrder Right = "dispatch.order" // move jobs in a queue by hand
	DispatchRule  Right = "dispatch.rule"  // say by which rule a line dispatches
)

// Rights lists all of them, in the order in which people read them.
var Rights = []Right{
	SessionUse, DocsRead, PlantRead, StationRead, ScanRead, EventRead, BlobRead,
	OrderRead, OrderCreate, OrderRelease, OrderHold, OrderResume, OrderCancel, OrderPrioritise, OrderChange, HistoryRead,
	RecordRead, RecordAsk, RecordRule, LotRead, LotScrap, LotDefect, LotReview, LotHold, LotRelease, OperationRun, StepComplete, StepRetry,
	OrderRevise, DocumentRead, DocumentDraft, DocumentSubmit, DocumentConfirm,
	SignatureRead, SignatureGive, SignatureRule, VisionRead, VisionReport, MaterialRead, MaterialTake, ShipmentRead, ShipmentMake,
	OutboxRead, OutboxResend, InboxRead, AuditRead, AuditReview, HealthRead, MetricsRead, EdgeConfigure, EdgeReport, EngineUse,
	OperationPause, StepSign, TerminalRead, TerminalRegister, TerminalManage, ShiftRead, ShiftManage, ShiftOverride,
	AccountInspect, AccountManage, RoleAssign, TokenManage,
	AlertRead, AlertClose, QualificationRead, QualificationGive, SkillWrite, LabourRead, LabourClock, LabourCorrect,

	// Reactions.
	ReactionRead, ReactionWrite,

	// Verdicts, models.
	VisionSettle,

	// Inspection review.
	VisionLabel, VisionExport, VisionAnswer, ModelDescribe, StationStop, StationLift,

	// Containment.
	HoldRead, HoldPlace, HoldDispose, HoldAside,

	// Statistical process control.
	ChartRead, ChartDefine, ChartApprove, AlarmAcknowledge,

	// Inspection plans, gauges.
	GaugeRead, GaugeManage, GaugeCalibrate, InspectionRead, InspectionRun, InspectionOpen, InspectionSwitch, StudyRead, StudyRun,

	// Nonconformances.

	NonconformanceRead, NonconformanceOpen, NonconformanceDecide, ComplaintOpen, DefectCodeRead, DefectCodeWrite, PermitRead, PermitAsk, QualityCostRead, QualityCostWrite,

	// Corrective and preventive action.
	CAPARead, CAPARaise, CAPAWork, CAPADo,

	// Recall, split, merge.
	LotDivide, RecallRead, RecallStart, RecallComplete,

	// Machines.
	MachineRead, MachineDeclare, StopExplain, StopCorrect, StopReasonWrite,

	// Shift calendar, OEE.
	CalendarRead, CalendarWrite, FigureRead, FigureAim,

	// Telemetry.
	TelemetryRead,

	// Maintenance.
	MaintenanceRead, MaintenanceRequest, MaintenancePlan, MaintenanceWork, MaintenanceDefine, MaintenanceExchange,

	// Andon, line board.
	CallRead, CallRaise, CallAnswer, BoardRead, AndonPlan, SafetyRecord,

	// Dispatching.
	DispatchRead, DispatchOrder, DispatchRule,
}
