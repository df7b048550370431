package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
)

func pressureDrop() map[string]any {
	return map[string]any{"name": "Pressure drop", "kind": "i_mr", "product": "INV-200", "operation": "50", "step": "50-2", "characteristic": "drop", "grouping": "run", "size": 1,
		"rules": []string{"WE1", "WE2", "WE3", "WE4"}, "active": true, "version": 0}
}

// chartHouse has one chart with a few points.
func chartHouse(t *testing.T) *house {
	h := newHouse(t)
	h.post(mes.RoleQuality, "~/spc/charts/DROP", pressureDrop()).wants(200)
	high := mes.MustDecimal("4.0")
	for i, v := range []string{"1.2", "1.4", "1.1", "1.3", "1.2"} {
		d := mes.MustDecimal(v)
		p := mes.ChartPoint{Seq: int64(i + 1), At: monday, N: 1, Value: d.InexactFloat64(), Plot: d.InexactFloat64(), Values: []mes.Decimal{d}, Lots: []string{fmt.Sprintf("U-%d", i+1)},
			Stations: []string{"ST50"}, Flags: []spc.Flag{}, SecondFlags: []spc.Flag{}, Rules: []string{}, SpecUpper: &high, Unit: "kPa"}
		if i > 0 {
			p.Spread = new(max(p.Value-h.charts.points[i-1].Value, h.charts.points[i-1].Value-p.Value))
		}
		h.charts.points = append(h.charts.points, p)
	}
	h.charts.alarms = []mes.ChartAlarm{{ID: "a-1", Site: "HAM", Chart: "DROP", Name: "Pressure drop", Rule: spc.WE1, Points: []int64{5}, OpenedAt: monday, Text: "point 5"},
		{ID: "a-2", Site: "MUC", Chart: "DROP", Rule: spc.WE1, Points: []int64{5}, OpenedAt: monday}}
	return h
}

func TestQualityMakesAChart(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleSupervisor, "~/spc/charts/DROP", pressureDrop()).refused(403, mes.CodeForbidden)
	var made mes.Chart
	h.post(mes.RoleQuality, "~/spc/charts/DROP", pressureDrop()).wants(200).into(&made)
	if made.Site != "HAM" || made.Version != 1 || made.ChangedBy != "quality" || made.Kind != spc.IMR {
		t.Errorf("made %+v", made)
	}
	change := pressureDrop()
	change["version"] = 1
	h.post(mes.RoleQuality, "~/spc/charts/DROP", change).refused(422, mes.CodeUnprocessable, "body.reason")
	bad := pressureDrop()
	bad["kind"], bad["rules"], bad["characteristic"] = "xbar_r", []string{"WE1", "N2"}, ""
	h.post(mes.RoleQuality, "~/spc/charts/OTHER", bad).refused(422, mes.CodeUnprocessable, "body.rules", "body.characteristic", "body.size")
}

func TestPointsAreReadAsDataAndAsATable(t *testing.T) {
	h := chartHouse(t)
	var got mes.Page[mes.ChartPoint]
	h.get(mes.RoleSupervisor, "~/spc/charts/DROP/points?last=2").wants(200).into(&got)
	if len(got.Items) != 2 || got.Items[0].Seq != 4 || got.Items[1].Values[0].String() != "1.2" {
		t.Errorf("points %+v", got.Items)
	}
	table := string(h.get(mes.RoleSupervisor, "~/spc/charts/DROP/points?format=csv").wants(200).body)
	if !strings.HasPrefix(table, "seq,at,n,value,spread,plot,second,centre,sigma,lower,upper,") || !strings.Contains(table, "U-3") || strings.Count(table, "\n") != 6 {
		t.Errorf("the table is %q", table)
	}
	h.get(mes.RoleSupervisor, "~/spc/charts/NONE/points").refused(404, mes.CodeNotFound)
	h.get(mes.RoleERP, "~/spc/charts").refused(403, mes.CodeForbidden)
}

func TestLimitsAreProposedAndApprovedWithReasons(t *testing.T) {
	h := chartHouse(t)
	var study mes.ChartStudy
	h.get(mes.RoleQuality, "~/spc/charts/DROP/study?from=1&to=5&excluded=2").wants(200).into(&study)
	if study.Baseline.Points != 4 || study.Points[1].Excluded == "" || study.Points[4].Upper == nil {
		t.Errorf("study %+v", study)
	}
	body := map[string]any{"from": 1, "to": 5, "excluded": []map[string]any{{"seq": 2, "reason": "seal not seated"}}, "reason": "First week."}
	h.post(mes.RoleSupervisor, "~/spc/charts/DROP/limits", body).refused(403, mes.CodeForbidden)
	var l mes.ChartLimits
	h.post(mes.RoleQuality, "~/spc/charts/DROP/limits", body).wants(200).into(&l)
	if l.Version != 1 || l.InForce || l.ProposedBy != "quality" {
		t.Errorf("proposed %+v", l)
	}
	body["excluded"] = []map[string]any{{"seq": 2, "reason": " "}}
	h.post(mes.RoleQuality, "~/spc/charts/DROP/limits", body).refused(422, mes.CodeUnprocessable, "body.excluded[0].reason")
	h.post(mes.RoleSupervisor, "~/spc/charts/DROP/limits/1/approve", map[string]any{"reason": "fine"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/spc/charts/DROP/limits/1/approve", map[string]any{"reason": "  "}).refused(422, mes.CodeUnprocessable, "body.reason")
	h.post(mes.RoleQuality, "~/spc/charts/DROP/limits/1/approve", map[string]any{"reason": "fine"}).wants(200).into(&l)
	if !l.InForce || l.Approvals[0].By != "quality" || l.Approvals[0].From != 6 {
		t.Errorf("approved %+v", l)
	}
	var all LimitVersions
	h.get(mes.RoleSupervisor, "~/spc/charts/DROP/limits").wants(200).into(&all)
	if len(all.Items) != 1 {
		t.Errorf("versions %+v", all)
	}
}

func TestCapabilityOfAOneSidedSpecification(t *testing.T) {
	h := chartHouse(t)
	var got map[string]any
	h.get(mes.RoleSupervisor, "~/spc/charts/DROP/capability").wants(200).into(&got)
	if got["cpu"] == nil || got["ppu"] == nil || got["cp"] != nil || got["cpk"] != nil || got["cpl"] != nil || got["unit"] != "kPa" || got["spec_upper"] != "4" {
		t.Errorf("capability %v", got)
	}
}

func TestAnAlarmIsAcknowledgedAtItsOwnSite(t *testing.T) {
	h := chartHouse(t)
	var open mes.Page[mes.ChartAlarm]
	h.get(mes.RoleSupervisor, "~/spc/alarms?open=true").wants(200).into(&open)
	if len(open.Items) != 1 || open.Items[0].ID != "a-1" {
		t.Errorf("open %+v", open.Items)
	}
	h.post(mes.RoleOperator, "~/spc/alarms/a-1/acknowledge", map[string]any{"reason": "seal"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/spc/alarms/a-2/acknowledge", map[string]any{"reason": "seal"}).refused(404, mes.CodeNotFound)
	h.post(mes.RoleSupervisor, "~/spc/alarms/a-1/acknowledge", map[string]any{"reason": ""}).refused(422, mes.CodeUnprocessable, "body.reason")
	var a mes.ChartAlarm
	h.post(mes.RoleSupervisor, "~/spc/alarms/a-1/acknowledge", map[string]any{"reason": "Seal replaced."}).wants(200).into(&a)
	if a.AcknowledgedBy != "supervisor" || a.Reason != "Seal replaced." {
		t.Errorf("acknowledged %+v", a)
	}
}
