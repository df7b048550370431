package mes

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// CAPARecord is what the eight disciplines hold, in one iteration.
type CAPARecord struct {
	Team        []CAPAMember    `json:"team"`
	Problem     CAPAProblem     `json:"problem"`
	Containment CAPAContainment `json:"containment"`
	Occurrence  CAPACause       `json:"occurrence"`
	Escape      CAPACause       `json:"escape"`
	Fishbone    []FishboneCause `json:"fishbone"`
	Plan        CAPAPlan        `json:"plan"`
	Verified    string          `json:"verified"` // D6: what the verification as a whole showed
	Prevention  CAPAPrevention  `json:"prevention"`
	Closure     CAPAClosure     `json:"closure"`
	Effect      *CAPAEffect     `json:"effect,omitempty"`

	Done map[Discipline]CAPADone  `json:"done"`
	Due  map[Discipline]time.Time `json:"due"`
	// Requests are the requests for signatures, by what they ask about.
	Requests map[CAPASigning]string `json:"requests,omitempty"`
	// Signed says by whom and when each was signed.
	Signed map[CAPASigning]CAPADone `json:"signed,omitempty"`
}

// CAPADone says who completed something.
type CAPADone struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// CAPAMember is one of the team (D1).
type CAPAMember struct {
	Account string `json:"account"`
	Part    string `json:"part"` // what the person brings
}

// CAPAProblem describes what is wrong (D2).
type CAPAProblem struct {
	What   string   `json:"what"`
	Where  string   `json:"where"`
	When   string   `json:"when"`
	Extent string   `json:"extent"` // how many of how many
	Limits []IsNot  `json:"limits"`
	Usual  string   `json:"usual,omitempty"` // what would be normal
	Lots   []string `json:"lots,omitempty"`
}

// IsNot is one line of the is / is-not analysis.
type IsNot struct {
	Aspect     string `json:"aspect"`
	Is         string `json:"is"`
	Not        string `json:"not"`
	Difference string `json:"difference"`
}

// CAPAContainment says what protects the customer meanwhile (D3). The holds themselves are linked records.
type CAPAContainment struct {
	Text string `json:"text"`
	// Sorted tells quantities: looked at, found bad.
	Sorted string `json:"sorted"`
	// None says why nothing had to be contained.
	None string `json:"none"`
}

// CAPACause is a root cause with the chain of whys that led to it (D4).
type CAPACause struct {
	Whys []string `json:"whys"`
	Text string   `json:"text"`
	// Cause is the cause of the fishbone that it is, empty for none of them.
	Cause string `json:"cause,omitempty"`
	// Verified says how the cause was proven: switched on and off, measured, repeated.
	Verified string `json:"verified"`
}

// FishboneCategories are the six of the diagram.
var FishboneCategories = []string{"man", "machine", "material", "method", "measurement", "environment"}

// FishboneCause is one bone.
type FishboneCause struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Text     string `json:"text"`
	Under    string `json:"under,omitempty"` // the cause that it explains
	// State is possible, ruled_out or confirmed; Why says by what.
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
}

// CAPAPlan is what D5 chose, and how its effect will be judged.
type CAPAPlan struct {
	Text      string         `json:"text"` // why these, and over what alternatives
	Criterion *CAPACriterion `json:"criterion,omitempty"`
}

// CAPAPrevention says what keeps it from coming back elsewhere (D7).
type CAPAPrevention struct {
	Text      string         `json:"text"`
	Documents []CAPADocument `json:"documents"`
	Similar   []CAPASimilar  `json:"similar"`
}

// CAPADocument is a document that was changed; its state and its readers are read from the records.
type CAPADocument struct {
	RevisionKey
	Note  string        `json:"note,omitempty"`
	State DocumentState `json:"state,omitempty"`
	// Readers must read it, Read have.
	Readers int `json:"readers"`
	Read    int `json:"read"`
}

// CAPASimilar is a product or process that was looked at.
type CAPASimilar struct {
	Product   string `json:"product"`
	Concerned bool   `json:"concerned"`
	Text      string `json:"text"`
}

// CAPAClosure is D8.
type CAPAClosure struct {
	Lessons     string `json:"lessons"`
	Recognition string `json:"recognition"` // to whom the thanks go, and for what
}

// CAPAContent is a change of one discipline's content: the part that belongs to it, the others are left alone.
type CAPAContent struct {
	Team        []CAPAMember     `json:"team,omitempty"`
	Problem     *CAPAProblem     `json:"problem,omitempty"`
	Containment *CAPAContainment `json:"containment,omitempty"`
	Occurrence  *CAPACause       `json:"occurrence,omitempty"`
	Escape      *CAPACause       `json:"escape,omitempty"`
	Fishbone    []FishboneCause  `json:"fishbone,omitempty"`
	Plan        *CAPAPlan        `json:"plan,omitempty"`
	Verified    *string          `json:"verified,omitempty"`
	Prevention  *CAPAPrevention  `json:"prevention,omitempty"`
	Closure     *CAPAClosure     `json:"closure,omitempty"`
}

// Write changes the content of a discipline that is not completed.
func (c CAPA) Write(d Discipline, n CAPAContent) (CAPA, error) {
	if err := c.writable(d); err != nil {
		return c, err
	}
	if err := n.validate(d); err != nil {
		return c, err
	}
	c = c.clone()
	r := &c.Record
	switch d {
	case D1:
		r.Team = n.Team
	case D2:
		r.Problem = *n.Problem
	case D3:
		r.Containment = *n.Containment
	case D4:
		r.Occurrence, r.Escape, r.Fishbone = *n.Occurrence, *n.Escape, n.Fishbone
	case D5:
		r.Plan = *n.Plan
	case D6:
		r.Verified = *n.Verified
	case D7:
		r.Prevention = *n.Prevention
	case D8:
		r.Closure = *n.Closure
	}
	return c.tidy(), nil
}

// writable refuses content where it would change what is completed or signed.
func (c CAPA) writable(d Discipline) error {
	if err := c.working(); err != nil {
		return err
	}
	if c.Done(d) {
		return c.refuse(fmt.Sprintf("has %s completed.", d), "Open the discipline again, with a reason.")
	}
	if c.State == CAPAClosureSigning || d <= D5 && c.State == CAPAPlanSigning {
		return c.refuse("waits for a signature of what stands there.", "Wait for it, or let it be rejected.")
	}
	return nil
}

// validate names what is missing or too long in a discipline's content. It may be incomplete: completing is another step.
func (n CAPAContent) validate(d Discipline) error {
	var f Faults
	part := map[Discipline]bool{D1: n.Team != nil, D2: n.Problem != nil, D3: n.Containment != nil, D4: n.Occurrence != nil && n.Escape != nil, D5: n.Plan != nil,
		D6: n.Verified != nil, D7: n.Prevention != nil, D8: n.Closure != nil}
	names := map[Discipline]string{D1: "team", D2: "problem", D3: "containment", D4: "occurrence", D5: "plan", D6: "verified", D7: "prevention", D8: "closure"}
	if !part[d] {
		field := names[d]
		if field == "" {
			field = "discipline"
		}
		f.Add(field, "is missing")
		return f.Err("Nothing was written.")
	}
	n.bounds(&f)
	n.causes(&f)
	for i, m := range n.Team {
		f.Check(!blank(m.Account), fmt.Sprintf("team[%d].account", i), "is missing")
	}
	if n.Plan != nil && n.Plan.Criterion != nil {
		n.Plan.Criterion.validate(&f, "plan.criterion")
	}
	if n.Prevention != nil {
		for i, k := range n.Prevention.Documents {
			f.Check(k.RevisionKey.Validate() == nil, fmt.Sprintf("prevention.documents[%d]", i), "must name kind, id and revision")
		}
	}
	return f.Err("Nothing was written.")
}

// bounds keeps a record's size within what a page and a payload can carry.
func (n CAPAContent) bounds(f *Faults) {
	b, _ := json.Marshal(n) // strings, numbers and lists of them always marshal
	f.Check(len(b) <= 64<<10, "content", "must have at most 64 KiB")
	f.Check(len(n.Team) <= MaxCAPAList, "team", "at most %d", MaxCAPAList)
	f.Check(len(n.Fishbone) <= MaxCAPAList, "fishbone", "at most %d", MaxCAPAList)
}

func (n CAPAContent) causes(f *Faults) {
	ids := map[string]bool{}
	for i, x := range n.Fishbone {
		at := fmt.Sprintf("fishbone[%d]", i)
		f.Check(routingID.MatchString(x.ID), at+".id", idForm)
		f.Check(!ids[x.ID], at+".id", "is there twice")
		f.Check(slices.Contains(FishboneCategories, x.Category), at+".category", "must be one of %v", FishboneCategories)
		f.Check(!blank(x.Text), at+".text", "is missing")
		f.Check(slices.Contains([]string{"possible", "ruled_out", "confirmed"}, x.State), at+".state", "must be possible, ruled_out or confirmed")
		f.Check(x.State == "possible" || !blank(x.Why), at+".why", "says by what it was ruled out or confirmed")
		f.Check(x.Under == "" || ids[x.Under], at+".under", "must name a cause above it")
		ids[x.ID] = true
	}
	for name, c := range map[string]*CAPACause{"occurrence": n.Occurrence, "escape": n.Escape} {
		if c != nil {
			f.Check(len(c.Whys) <= 10, name+".whys", "at most 10")
			f.Check(c.Cause == "" || ids[c.Cause], name+".cause", "must name a cause of the fishbone")
		}
	}
}

// tidy gives every list a value, so that JSON never says null.
func (c CAPA) tidy() CAPA {
	c = c.clone()
	r := &c.Record
	fill(&c.Codes)
	fill(&r.Team)
	fill(&r.Problem.Limits)
	fill(&r.Occurrence.Whys)
	fill(&r.Escape.Whys)
	fill(&r.Fishbone)
	fill(&r.Prevention.Documents)
	fill(&r.Prevention.Similar)
	trim := func(whys []string) []string { return slices.DeleteFunc(slices.Clone(whys), blank) }
	r.Occurrence.Whys, r.Escape.Whys = trim(r.Occurrence.Whys), trim(r.Escape.Whys)
	fill(&r.Occurrence.Whys)
	fill(&r.Escape.Whys)
	return c
}

func fill[T any](s *[]T) {
	if *s == nil {
		*s = []T{}
	}
}

// clone copies what a change writes into, so that a CAPA is a value.
func (c CAPA) clone() CAPA {
	r := &c.Record
	r.Done, r.Due, r.Requests, r.Signed = cloneMap(r.Done), cloneMap(r.Due), cloneMap(r.Requests), cloneMap(r.Signed)
	if r.Effect != nil {
		e := *r.Effect
		e.Extended = slices.Clone(e.Extended)
		r.Effect = &e
	}
	c.Tasks = slices.Clone(c.Tasks)
	return c
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// capaNeeds are the disciplines that must be completed before one can be. D3 does not wait for the problem's description:
// the customer is protected first.
var capaNeeds = map[Discipline][]Discipline{D2: {D1}, D3: {D1}, D4: {D2, D3}, D5: {D4}, D6: {D5}, D7: {D5}, D8: {D6, D7}}
