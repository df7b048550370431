package mes

import (
	"context"
	"slices"
	"strings"
	"time"
)

// DefectCode is a word for what can be wrong. Codes are a tree, so that people find one in two touches and reports can add up
// a branch. A site without any takes whatever word is reported.
type DefectCode struct {
	Code   string `json:"code"`
	Parent string `json:"parent,omitempty"` // empty at the top
	Name   string `json:"name"`
	// Severity is what a nonconformance of this code begins with.
	Severity Severity `json:"severity"`
	// PieceCost is what handling one such piece costs beside scrap and rework, in the site's currency; nil is not known.
	PieceCost *Decimal `json:"piece_cost,omitempty"`
	// Active codes can be reported; others stay readable in what was reported before.
	Active    bool      `json:"active"`
	Version   int64     `json:"version"`
	ChangedBy string    `json:"changed_by"`
	ChangedAt time.Time `json:"changed_at"`
}

// MaxDefectDepth is how many levels a tree of codes may have.
const MaxDefectDepth = 4

// DefectTree is all codes of a site.
type DefectTree []DefectCode

// At finds a code.
func (t DefectTree) At(code string) (DefectCode, bool) {
	i := slices.IndexFunc(t, func(c DefectCode) bool { return c.Code == code })
	if i < 0 {
		return DefectCode{}, false
	}
	return t[i], true
}

// Path lists the code and what it stands under, from the top.
func (t DefectTree) Path(code string) []DefectCode {
	var path []DefectCode
	for c, ok := t.At(code); ok && len(path) <= MaxDefectDepth; c, ok = t.At(c.Parent) {
		path = append([]DefectCode{c}, path...)
	}
	return path
}

// Reportable tells whether a defect may be reported under the code: it and all that it stands under are active. A site
// without codes takes any.
func (t DefectTree) Reportable(code string) bool {
	if len(t) == 0 {
		return true
	}
	path := t.Path(code)
	return len(path) > 0 && !slices.ContainsFunc(path, func(c DefectCode) bool { return !c.Active })
}

// Named is the code with its name, for people.
func (t DefectTree) Named(code string) string {
	if c, ok := t.At(code); ok {
		return code + " " + c.Name
	}
	return code
}

// Same tells that nothing about the code differs but who stored it.
func (c DefectCode) Same(o DefectCode) bool {
	cost := c.PieceCost == nil && o.PieceCost == nil || c.PieceCost != nil && o.PieceCost != nil && c.PieceCost.Equal(*o.PieceCost)
	return c.Code == o.Code && c.Parent == o.Parent && c.Name == o.Name && c.Severity == o.Severity && c.Active == o.Active && cost
}

// Validate names what cannot work about a code in its tree, which holds the others.
func (c DefectCode) Validate(t DefectTree) error {
	var f Faults
	f.Check(routingID.MatchString(c.Code), "code", idForm)
	f.Check(!blank(c.Name), "name", "is missing")
	f.Check(severityRank[c.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(c.PieceCost == nil || !c.PieceCost.IsNegative(), "piece_cost", "must not be below 0")
	if c.Parent != "" {
		_, known := t.At(c.Parent)
		f.Check(known, "parent", "%q is not a code", c.Parent)
		after := slices.DeleteFunc(slices.Clone(t), func(o DefectCode) bool { return o.Code == c.Code })
		after = append(after, c)
		f.Check(!after.circles(c.Code), "parent", "%s stands under %s itself", c.Parent, c.Code)
		f.Check(after.depth() <= MaxDefectDepth, "parent", "a tree has at most %d levels", MaxDefectDepth)
	}
	return f.Err("The defect code was not stored.")
}

// circles tells that going up from a code comes back to it.
func (t DefectTree) circles(code string) bool {
	c, ok := t.At(code)
	for range len(t) {
		if c, ok = t.At(c.Parent); !ok {
			return false
		}
		if c.Code == code {
			return true
		}
	}
	return ok
}

func (t DefectTree) depth() int {
	deepest := 0
	for _, c := range t {
		deepest = max(deepest, len(t.Path(c.Code)))
	}
	return deepest
}

// Unreportable refuses a code that the site's tree does not have, or does not use any more.
func Unreportable(code string) error {
	var f Faults
	f.Add("code", "%q is not among the site's defect codes in use", strings.TrimSpace(code))
	return f.Err("The defect was not reported.")
}

// DefectCodes keeps a site's tree.
type DefectCodes interface {
	// Tree lists the codes, parents before children, in the order of their codes.
	Tree(ctx context.Context, site string) (DefectTree, error)
	// Put makes or changes a code. Version must be the one that was read, 0 for a new one. Codes: unprocessable, conflict.
	Put(ctx context.Context, key, site string, by Actor, c DefectCode, reason string) (DefectCode, error)
}
