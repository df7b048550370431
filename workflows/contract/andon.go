package contract

import (
	"context"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// AndonID is the workflow ID of a call.
func AndonID(site, call string) string { return "andon/" + site + "/" + call }

// AndonInput starts or continues an Andon. The plan that it follows stands with the call.
type AndonInput struct {
	Site string `json:"site"`
	Call string `json:"call"`
}

// AndonResult is how the call ended.
type AndonResult struct {
	State mes.CallState `json:"state"`
}

// Andon raises a machine's call when its time has come, escalates a call that nobody answers or ends, and ends with it.
var Andon = kit.Workflow[AndonInput, AndonResult]{Name: "Andon"}

// CallMoved tells an Andon that its call was acknowledged, resolved or cancelled.
var CallMoved = kit.Signal[mes.CallRef]{Name: "CallMoved"}

// WatchCall does the steps that are due and answers what comes next.
var WatchCall = kit.Activity[AndonInput, mes.CallStanding]{Name: "call.Watch", Profile: Record}

// StartAndon starts a call's workflow, or finds it running.
func StartAndon(ctx context.Context, c client.Client, in mes.CallRef) error {
	o := startOptions(AndonID(in.Site, in.Call))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site), AttrLine.ValueSet(in.Line))
	_, err := Andon.Start(ctx, c, o, AndonInput{Site: in.Site, Call: in.Call})
	return err
}
