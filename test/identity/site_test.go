package identity

import (
	"slices"
	"testing"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
)

// secondSite adds a site with an administrator of its own, and gives chief's counterpart there the name boss.
func (h *house) secondSite() {
	h.t.Helper()
	in := mes.PlantImport{Equipment: []mes.Equipment{
		{ID: "T2", Name: "Second plant", Level: mes.LevelSite, TimeZone: "America/New_York"},
		{ID: "T2-A", Parent: "T2", Name: "Hall", Level: mes.LevelArea}, {ID: "T2-L1", Parent: "T2-A", Name: "Line", Level: mes.LevelLine},
		{ID: "X10", Parent: "T2-L1", Name: "Station", Level: mes.LevelStation, Capacity: 1}}}
	if _, err := h.store.Plant.Import(h.t.Context(), mes.Actor{ID: "setup"}, in); err != nil {
		h.t.Fatal(err)
	}
	olga, err := h.store.Accounts.Get(h.t.Context(), "chief")
	if err != nil {
		h.t.Fatal(err)
	}
	boss := mes.Account{ID: "boss", Name: "Mx boss", Kind: mes.AccountPerson, Site: "T2", Roles: []mes.Role{mes.RoleAdmin}, Active: true, PasswordHash: olga.PasswordHash}
	if err := h.store.Accounts.Upsert(h.t.Context(), mes.Actor{ID: "setup"}, boss); err != nil {
		h.t.Fatal(err)
	}
}

// TestARoleAtAnotherSite gives an operator of one site a role at another, and lets her act there with that role and no other.
func TestARoleAtAnotherSite(t *testing.T) {
	h := process(t, database(t))
	h.secondSite()
	olga, chief, boss := h.as("olga"), h.as("chief"), h.as("boss")
	move := func(to string) *reply { return olga.post("/me/site", map[string]string{"site": to}) }
	move("T2").wants(403).says("no role at T2")
	move("NOWHERE").wants(403)
	if n := h.audited(mes.AuditRefused, "T2"); n != 1 {
		t.Errorf("%d rows tell of the try", n)
	}
	boss.get("/people/olga").wants(404) // she is none of theirs yet
	boss.post("/people/olga/roles", map[string]any{"role": "quality", "reason": "Helps out in May."}).wants(200)
	chief.post("/people/boss/roles/withdraw", map[string]any{"role": "admin", "reason": "Not mine to take."}).wants(404)

	me := into[api.Me](olga.get("/me").wants(200))
	if me.Site.ID != "T1" || !slices.Equal(me.Roles, []mes.Role{mes.RoleOperator}) || len(me.Sites) != 2 || me.Sites[1].ID != "T2" || me.Sites[1].Name != "Second plant" {
		t.Fatalf("at home: %+v", me)
	}
	me = into[api.Me](move("T2").wants(200))
	if me.Site.ID != "T2" || !slices.Equal(me.Roles, []mes.Role{mes.RoleQuality}) || me.Site.TimeZone != "America/New_York" {
		t.Fatalf("there: %+v", me)
	}
	me = into[api.Me](olga.get("/me").wants(200))
	if me.Site.ID != "T2" || slices.Contains(me.Rights, "operation.run") || !slices.Contains(me.Rights, "lot.review") {
		t.Errorf("with the next request: %+v", me)
	}
	if list := into[mes.Page[mes.Shift]](h.as("olga").get("/work-orders").wants(200)); list.Total != 0 {
		t.Errorf("another session of hers stays at home: %+v", list)
	}
	if other := into[api.Me](h.as("olga").get("/me").wants(200)); other.Site.ID != "T1" {
		t.Errorf("a new session begins at %s", other.Site.ID)
	}
	olga.get("/people").wants(403) // neither role may
	if n := h.audited("site_switched", "olga"); n != 1 {
		t.Errorf("%d rows tell of the switch", n)
	}

	boss.post("/people/olga/roles/withdraw", map[string]any{"role": "quality", "reason": "May is over."}).wants(200)
	olga.get("/me").wants(401) // the session that acted there has nothing left to act with
	olga = h.as("olga")
	move("T2").wants(403)
	if me = into[api.Me](olga.get("/me").wants(200)); len(me.Sites) != 1 {
		t.Errorf("after the end: %+v", me.Sites)
	}
}
