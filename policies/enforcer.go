package policies

import (
	_ "embed" // the policy is part of the binary: what was reviewed is what decides
	"fmt"
	"slices"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
	"github.com/casbin/casbin/v2/util"

	"github.com/steelthread/steelthread/mes"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// everyone is the word in policy.csv for any role.
const everyone = "everyone"

// Enforcer decides. Casbin is asked about every role and right once, when the policy is loaded; a request then costs
// a look into that table.
type Enforcer struct {
	allowed map[mes.Role]map[Right]bool
}

// Open loads the policy of this binary.
func Open() (*Enforcer, error) { return New(policyText) }

// New loads a policy and refuses one with a role or right that does not exist: a line with a typing error would else
// allow nothing without anyone noticing.
func New(policy string) (*Enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the policy model: %w", err)
	}
	c, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policy))
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	lines, err := c.GetPolicy()
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	for _, line := range lines {
		if err := checkLine(line); err != nil {
			return nil, err
		}
	}
	return decideAll(c)
}

// checkLine refuses a line that names what does not exist.
func checkLine(line []string) error {
	role, pattern := line[0], line[1]
	if role != everyone && !slices.Contains(mes.Roles, mes.Role(role)) {
		return fmt.Errorf("policy line %q: %q is no role", line, role)
	}
	for _, r := range Rights {
		ok, err := util.GlobMatch(string(r), pattern)
		if err != nil {
			return fmt.Errorf("policy line %q: %w", line, err)
		}
		if ok {
			return nil
		}
	}
	return fmt.Errorf("policy line %q: %q matches no right", line, pattern)
}

func decideAll(c *casbin.Enforcer) (*Enforcer, error) {
	e := &Enforcer{allowed: make(map[mes.Role]map[Right]bool, len(mes.Roles))}
	for _, role := range mes.Roles {
		e.allowed[role] = make(map[Right]bool, len(Rights))
		for _, right := range Rights {
			ok, err := c.Enforce(string(role), string(right))
			if err != nil {
				return nil, fmt.Errorf("decide %s for %s: %w", right, role, err)
			}
			e.allowed[role][right] = ok
		}
	}
	return e, nil
}

// Allows tells whether any of the roles has the right. Unknown roles and rights are denied.
func (e *Enforcer) Allows(roles []mes.Role, right Right) bool {
	for _, role := range roles {
		if e.allowed[role][right] {
			return true
		}
	}
	return false
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
