package policies

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// anyCase draws facts, so that each condition holds in about half of the cases.
func anyCase(r *rand.Rand) mes.Case {
	id := []string{"ann", "bob", "cyd"}
	pick := func() string { return id[r.IntN(len(id))] }
	k := mes.Case{Who: mes.Principal{ID: pick(), Name: "Mx"}, Now: time.Date(2026, 11, 24, r.IntN(24), 0, 0, 0, time.UTC)}
	if r.IntN(2) == 0 {
		k.Station = []string{"ST10", "ST20"}[r.IntN(2)]
		k.At = []string{"", "ST10"}[r.IntN(2)]
	}
	if r.IntN(2) == 0 {
		k.Need = &mes.QualificationNeed{ID: "Torque", Level: 2}
		k.Held = []mes.Qualification{{ID: "Torque", Level: 1 + r.IntN(2)}}
	}
	if r.IntN(2) == 0 {
		k.Shifts.Assigned = []mes.AssignedShift{{Shift: mes.Shift{Days: []int{1, 2}, Start: 360, End: 840}, From: mes.Day{Year: 2026, Month: 1, Day: 1}}}
	}
	k.Performed, k.Requested, k.Signed = []string{pick()}, pick(), []string{pick()}
	for range 1 + r.IntN(2) {
		k.Who.Roles = append(k.Who.Roles, mes.Roles[r.IntN(len(mes.Roles))])
	}
	return k
}

// TestTheTableDecidesAsCasbinDoes draws cases, asks both, and sees that both answers are common.
func TestTheTableDecidesAsCasbinDoes(t *testing.T) {
	for name, policy := range map[string]string{"ours": policyText, "drawn": `p, operator, lot.*, at_station
p, operator, lot.read
p, quality, lot.*, not_performer & not_first_signer
p, quality, order.*, qualified
need, lot.review, not_requester
need, *.complete, on_shift & at_station
need, step.*, qualified
p, everyone, step.*`} {
		t.Run(name, func(t *testing.T) {
			e, err := New(policy)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(3, 3))
			answers := map[bool]int{}
			for range 6000 {
				k, right := anyCase(r), Rights[r.IntN(len(Rights))]
				want := false
				for _, role := range k.Who.Roles {
					ok, err := e.casbin.Enforce(string(role), string(right), k)
					if err != nil {
						t.Fatal(err)
					}
					want = want || ok
				}
				got := e.Decide(right, k)
				if (got == nil) != want || got != nil && mes.CodeOf(got) != mes.CodeForbidden {
					t.Fatalf("%s is answered %v, Casbin says %t: %+v", right, got, want, k)
				}
				answers[want]++
			}
			if answers[true] < 100 || answers[false] < 100 {
				t.Errorf("the draw is lopsided: %v", answers)
			}
		})
	}
}

// TestDuties states the separation that must hold whatever else the policy says, the administrator included.
func TestDuties(t *testing.T) {
	e, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range mes.Roles {
		me := mes.Principal{ID: "me", Name: "Mx", Roles: []mes.Role{role}}
		if e.Decide(OperationRun, mes.Case{Who: me}) == nil {
			t.Errorf("%s may run an operation from a desk", role)
		}
		if e.Decide(StepComplete, mes.Case{Who: me}) == nil {
			t.Errorf("%s may complete a step from a desk", role)
		}
		if e.Decide(LotReview, mes.Case{Who: me, Performed: []string{"me"}}) == nil {
			t.Errorf("%s may decide on their own work", role)
		}
		need := mes.Case{Who: me, Station: "ST10", Need: &mes.QualificationNeed{ID: "Torque", Level: 1}}
		if e.Decide(OperationRun, need) == nil {
			t.Errorf("%s may run an operation without its certificate", role)
		}
	}
	quality := mes.Principal{ID: "qe", Name: "Quality", Roles: []mes.Role{mes.RoleQuality}}
	if err := e.Decide(LotReview, mes.Case{Who: quality, Performed: []string{"op"}}); err != nil {
		t.Errorf("quality can't decide on other people's work: %v", err)
	}
}

func TestRolesAddUpWithTheirConditions(t *testing.T) {
	e, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	k := mes.Case{Who: mes.Principal{ID: "me", Name: "Mx", Roles: []mes.Role{mes.RoleOperator}}}
	if err := e.Decide(LotScrap, k); err == nil || !strings.Contains(err.Error(), "registered terminal") {
		t.Errorf("an operator scraps from a desk: %v", err)
	}
	k.Who.Roles = append(k.Who.Roles, mes.RoleQuality)
	if err := e.Decide(LotScrap, k); err != nil {
		t.Errorf("quality's right does not add to the operator's: %v", err)
	}
	if !e.Bound(LotScrap) || e.Bound(LotHold) {
		t.Error("which rights are bound to conditions is told wrongly")
	}
	if err := e.Decide(OrderCreate, k); err == nil || !strings.Contains(err.Error(), "order.create") {
		t.Errorf("a right that no role has is answered %v", err)
	}
}
