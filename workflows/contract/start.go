package contract

import (
	"context"
	"errors"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// StartWorkOrder starts an order's workflow, or finds it running. Whoever calls it has seen in the database that the
// order has not ended.
func StartWorkOrder(ctx context.Context, c client.Client, in WorkOrderInput) error {
	o := startOptions(WorkOrderID(in.Site, in.Number))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site), AttrLine.ValueSet(in.Line), AttrWorkOrder.ValueSet(in.Number))
	_, err := WorkOrder.Start(ctx, c, o, in)
	return err
}

// StartLotRoute starts a lot's workflow, or finds it running. Whoever calls it has seen in the database that the lot
// has not ended.
func StartLotRoute(ctx context.Context, c client.Client, in LotRouteInput, order, line string) error {
	o := startOptions(LotRouteID(in.Site, in.Lot))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site), AttrLine.ValueSet(line), AttrWorkOrder.ValueSet(order), AttrLot.ValueSet(in.Lot))
	_, err := LotRoute.Start(ctx, c, o, in)
	return err
}

// StartDocumentRevision starts the timer of an approved revision, or finds it running.
func StartDocumentRevision(ctx context.Context, c client.Client, in DocumentRevisionInput) error {
	o := startOptions(DocumentRevisionID(in.Site, in.Revision))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site))
	_, err := DocumentRevision.Start(ctx, c, o, in)
	return err
}

// StartSigning starts the wait for a request's signatures, or finds it running.
func StartSigning(ctx context.Context, c client.Client, in SigningInput) error {
	o := startOptions(SigningID(in.Site, in.Request))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site))
	_, err := Signing.Start(ctx, c, o, in)
	return err
}

// startOptions make a start harmless to repeat: a running workflow is found, a closed one is taken up again from what
// the database says.
func startOptions(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: id, TaskQueue: QueueCore,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// tell tells the workflow of a record to look at it. One that is not there is started: such a workflow lasts for long, and may have
// been terminated, or lost with a restored engine. One that has completed is left alone.
func tell[T any](ctx context.Context, c client.Client, id string, moved kit.Signal[T], word T, start func() error) error {
	err := moved.Send(ctx, c, id, word)
	var gone *serviceerror.NotFound
	if !errors.As(err, &gone) {
		return err
	}
	d, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED {
		return nil
	}
	if err != nil && !errors.As(err, &gone) {
		return err
	}
	return start()
}

// wake tells a site's watch that its records changed, and starts it where it does not run.
func wake[I any](ctx context.Context, c client.Client, id, site string, changed kit.Signal[mes.SiteChanged], watch kit.Workflow[I, struct{}], in I) error {
	o := startOptions(id)
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(site))
	_, err := c.SignalWithStartWorkflow(ctx, o.ID, changed.Name, mes.SiteChanged{Site: site}, o, watch.Name, in)
	return err
}

// WakeQualificationWatch tells a site's reminders to look at the records, and starts them where they do not run.
func WakeQualificationWatch(ctx context.Context, c client.Client, site string) error {
	return wake(ctx, c, QualificationWatchID(site), site, QualificationsChanged, QualificationWatch, QualificationWatchInput{Site: site})
}
