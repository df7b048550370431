package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

func TestAnImportIsAuditedRecordByRecord(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	with := func(config, reason string) mes.PlantImport {
		return mes.PlantImport{Devices: []mes.Device{{ID: "TC-9", Site: site, Station: "ST10", Driver: "opcua", Name: "Torque", Config: json.RawMessage(config)}}, Reason: reason}
	}
	rows := func() []mes.AuditRow {
		page, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "device", Subject: "TC-9"})
		f.must(err)
		return page.Items
	}
	_, err := f.Plant.Import(f.ctx, planner, with(`{"endpoint":"opc.tcp://mes:hush@10.0.0.5:4840","password":"hush","tags":{"limit":8}}`, ""))
	f.must(err)
	if got := rows(); len(got) != 1 || got[0].Action != "added" || got[0].Before != nil || strings.Contains(string(got[0].After), "hush") || !strings.Contains(string(got[0].After), "10.0.0.5") {
		t.Fatalf("a new device: %+v", got)
	}
	_, err = f.Plant.Import(f.ctx, planner, with(`{"endpoint":"opc.tcp://mes:hush@10.0.0.5:4840","password":"hush","tags":{"limit":9}}`, ""))
	var e *mes.Error
	if !errors.As(err, &e) || e.Code != mes.CodeUnprocessable || e.Fields[0].Field != "reason" || !strings.Contains(e.Fields[0].Message, "device TC-9") {
		t.Fatalf("a limit changed without a reason: %v", err)
	}
	if got := rows(); len(got) != 1 {
		t.Errorf("the refused import left %d rows", len(got))
	}
	changed := with(`{"endpoint":"opc.tcp://mes:hush@10.0.0.5:4840","password":"hush","tags":{"limit":9}}`, "screw changed to 8.8")
	_, err = f.Plant.Import(f.ctx, planner, changed)
	f.must(err)
	got := rows()
	if len(got) != 2 || got[0].Action != "changed" || got[0].Reason != "screw changed to 8.8" || !strings.Contains(string(got[0].Before), `"limit": 8`) ||
		!strings.Contains(string(got[0].After), `"limit": 9`) || strings.Contains(string(got[0].Before)+string(got[0].After), "hush") {
		t.Errorf("a changed limit: %+v", got[0])
	}
	_, err = f.Plant.Import(f.ctx, planner, changed) // the same again changes nothing
	f.must(err)
	if got := rows(); len(got) != 2 {
		t.Errorf("the same import left %d rows", len(got))
	}
}

// TestTheSamePlantNeedsNoReason makes sure that the plant of the tests imports twice without a reason.
func TestTheSamePlantNeedsNoReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Plant.Import(f.ctx, planner, storetest.Plant())
	f.must(err)
}
