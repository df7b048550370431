package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Workflows starts and signals workflows. A repeated message is harmless: a start finds the running workflow, a signal
// carries its event's ID.
func Workflows(c client.Client) Deliver {
	return func(ctx context.Context, m mes.Message) (string, error) {
		switch m.Kind {
		case mes.MessageStartOrder:
			return startOrder(ctx, c, m)
		case mes.MessageVerdict:
			return sendVerdict(ctx, c, m)
		case mes.MessageLotVoided:
			return sendVoided(ctx, c, m)
		case mes.MessageQualificationsChanged:
			return wakeReminders(ctx, c, m)
		case mes.MessageGaugesChanged:
			return wakeGaugeReminders(ctx, c, m)
		case mes.MessageLotBehind:
			return sendBehind(ctx, c, m)
		case mes.MessageLotMade:
			return startLot(ctx, c, m)
		case mes.MessageLotReopened:
			return startAgain(ctx, c, m)
		case mes.MessageRevisionApproved:
			return startRevision(ctx, c, m)
		case mes.MessageContained:
			return startHold(ctx, c, m)
		case mes.MessageContainmentMoved:
			return moveHold(ctx, c, m)
		case mes.MessageLotHeld:
			return sendHeld(ctx, c, m)
		case mes.MessageSignatureRequested:
			return startSigning(ctx, c, m)
		case mes.MessageSignatureGiven, mes.MessageSignatureEnded:
			return sendSignature(ctx, c, m)
		case mes.MessageCAPAOpened, mes.MessageCAPAMoved:
			return tellCAPA(ctx, c, m)
		case mes.MessageCallRaised, mes.MessageCallMoved:
			return tellAndon(ctx, c, m)
		case mes.MessageMaintenanceOpened, mes.MessageMaintenanceMoved:
			return tellMaintenance(ctx, c, m)
		case mes.MessagePlanChanged:
			return putPlan(ctx, c, m)
		}
		return "", Dead(fmt.Errorf("no workflow takes messages of kind %q", m.Kind))
	}
}

// decode reads a payload; one that can't be read is parked.
func decode[T any](m mes.Message) (T, error) {
	var v T
	if err := json.Unmarshal(m.Payload, &v); err != nil {
		return v, Dead(fmt.Errorf("payload of %s: %w", m.Key, err))
	}
	return v, nil
}

func startOrder(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.OrderStart](m)
	if err != nil {
		return "", err
	}
	return "started", contract.StartWorkOrder(ctx, c, contract.WorkOrderInput{Site: p.Site, Number: p.Number, Line: p.Line})
}

func sendVerdict(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.VerdictStored](m)
	if err != nil {
		return "", err
	}
	v := contract.VisionVerdict{Event: p.Event, Operation: p.Operation, Step: p.Step, Shot: p.Shot, Key: p.Key, Verdict: p.Verdict}
	return sent(contract.Verdict.Send(ctx, c, contract.LotRouteID(p.Site, p.Lot), v))
}

func sendVoided(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.LotVoided](m)
	if err != nil {
		return "", err
	}
	return sent(contract.LotVoided.Send(ctx, c, contract.LotRouteID(p.Site, p.Lot), p))
}

func sendBehind(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.LotMoved](m)
	if err != nil {
		return "", err
	}
	return sent(contract.LotBehind.Send(ctx, c, contract.LotRouteID(p.Site, p.Lot), contract.Behind{Version: p.Version, Reason: p.Reason}))
}

func startLot(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.LotMade](m)
	if err != nil {
		return "", err
	}
	return "started", contract.StartLotRoute(ctx, c, contract.LotRouteInput{Site: p.Site, Lot: p.Lot}, p.Order, p.Line)
}

// startAgain starts the workflow of a lot that has work again. A run that has not noticed yet that its lot had ended is found
// and told; one that closes in that moment is started by the lot's next command.
func startAgain(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.LotReopened](m)
	if err != nil {
		return "", err
	}
	if err := contract.StartLotRoute(ctx, c, contract.LotRouteInput{Site: p.Site, Lot: p.Lot}, p.Order, p.Line); err != nil {
		return "", err
	}
	return sent(contract.LotBehind.Send(ctx, c, contract.LotRouteID(p.Site, p.Lot), contract.Behind{Version: p.Version, Reason: "rework"}))
}

func startRevision(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.RevisionApproved](m)
	if err != nil {
		return "", err
	}
	return "started", contract.StartDocumentRevision(ctx, c, contract.DocumentRevisionInput{Site: p.Site, Revision: p.RevisionKey, EffectiveOn: p.EffectiveOn})
}

func startSigning(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.SignatureAsked](m)
	if err != nil {
		return "", err
	}
	return "started", contract.StartSigning(ctx, c, contract.SigningInput{Site: p.Site, Request: p.Request})
}

func sendSignature(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.SignatureAsked](m)
	if err != nil {
		return "", err
	}
	return sent(contract.SignatureMoved.Send(ctx, c, contract.SigningID(p.Site, p.Request), p))
}

func startHold(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.ContainmentMoved](m)
	if err != nil {
		return "", err
	}
	return "started", contract.StartLotHold(ctx, c, contract.LotHoldInput{Site: p.Site, Containment: p.Containment, Severity: p.Severity})
}

func moveHold(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.ContainmentMoved](m)
	if err != nil {
		return "", err
	}
	return sent(contract.ContainmentMoved.Send(ctx, c, contract.LotHoldID(p.Site, p.Containment), p))
}

// sendHeld asks a running lot to say when it stands still. One whose workflow has ended is counted by the containment itself.
func sendHeld(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.LotHeld](m)
	if err != nil {
		return "", err
	}
	return sent(contract.LotHeld.Send(ctx, c, contract.LotRouteID(p.Site, p.Lot), p))
}

func wakeReminders(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.SiteChanged](m)
	if err != nil {
		return "", err
	}
	return "signalled", contract.WakeQualificationWatch(ctx, c, p.Site)
}

func wakeGaugeReminders(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.SiteChanged](m)
	if err != nil {
		return "", err
	}
	return "signalled", contract.WakeGaugeWatch(ctx, c, p.Site)
}

// tellCAPA starts a CAPA's workflow where it does not run. One that has ended reads so in the records, and ends at once.
func tellCAPA(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.CAPAChanged](m)
	if err != nil {
		return "", err
	}
	if m.Kind == mes.MessageCAPAOpened {
		return "started", contract.StartCAPA(ctx, c, contract.CAPAInput(p))
	}
	return "signalled", contract.TellCAPA(ctx, c, contract.CAPAInput(p))
}

// tellAndon starts a call's workflow, or tells it that the call moved. One that is not there any more needs no word: what is
// open is taken up when a core role starts.
func tellAndon(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.CallRef](m)
	if err != nil {
		return "", err
	}
	if m.Kind == mes.MessageCallRaised {
		return "started", contract.StartAndon(ctx, c, p)
	}
	return sent(contract.CallMoved.Send(ctx, c, contract.AndonID(p.Site, p.Call), p))
}

// tellMaintenance starts a job's workflow where it does not run. One that has ended reads so in the records, and ends at once.
func tellMaintenance(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.MaintenanceChanged](m)
	if err != nil {
		return "", err
	}
	if m.Kind == mes.MessageMaintenanceOpened {
		return "started", contract.StartMaintenance(ctx, c, contract.MaintenanceInput(p))
	}
	return "signalled", contract.TellMaintenance(ctx, c, contract.MaintenanceInput(p))
}

// putPlan makes the plan's schedule what the plan says, and has the site's conditions looked at. Messages of one plan come in order, so the
// newest word stands.
func putPlan(ctx context.Context, c client.Client, m mes.Message) (string, error) {
	p, err := decode[mes.MaintenancePlanChanged](m)
	if err != nil {
		return "", err
	}
	if p.Plan != "" {
		if err := contract.PutMaintenanceSchedule(ctx, c, p); err != nil {
			return "", err
		}
	}
	return "signalled", contract.WakeMaintenanceWatch(ctx, c, p.Site)
}

// sent takes a closed workflow as an answer: what the signal tells is in the records, and nobody waits for it any more.
func sent(err error) (string, error) {
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return "the workflow has ended", nil
	}
	return "signalled", err
}
