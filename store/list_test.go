package store_test

import (
	"fmt"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// pages reads a whole list page by page.
func pages[T any](t *testing.T, read func(mes.Paging) (mes.Page[T], error), p mes.Paging) []T {
	t.Helper()
	var out []T
	for range 100 {
		page, err := read(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Items...)
		if p.Cursor = page.Next; p.Cursor == "" {
			return out
		}
	}
	t.Fatal("the list has no end")
	return nil
}

func TestAListIsReadPageByPageInAnyOrder(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range 23 {
		r := request(fmt.Sprintf("WO-%02d", i), "UNIT", int64(i+1))
		r.Priority = i % 3 * 10
		// All are due at the same time, so that the number decides.
		_, _, err := f.Orders.Create(f.ctx, f.key(), site, planner, r)
		f.must(err)
	}
	list := func(p mes.Paging) (mes.Page[mes.Order], error) {
		return f.Orders.List(f.ctx, mes.OrderFilter{Site: site, Paging: p})
	}
	for _, sort := range []string{"", "due", "-due", "number", "-number", "priority", "-priority", "created_at", "state"} {
		all := pages(t, list, mes.Paging{Sort: sort, Limit: 500})
		small := pages(t, list, mes.Paging{Sort: sort, Limit: 4})
		if len(all) != 23 || len(small) != 23 {
			t.Fatalf("sort %q: %d and %d rows, want 23", sort, len(all), len(small))
		}
		for i := range all {
			if all[i].Number != small[i].Number {
				t.Errorf("sort %q: row %d is %s or %s, depending on the page", sort, i, all[i].Number, small[i].Number)
			}
		}
	}
	top := pages(t, list, mes.Paging{Limit: 3})
	if top[0].Number != "WO-02" || top[0].Priority != 20 || top[22].Priority != 0 {
		t.Errorf("by itself the list begins with %s and ends with %s", top[0].Number, top[22].Number)
	}
	if down := pages(t, list, mes.Paging{Sort: "-number", Limit: 7}); down[0].Number != "WO-22" || down[22].Number != "WO-00" {
		t.Errorf("descending from %s to %s", down[0].Number, down[22].Number)
	}
}

func TestAListIsNarrowed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.order("WO-1", "UNIT", 1)
	f.order("WO-2", "KIT", 50)
	_, _, err := f.Orders.Create(f.ctx, "k", site, planner, request("AB_9", "KIT", 50))
	f.must(err)
	_, err = f.Orders.Hold(f.ctx, "h", site, "WO-2", planner, "x")
	f.must(err)
	cases := []struct {
		name string
		f    mes.OrderFilter
		want int64
	}{
		{"all", mes.OrderFilter{}, 3},
		{"site", mes.OrderFilter{Site: "elsewhere"}, 0},
		{"state", mes.OrderFilter{States: []mes.OrderState{mes.OrderReleased}}, 1},
		{"held", mes.OrderFilter{States: []mes.OrderState{mes.OrderHeld, mes.OrderCreated}}, 2},
		{"product", mes.OrderFilter{Product: "KIT"}, 2},
		{"text in the number", mes.OrderFilter{Paging: mes.Paging{Text: "wo-"}}, 2},
		{"text in the product's name", mes.OrderFilter{Paging: mes.Paging{Text: "HOSE"}}, 2},
		{"text with a wild card in it", mes.OrderFilter{Paging: mes.Paging{Text: "B_9"}}, 1},
		{"text that is only a wild card", mes.OrderFilter{Paging: mes.Paging{Text: "%"}}, 0},
		{"text with a quote", mes.OrderFilter{Paging: mes.Paging{Text: "'; DROP TABLE lot; --"}}, 0},
	}
	for _, c := range cases {
		page, err := f.Orders.List(f.ctx, c.f)
		f.must(err)
		if page.Total != c.want || int64(len(page.Items)) != c.want {
			t.Errorf("%s: %d of %d, want %d", c.name, len(page.Items), page.Total, c.want)
		}
	}
}

func TestAWrongCursorOrSortIsRefused(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 4)
	page, err := f.Lots.List(f.ctx, mes.LotFilter{Paging: mes.Paging{Sort: "lot", Limit: 2}})
	f.must(err)
	for name, p := range map[string]mes.Paging{
		"unknown sort":           {Sort: "colour"},
		"cursor of another sort": {Sort: "state", Cursor: page.Next},
		"no cursor at all":       {Sort: "lot", Cursor: "!!!"},
		"a cursor made by hand":  {Sort: "created_at", Cursor: "eyJzIjoiY3JlYXRlZF9hdCIsImsiOlsieCIsInkiXX0"},
	} {
		_, err := f.Lots.List(f.ctx, mes.LotFilter{Paging: p})
		if mes.CodeOf(err) != mes.CodeUnprocessable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLotsAreListed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	f.must(ps[0].start("ST10"))
	_, err := f.Lots.Hold(f.ctx, "h", site, ps[1].id, planner, "x")
	f.must(err)
	cases := []struct {
		name string
		f    mes.LotFilter
		want int64
	}{
		{"received", mes.LotFilter{Origin: "received"}, 22},
		{"of the order", mes.LotFilter{Order: "WO-1"}, 3},
		{"in work", mes.LotFilter{Order: "WO-1", States: []mes.LotState{mes.LotRunning}}, 1},
		{"held", mes.LotFilter{Held: true}, 1},
		{"material", mes.LotFilter{Material: "BOARD", Site: site}, 20},
		{"at the station", mes.LotFilter{Station: "ST10"}, 3},
		{"supplier's lot", mes.LotFilter{Paging: mes.Paging{Text: "b-77"}}, 1},
	}
	for _, c := range cases {
		page, err := f.Lots.List(f.ctx, c.f)
		f.must(err)
		if page.Total != c.want {
			t.Errorf("%s: %d, want %d", c.name, page.Total, c.want)
		}
	}
	list := func(p mes.Paging) (mes.Page[mes.LotView], error) { return f.Lots.List(f.ctx, mes.LotFilter{Paging: p}) }
	for _, sort := range []string{"", "lot", "-state", "created_at", "ended_at", "-expires_at"} {
		if got := pages(t, list, mes.Paging{Sort: sort, Limit: 7}); len(got) != 25 {
			t.Errorf("sort %q: %d lots, want 25", sort, len(got))
		}
	}
}
