package policies

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

const golden = "testdata/golden.txt"

// TestGolden compares every decision of the policy with the reviewed table.
func TestGolden(t *testing.T) {
	e, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	got := table(e)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the policy decides otherwise than %s says; run with -update and review the difference.\n%s", golden, got)
	}
}

// table writes "allow" where nothing else is asked, "if" where the conditions at the end of the line must hold.
func table(e *Enforcer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s", "right")
	for _, role := range mes.Roles {
		fmt.Fprintf(&b, " %-11s", role)
	}
	b.WriteString("if\n")
	for _, right := range Rights {
		line, asked := fmt.Sprintf("%-20s", right), []string{}
		for _, role := range mes.Roles {
			word, conditions := "-", e.Conditions(role, right)
			switch {
			case len(conditions) > 0:
				word = "if"
				if text := joined(conditions); !slices.Contains(asked, text) {
					asked = append(asked, text)
				}
			case e.Allows([]mes.Role{role}, right):
				word = "allow"
			}
			line += fmt.Sprintf(" %-11s", word)
		}
		b.WriteString(strings.TrimRight(line+strings.Join(asked, " or "), " ") + "\n")
	}
	return b.String()
}

func joined(cs []mes.Condition) string {
	words := make([]string, len(cs))
	for i, c := range cs {
		words[i] = string(c)
	}
	return strings.Join(words, " & ")
}

// TestSeparation states what must hold whatever else the policy says.
func TestSeparation(t *testing.T) {
	e, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	changes := []Right{OrderCreate, OrderRelease, OrderHold, OrderResume, OrderCancel, OrderPrioritise, OrderChange, LotScrap, LotDefect,
		LotReview, LotHold, LotRelease, OperationRun, OperationPause, StepComplete, StepRetry, VisionReport, MaterialTake, ShipmentMake, OutboxResend, EdgeReport,
		ShiftManage, ShiftOverride}
	for _, right := range changes {
		if e.Allows([]mes.Role{mes.RoleAuditor}, right) {
			t.Errorf("an auditor may %s; an auditor changes nothing", right)
		}
		if e.Allows([]mes.Role{mes.RoleMaintenance}, right) {
			t.Errorf("maintenance may %s", right)
		}
	}
	for _, role := range mes.Roles {
		if role != mes.RoleAdmin && e.Allows([]mes.Role{role}, EngineUse) {
			t.Errorf("%s may use the workflow engine's screens; only administrators may", role)
		}
	}
	for _, right := range Rights {
		if e.Allows(nil, right) {
			t.Errorf("nobody's account may %s", right)
		}
		if e.Allows([]mes.Role{"everyone"}, right) {
			t.Errorf("a role named everyone may %s", right)
		}
		if !e.Allows([]mes.Role{mes.RoleAdmin}, right) {
			t.Errorf("an administrator may not %s", right)
		}
	}
	if e.Allows([]mes.Role{mes.RoleAdmin}, "lot.melt") {
		t.Error("a right that does not exist is allowed")
	}
}

func TestRolesAdd(t *testing.T) {
	e, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	both := []mes.Role{mes.RoleOperator, mes.RoleQuality}
	for _, right := range []Right{StepComplete, LotReview} {
		if !e.Allows(both, right) {
			t.Errorf("operator and quality may not %s", right)
		}
	}
	if n := len(e.Of([]mes.Role{mes.RoleAdmin})); n != len(Rights) {
		t.Errorf("an administrator has %d of %d rights", n, len(Rights))
	}
}

// TestTypingErrors makes sure that a line which can't mean anything stops the start.
func TestTypingErrors(t *testing.T) {
	for _, c := range []struct{ name, line, names string }{
		{"unknown role", "p, operater, lot.read", "operater"},
		{"unknown right", "p, operator, lot.raed", "lot.raed"},
		{"pattern that matches nothing", "p, operator, lots.*", "lots.*"},
		{"unknown condition", "p, operator, lot.read, on_shfit & qualified", "on_shfit"},
		{"unknown condition of a need", "need, lot.read, at_home", "at_home"},
		{"need for no right", "need, lot.raed, on_shift", "lot.raed"},
		{"need without a condition", "need, lot.read", "need, right, conditions"},
		{"too few fields", "p, operator", "write it as"},
		{"too many fields", "p, operator, lot.read, on_shift, qualified", "write it as"},
		{"another kind of line", "g, op-1, operator", "write it as"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.line)
			if err == nil || !strings.Contains(err.Error(), c.names) {
				t.Errorf("New(%q) = %v, want an error that names %q", c.line, err, c.names)
			}
		})
	}
	e, err := New("p, operator, lot.read")
	if err != nil {
		t.Fatal(err)
	}
	if !e.Allows([]mes.Role{mes.RoleOperator}, LotRead) || e.Allows([]mes.Role{mes.RoleOperator}, OrderRead) {
		t.Error("a policy of one line allows something else than that line")
	}
}
