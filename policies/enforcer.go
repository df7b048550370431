package policies

import (
	_ "embed" // the policy is part of the binary: what was reviewed is what decides
	"fmt"
	"slices"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"github.com/steelthread/steelthread/mes"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Enforcer decides. Casbin is asked about every role and right once, when the policy is loaded, and says which lines
// speak of it; a request then costs a look into that table and a judgement of the conditions that stand there. A test
// asks Casbin about drawn cases and compares.
type Enforcer struct {
	rules  map[mes.Role]map[Right]rule
	casbin *casbin.Enforcer
}

// rule is what the policy says of one role and right.
type rule struct {
	// ways are the conditions of each line that allows it; one of them must hold. No line denies.
	ways [][]mes.Condition
	// needs must hold whatever line allows it.
	needs []mes.Condition
}

// Open loads the policy of this binary.
func Open() (*Enforcer, error) { return New(policyText) }

// New loads a policy and refuses one that names a role, right or condition that does not exist.
func New(policy string) (*Enforcer, error) {
	policy, err := lines(policy)
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the policy model: %w", err)
	}
	c, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policy))
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	c.AddFunction("applies", applies)
	return decideAll(c)
}

// survey is asked in place of a case when the policy is loaded: it notes the lines that speak of a role and right.
type survey struct{ rule }

// applies tells Casbin whether a line takes effect in a case: one that allows where its conditions hold, a need where
// they do not.
func applies(args ...any) (any, error) {
	text, effect := args[0].(string), args[1].(string)
	conditions, unknown, ok := mes.ParseConditions(text)
	if !ok {
		return false, fmt.Errorf("%q is no condition", unknown)
	}
	switch facts := args[2].(type) {
	case *survey:
		if effect == effectDeny {
			facts.needs = append(facts.needs, conditions...)
		} else {
			facts.ways = append(facts.ways, conditions)
		}
		return false, nil
	case mes.Case:
		return (facts.JudgeAll(conditions) == nil) == (effect == effectAllow), nil
	}
	return false, fmt.Errorf("the facts are a %T", args[2])
}

func decideAll(c *casbin.Enforcer) (*Enforcer, error) {
	e := &Enforcer{rules: make(map[mes.Role]map[Right]rule, len(mes.Roles)), casbin: c}
	for _, role := range mes.Roles {
		e.rules[role] = make(map[Right]rule, len(Rights))
		for _, right := range Rights {
			s := &survey{}
			if _, err := c.Enforce(string(role), string(right), s); err != nil {
				return nil, fmt.Errorf("decide %s for %s: %w", right, role, err)
			}
			e.rules[role][right] = s.rule
		}
	}
	return e, nil
}

// Allows tells whether any of the roles has the right, conditions aside. Unknown roles and rights are denied.
func (e *Enforcer) Allows(roles []mes.Role, right Right) bool {
	for _, role := range roles {
		if len(e.rules[role][right].ways) > 0 {
			return true
		}
	}
	return false
}

// Bound tells whether the right depends on conditions for anyone. Whoever asks about such a right must Decide, with the
// facts that its conditions speak of.
func (e *Enforcer) Bound(right Right) bool {
	for _, role := range mes.Roles {
		if len(e.Conditions(role, right)) > 0 {
			return true
		}
	}
	return false
}

// Conditions are those that bind a role which has the right; a role with an unconditional line is bound by needs alone.
func (e *Enforcer) Conditions(role mes.Role, right Right) []mes.Condition {
	r := e.rules[role][right]
	if len(r.ways) == 0 {
		return nil
	}
	named := slices.Clone(r.needs)
	if !slices.ContainsFunc(r.ways, func(w []mes.Condition) bool { return len(w) == 0 }) {
		named = append(named, slices.Concat(r.ways...)...)
	}
	return inOrder(named)
}

// inOrder sorts conditions into the order in which they are judged, each once.
func inOrder(named []mes.Condition) []mes.Condition {
	var out []mes.Condition
	for _, c := range mes.Conditions {
		if slices.Contains(named, c) {
			out = append(out, c)
		}
	}
	return out
}

// Decide tells whether the person of the case may use the right, with the facts of the case; the error is a refusal in
// the person's words. What several roles allow adds up.
func (e *Enforcer) Decide(right Right, k mes.Case) error {
	var refused error
	for _, role := range k.Who.Roles {
		r := e.rules[role][right]
		for _, way := range r.ways {
			err := k.JudgeAll(inOrder(slices.Concat(r.needs, way)))
			if err == nil {
				return nil
			}
			if refused == nil {
				refused = err
			}
		}
	}
	if refused != nil {
		return refused
	}
	return Denied(k.Who, right)
}

// Denied refuses an account whose roles do not have the right.
func Denied(who mes.Principal, right Right) error {
	return mes.Refuse(mes.CodeForbidden, fmt.Sprintf("%s may not do this (%s).", who.Name, right), "Nothing was changed.",
		"Ask someone who may, or an administrator for the role.")
}

// Of lists the rights of the roles, for a screen that shows only what can be done.
func (e *Enforcer) Of(roles []mes.Role) []Right {
	out := make([]Right, 0, len(Rights))
	for _, right := range Rights {
		if e.Allows(roles, right) {
			out = append(out, right)
		}
	}
	return out
}
