package contract_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// limit is far under what the engine warns of (256 KB): histories hold thousands of payloads.
const limit = 32 << 10

var (
	at   = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	text = strings.Repeat("x", 500) // as long as the API lets a reason be
	id   = strings.Repeat("i", 64)
	one  = mes.MustDecimal("12345.6789")
)

// routing is as large as a routing of a complex product gets: 12 operations, 84 steps, 20 values at one machine.
func routing() mes.Routing {
	r := mes.Routing{Product: id, Revision: "A", LotSize: mes.One, LotPattern: id, Window: 12}
	for o := range 12 {
		op := mes.Operation{ID: fmt.Sprint(o), Name: "Mount the control board", Stations: []string{"ST20", "ST21"}, OnFail: mes.FailRule{ReworkTo: "0", MaxReworks: 2, Then: mes.FailReview},
			Qualification: &mes.QualificationNeed{ID: "High voltage", Level: 2}}
		for s := range 6 {
			op.Steps = append(op.Steps, mes.Step{ID: fmt.Sprint(s), Kind: mes.StepScan, Name: "Scan the power modules", Component: &mes.ComponentNeed{Material: "PM-40", Quantity: one}})
		}
		device := mes.Step{ID: "d", Kind: mes.StepDevice, Name: "Tighten eight screws", Device: "TC-20", Program: 7}
		if o == 0 {
			device.Characteristics = characteristics(20)
		}
		op.Steps = append(op.Steps, device)
		r.Operations = append(r.Operations, op)
	}
	return r
}

func characteristics(n int) []mes.Characteristic {
	var out []mes.Characteristic
	for i := range n {
		out = append(out, mes.Characteristic{ID: fmt.Sprintf("torque_%d", i), Name: "Torque of a screw", Unit: "Nm", Target: &one, Lower: &one, Upper: &one})
	}
	return out
}

func readings(n int) []mes.Reading {
	var out []mes.Reading
	for i := range n {
		out = append(out, mes.Reading{Characteristic: fmt.Sprintf("torque_%d", i), Value: one, Sample: 1, At: at})
	}
	return out
}

func progress() mes.Progress {
	p := mes.Progress{State: mes.LotRunning, Operation: "0", Visit: 3, Step: id, Attempt: 2, Station: id, Operator: id, Quantity: one, Scrapped: one, Version: 1 << 40,
		Visits: map[string]int{}, Reworks: map[string]int{}, Wait: mes.Wait{Kind: mes.WaitMachine, On: id, Since: at, Reason: text, Shot: 3, Seq: 1 << 31}}
	for i := range 12 {
		p.Visits[fmt.Sprint(i)], p.Reworks[fmt.Sprint(i)] = 3, 2
	}
	return p
}

func recent() kit.Recent {
	var r kit.Recent
	for i := range 200 {
		r.Take(fmt.Sprintf("%s-%d", id, i))
	}
	return r
}

// TestPayloadsStaySmall measures everything that a history holds, at its largest.
func TestPayloadsStaySmall(t *testing.T) {
	by, p := mes.Actor{ID: id, Station: id, Seen: 1 << 40}, progress()
	status := mes.OrderStatus{Number: id, State: mes.OrderRunning, Revision: "A", Ledger: mes.Ledger{Ordered: one, Good: one, Scrap: one, InProcess: one, NotStarted: one}}
	var uses []mes.ComponentUse
	for range 50 {
		uses = append(uses, mes.ComponentUse{Scan: strings.Repeat("c", 90), Quantity: &one})
	}
	for _, v := range []any{
		contract.LotRouteInput{Site: id, Lot: id, Seen: recent(), Answered: recent()},
		contract.LotRouteResult{State: mes.LotPacked, Good: one, Scrapped: one},
		contract.WorkOrderInput{Site: id, Number: id, Line: id, Answered: recent()},
		contract.WorkOrderResult{State: mes.OrderCompleted, Ledger: status.Ledger},
		mes.Plan{Routing: routing(), Order: id, Product: id, GTIN: "04012345678901", Tracking: mes.TrackSerial, Quantity: one, Progress: &p},
		mes.StartOperation{Actor: by, Operation: id, Station: id},
		mes.CompleteStep{Actor: by, Operation: id, Step: id, Values: readings(100), Scan: text},
		mes.CompleteStep{Actor: by, Operation: id, Step: id, Components: uses},
		mes.Review{Actor: by, Decision: mes.DecideRework, ReworkTo: id, Reason: text},
		contract.OperationCommand{Actor: by, Operation: id, Reason: text},
		contract.StepCommand{Actor: by, Operation: id, Step: id},
		contract.Defect{Actor: by, Code: id, Text: text},
		contract.Scrap{Actor: by, Quantity: one, Reason: text},
		contract.LotAnswer{Progress: p},
		mes.Recorded{After: p},
		contract.VisionVerdict{Event: id, Operation: id, Step: id, Shot: 3, Key: text, Verdict: mes.Verdict{Result: mes.ResultPass, Confidence: one, ResultID: id}},
		contract.CycleRequest{Site: id, Device: id, Lot: id, Operation: id, Step: id, Characteristics: strings.Split(strings.Repeat("torque_1,", 100), ",")},
		contract.CycleResult{Program: 7, Readings: readings(100)},
		contract.ShotRequest{Site: id, Camera: id, ID: text, Lot: id, Operation: id, Step: id},
		contract.PrintRequest{Site: id, Printer: id, ID: text, Template: id, Lot: id, Product: id, Order: id, Code: text, Quantity: one},
		contract.OrderRequest{Key: text, Site: id, Number: id, Line: id, Command: contract.OrderChange, Actor: by, Reason: text,
			Change: &mes.OrderChange{Quantity: &one, Due: &at, Reason: text}},
		contract.OrderAnswer{Status: status},
		mes.OrderProgress{Status: status, Open: 40, Window: 40},
		mes.Fill{Created: 40, Remaining: true},
		contract.CAPAInput{Site: id, CAPA: id}, contract.CAPAResult{State: mes.CAPAClosed},
		mes.CAPAWait{State: mes.CAPAWatching, Now: at, Next: &at, CheckAt: &at}, mes.CAPAChanged{Site: id, CAPA: id},
	} {
		b, err := converter.GetDefaultDataConverter().ToPayload(v)
		if err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		t.Logf("%-28T %6d bytes", v, len(b.GetData()))
		if len(b.GetData()) > limit {
			t.Errorf("%T takes %d bytes, at most %d are allowed", v, len(b.GetData()), limit)
		}
	}
}
