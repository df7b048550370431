package contract

import (
	"context"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// CAPAFlowID is the workflow ID of a CAPA.
func CAPAFlowID(site, id string) string { return "capa/" + site + "/" + id }

// CAPAInput starts or continues a CAPA.
type CAPAInput struct {
	Site string `json:"site"`
	CAPA string `json:"capa"`
}

// CAPAResult is how it ended.
type CAPAResult struct {
	State mes.CAPAState `json:"state"`
}

// CAPA waits for what is due of one CAPA, reminds, escalates, and reads the defect data once the period of its
// effectiveness check is over. What is decided stands in the records.
var CAPA = kit.Workflow[CAPAInput, CAPAResult]{Name: "CAPA"}

// CAPAMoved tells a CAPA that its record changed.
var CAPAMoved = kit.Signal[mes.CAPAChanged]{Name: "CAPAMoved"}

// Activities of a CAPA.
var (
	// RemindCAPA raises the reminders that are due and answers what is waited for.
	RemindCAPA = kit.Activity[CAPAInput, mes.CAPAWait]{Name: "capa.Remind", Profile: Record}
	// CheckCAPA reads months of defect data, so it may take its time.
	CheckCAPA = kit.Activity[CAPAInput, mes.CAPAWait]{Name: "capa.Check", Profile: Read}
)

// StartCAPA starts a CAPA's workflow, or finds it running.
func StartCAPA(ctx context.Context, c client.Client, in CAPAInput) error {
	o := startOptions(CAPAFlowID(in.Site, in.CAPA))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site))
	_, err := CAPA.Start(ctx, c, o, in)
	return err
}

// TellCAPA tells a CAPA's workflow to look at the records, and starts it where it is not there.
func TellCAPA(ctx context.Context, c client.Client, in CAPAInput) error {
	return tell(ctx, c, CAPAFlowID(in.Site, in.CAPA), CAPAMoved, mes.CAPAChanged(in), func() error { return StartCAPA(ctx, c, in) })
}
