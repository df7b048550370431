package policies

import (
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2/util"

	"github.com/steelthread/steelthread/mes"
)

// everyone is the word in policy.csv for any role.
const everyone = "everyone"

// The effects of a line, in Casbin's words.
const (
	effectAllow = "allow"
	effectDeny  = "deny"
)

// lines turns policy.csv into Casbin's lines and refuses one that can't mean anything: a typing error would else allow
// nothing, or bind nobody, without anyone noticing.
func lines(policy string) (string, error) {
	var out strings.Builder
	for n, text := range strings.Split(policy, "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Split(text, ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		line, err := lineOf(fields)
		if err != nil {
			return "", fmt.Errorf("policy line %d, %q: %w", n+1, text, err)
		}
		fmt.Fprintln(&out, strings.Join(line, ", "))
	}
	return out.String(), nil
}

// lineOf is one line as Casbin takes it: p, role, right, condition, effect.
func lineOf(fields []string) ([]string, error) {
	switch {
	case fields[0] == "p" && (len(fields) == 3 || len(fields) == 4):
		conditions := append(fields, "")[3]
		return []string{"p", fields[1], fields[2], conditions, effectAllow}, check(fields[1], fields[2], conditions)
	case fields[0] == "need" && len(fields) == 3 && fields[2] != "":
		return []string{"p", everyone, fields[1], fields[2], effectDeny}, check(everyone, fields[1], fields[2])
	}
	return nil, fmt.Errorf("write it as p, role, right[, conditions] or as need, right, conditions")
}

func check(role, pattern, conditions string) error {
	if role != everyone && !slices.Contains(mes.Roles, mes.Role(role)) {
		return fmt.Errorf("%q is no role", role)
	}
	if _, unknown, ok := mes.ParseConditions(conditions); !ok {
		return fmt.Errorf("%q is no condition", unknown)
	}
	for _, r := range Rights {
		ok, err := util.GlobMatch(string(r), pattern)
		if ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("%q matches no right", pattern)
}
