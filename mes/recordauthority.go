package mes

import (
	"fmt"
	"slices"
	"time"
)

// HeldCertificate is a certificate with its own history, as far as authority is judged by it.
type HeldCertificate struct {
	Account     string
	Skill       string
	Level       int
	GivenAt     time.Time
	ExpiresAt   *time.Time
	WithdrawnAt *time.Time
}

// HeldAt lists what a person held at a time: the newest certificate of each skill and level that was given by then, unless it
// was withdrawn by then. all are in the order in which they were given.
func HeldAt(all []HeldCertificate, account string, at time.Time) []Qualification {
	type kind struct {
		skill string
		level int
	}
	newest, kinds := map[kind]HeldCertificate{}, []kind{}
	for _, c := range all {
		if c.Account != account || c.GivenAt.After(at) {
			continue
		}
		k := kind{c.Skill, c.Level}
		if _, known := newest[k]; !known {
			kinds = append(kinds, k)
		}
		newest[k] = c
	}
	var out []Qualification
	for _, k := range kinds {
		c := newest[k]
		if c.WithdrawnAt == nil || c.WithdrawnAt.After(at) {
			out = append(out, Qualification{ID: c.Skill, Level: c.Level, ExpiresAt: c.ExpiresAt})
		}
	}
	return out
}

// AuthorityOf holds everyone who worked on what asks for a certificate against those that they held then: at the start of
// a visit, at each of its steps, and at its end.
func AuthorityOf(h LotHistory, all []HeldCertificate) []Authority {
	out := []Authority{}
	for _, v := range h.Operations {
		i := slices.IndexFunc(h.Route, func(p PlannedVisit) bool { return p.Operation == v.Operation })
		if i < 0 {
			continue
		}
		if need := h.Route[i].Qualification; need != nil && v.StartedAt != nil && v.Operator != "" {
			out = append(out, v.authority(*need, all)...)
		}
		for _, s := range v.Steps {
			if need := h.Route[i].need(s.Step); need != nil && s.person() {
				a := Authority{Operation: v.Operation, Visit: v.Visit, Step: s.Step, Person: s.Operator, Need: *need, Held: true}
				out = append(out, a.at(all, s.At))
			}
		}
	}
	return out
}

// person tells that somebody, and no machine or camera, completed the step.
func (s BuiltStep) person() bool { return s.Operator != "" && (!s.Kind.Automatic() || s.ByHand) }

func (p PlannedVisit) need(step string) *QualificationNeed {
	for _, s := range p.Steps {
		if s.Step == step {
			return s.Qualification
		}
	}
	return nil
}

// authority judges a visit once for each person who worked on it.
func (v BuiltOperation) authority(need QualificationNeed, all []HeldCertificate) []Authority {
	moments, people := map[string][]time.Time{v.Operator: {*v.StartedAt}}, []string{v.Operator}
	for _, s := range v.Steps {
		if !s.person() {
			continue
		}
		if _, known := moments[s.Operator]; !known {
			people = append(people, s.Operator)
		}
		moments[s.Operator] = append(moments[s.Operator], s.At)
	}
	if v.EndedAt != nil {
		moments[v.Operator] = append(moments[v.Operator], *v.EndedAt)
	}
	out := make([]Authority, len(people))
	for i, person := range people {
		out[i] = Authority{Operation: v.Operation, Visit: v.Visit, Person: person, Need: need, Held: true}
		for _, at := range moments[person] {
			out[i] = out[i].at(all, at)
		}
	}
	return out
}

// at judges a further moment. The first at which the certificate was missing says why.
func (a Authority) at(all []HeldCertificate, at time.Time) Authority {
	if !a.Held || Qualified(&a.Need, HeldAt(all, a.Person, at), at, time.UTC) == nil {
		return a
	}
	a.Held, a.Why = false, fmt.Sprintf("%s level %d was not held on %s", a.Need.ID, a.Need.Level, at.UTC().Format("2006-01-02 15:04 UTC"))
	return a
}
