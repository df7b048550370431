package contract

import (
	"context"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// LotHoldID is the workflow ID of a containment.
func LotHoldID(site, containment string) string { return "hold/" + site + "/" + containment }

// LotHoldInput starts or continues a LotHold. What it holds stands in the records.
type LotHoldInput struct {
	Site        string       `json:"site"`
	Containment string       `json:"containment"`
	Severity    mes.Severity `json:"severity,omitempty"`
}

// LotHoldResult is how a containment ended.
type LotHoldResult struct {
	Found  int `json:"found"`
	Joined int `json:"joined"`
}

// LotHold finds what a containment must hold, sees that it stands still, calls when it does not, and ends with its last lot.
var LotHold = kit.Workflow[LotHoldInput, LotHoldResult]{Name: "LotHold"}

// ContainmentMoved tells a LotHold that a lot joined, stopped, was decided on or ended.
var ContainmentMoved = kit.Signal[mes.ContainmentMoved]{Name: "ContainmentMoved"}

// LotHeld tells a running LotRoute that a containment holds its lot: it says when the lot stands at a safe point.
var LotHeld = kit.Signal[mes.LotHeld]{Name: "LotHeld"}

// StoppedLot says that a held lot stands still, and where.
type StoppedLot struct {
	Site        string `json:"site"`
	Containment string `json:"containment"`
	Lot         string `json:"lot"`
	At          string `json:"at"`
}

// GuardRequest asks whether a lot is on hold, before something is done that no transaction guards.
type GuardRequest struct {
	Site string `json:"site"`
	Lot  string `json:"lot"`
}

// Guarded is the answer: why the lot is held, in the operator's words, or nothing.
type Guarded struct {
	Held string `json:"held,omitempty"`
}

// Activities of a LotHold, and of a LotRoute that is held.
var (
	// FindContained follows genealogy, chunk by chunk; More tells that the records are not at rest yet.
	FindContained  = kit.Activity[LotHoldInput, mes.Found]{Name: "hold.Find", Profile: Batch}
	WatchContained = kit.Activity[LotHoldInput, mes.ContainmentStanding]{Name: "hold.Watch", Profile: Record}
	LotStopped     = kit.Activity[StoppedLot, struct{}]{Name: "hold.Stopped", Profile: Record}
	GuardLot       = kit.Activity[GuardRequest, Guarded]{Name: "lot.Guard", Profile: Record}
)

// StartLotHold starts a containment's workflow, or finds it running.
func StartLotHold(ctx context.Context, c client.Client, in LotHoldInput) error {
	o := startOptions(LotHoldID(in.Site, in.Containment))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site), AttrSeverity.ValueSet(string(in.Severity)))
	_, err := LotHold.Start(ctx, c, o, in)
	return err
}
