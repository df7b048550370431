package api

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestLotsAreDividedByWhoMay(t *testing.T) {
	h := newHouse(t)
	h.lots.rows = map[string]mes.LotView{"K-1": {Lot: "K-1"}, "K-2": {Lot: "K-2"}}
	ask := map[string]any{"quantity": "20", "reason": "Urgent part order."}
	h.post(mes.RolePlanner, "~/lots/K-1/split", ask).refused(403, mes.CodeForbidden)
	var d mes.Divided
	h.post(mes.RoleSupervisor, "~/lots/K-1/split", ask).wants(200).into(&d)
	if d.New != "K-1-S1" || !d.Lots[0].Quantity.Equal(mes.Count(20)) {
		t.Errorf("split %+v", d)
	}
	h.post(mes.RoleSupervisor, "~/lots/K-1/merge", map[string]any{"with": []string{"K-2"}, "reason": "One box."}).wants(200).into(&d)
	if d.New != "K-1-M1" || len(d.Lots) != 2 {
		t.Errorf("merged %+v", d)
	}
	h.post(mes.RoleSupervisor, "~/lots/K-1/merge", map[string]any{"with": []string{}, "reason": "r"}).refused(422, mes.CodeUnprocessable)
}
