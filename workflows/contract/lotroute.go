package contract

import (
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// LotRouteID is the workflow ID of a lot's way through its routing.
func LotRouteID(site, lot string) string { return "lot/" + site + "/" + lot }

// LotEntryKey is the key under which the ledger keeps what an update did to a lot. The update's ID is unique per lot only.
func LotEntryKey(site, lot, update string) string { return LotRouteID(site, lot) + "#" + update }

// LotRouteInput starts or continues a LotRoute. Seen is carried over by continue-as-new.
type LotRouteInput struct {
	Site string `json:"site"`
	Lot  string `json:"lot"`
	// Seen are the event IDs of the signals that were taken last, so that a signal sent twice counts once.
	Seen kit.Recent `json:"seen,omitempty"`
	// Answered are the IDs of the updates that were carried out last: the engine forgets them at continue-as-new.
	Answered kit.Recent `json:"answered,omitempty"`
	// Held are containments that wait for the lot to stand still.
	Held []string `json:"held,omitempty"`
}

// LotRouteResult is how a lot ended.
type LotRouteResult struct {
	State    mes.LotState `json:"state"`
	Good     mes.Decimal  `json:"good"`
	Scrapped mes.Decimal  `json:"scrapped"`
}

// LotRoute is one lot's way through its routing.
var LotRoute = kit.Workflow[LotRouteInput, LotRouteResult]{Name: "LotRoute"}

// Updates of a LotRoute. The update ID is the command's Idempotency-Key. Each answers with the lot's new progress.
var (
	StartOperation    = kit.Update[mes.StartOperation, LotAnswer]{Name: "StartOperation"}
	PauseOperation    = kit.Update[OperationCommand, LotAnswer]{Name: "PauseOperation"}
	ResumeOperation   = kit.Update[OperationCommand, LotAnswer]{Name: "ResumeOperation"}
	CompleteOperation = kit.Update[OperationCommand, LotAnswer]{Name: "CompleteOperation"}
	CompleteStep      = kit.Update[mes.CompleteStep, LotAnswer]{Name: "CompleteStep"}
	RetryStep         = kit.Update[StepCommand, LotAnswer]{Name: "RetryStep"}
	ReportDefect      = kit.Update[Defect, LotAnswer]{Name: "ReportDefect"}
	ReviewLot         = kit.Update[mes.Review, LotAnswer]{Name: "ReviewLot"}
	ScrapLot          = kit.Update[Scrap, LotAnswer]{Name: "ScrapLot"}
)

// LotAnswer is the result of a lot's update.
type LotAnswer struct {
	Progress mes.Progress `json:"progress"`
}

// OperationCommand pauses, resumes or completes an operation.
type OperationCommand struct {
	Actor     mes.Actor `json:"actor"`
	Operation string    `json:"operation"`
	Reason    string    `json:"reason,omitempty"`
}

// By is who gives the command.
func (c OperationCommand) By() mes.Actor { return c.Actor }

// By is who gives the command.
func (c StepCommand) By() mes.Actor { return c.Actor }

// By is who gives the command.
func (c Scrap) By() mes.Actor { return c.Actor }

// StepCommand asks a silent device once more.
type StepCommand struct {
	Actor     mes.Actor `json:"actor"`
	Operation string    `json:"operation"`
	Step      string    `json:"step"`
}

// Defect is a defect that a person reports on a lot.
type Defect = mes.Defect

// Scrap takes pieces out of a lot.
type Scrap struct {
	Actor    mes.Actor   `json:"actor"`
	Quantity mes.Decimal `json:"quantity"`
	Reason   string      `json:"reason"`
}

// VisionVerdict tells a lot that a camera has answered. Event is the stored result's ID.
type VisionVerdict struct {
	Event     string      `json:"event"`
	Operation string      `json:"operation"`
	Step      string      `json:"step"`
	Shot      int         `json:"shot"`
	Key       string      `json:"key,omitempty"` // the picture's own key, where the sender gave one
	Verdict   mes.Verdict `json:"verdict"`
}

// Behind tells a lot that the ledger may know more than its workflow: after the loss of a process between the ledger's
// commit and the workflow's own note of it. Version is the ledger's; 0 means "look in any case".
type Behind struct {
	Version int64  `json:"version,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Signals of a LotRoute.
var (
	Verdict = kit.Signal[VisionVerdict]{Name: "VisionVerdict"}
	// LotVoided says that the order was cancelled before the lot began.
	LotVoided = kit.Signal[mes.LotVoided]{Name: "LotVoided"}
	LotBehind = kit.Signal[Behind]{Name: "LotBehind"}
)

// LotProgress asks a LotRoute where it believes the lot to be. Screens read SQL instead.
var LotProgress = kit.Query[mes.Progress]{Name: "progress"}

// Activities of a LotRoute.
var (
	LoadPlan   = kit.Activity[LotRouteInput, mes.Plan]{Name: "lot.LoadPlan", Profile: Record}
	RecordLot  = kit.Activity[mes.Entry, mes.Recorded]{Name: "lot.Record", Profile: Record}
	RunCycle   = kit.Activity[CycleRequest, CycleResult]{Name: "device.RunCycle", Profile: Cycle}
	TakeShot   = kit.Activity[ShotRequest, ShotTaken]{Name: "device.TakeShot", Profile: Shot}
	PrintLabel = kit.Activity[PrintRequest, Printed]{Name: "device.PrintLabel", Profile: Shot}
)

// CycleRequest asks a machine for one cycle. Seq is the handshake number that makes a second attempt safe.
type CycleRequest struct {
	Site      string `json:"site"`
	Device    string `json:"device"`
	Lot       string `json:"lot"`
	Operation string `json:"operation"`
	Step      string `json:"step"`
	Program   int    `json:"program"`
	Seq       uint32 `json:"seq"`
	// Asked is how often an operator has asked for this command again; such a person has looked at the piece.
	Asked           int      `json:"asked,omitempty"`
	Characteristics []string `json:"characteristics"`
	TimeoutS        int      `json:"timeout_s"`
}

// CycleResult is a machine's answer. Silent is set, with the reason for the operator, when no answer came in the
// profile's attempts: that is a result to act on, not an error to retry.
type CycleResult struct {
	Program  int           `json:"program"` // as read back
	Readings []mes.Reading `json:"readings,omitempty"`
	// Rejected is the machine's own judgement that the piece is not good.
	Rejected bool   `json:"rejected,omitempty"`
	Silent   string `json:"silent,omitempty"`
	// Lost comes with Silent when the machine may have run: the same number, asked again, fetches its result.
	Lost bool `json:"lost,omitempty"`
}

// ShotRequest asks a camera for a picture and verdict. ID is the key by which both sides recognise a repetition.
type ShotRequest struct {
	Site      string `json:"site"`
	Camera    string `json:"camera"`
	ID        string `json:"id"`
	Shot      int    `json:"shot"`
	Lot       string `json:"lot"`
	Operation string `json:"operation"`
	Step      string `json:"step"`
}

// ShotTaken tells whether the camera was reached.
type ShotTaken struct {
	Silent string `json:"silent,omitempty"`
}

// PrintRequest prints one label.
type PrintRequest struct {
	Site     string      `json:"site"`
	Printer  string      `json:"printer"`
	ID       string      `json:"id"`
	Template string      `json:"template"`
	Lot      string      `json:"lot"`
	Product  string      `json:"product"`
	Order    string      `json:"order"`
	Code     string      `json:"code"` // GS1 element string in its readable form
	Quantity mes.Decimal `json:"quantity"`
}

// Printed tells whether the printer took the label.
type Printed struct {
	Silent string `json:"silent,omitempty"`
}
