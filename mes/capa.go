package mes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CAPAState says what a CAPA waits for. What is done of its eight disciplines stands in its record.
type CAPAState string

// The states.
const (
	CAPAOpen           CAPAState = "open"            // D1 to D5: from the team to the actions chosen
	CAPAPlanSigning    CAPAState = "plan_signing"    // the plan of D5 waits for its signature
	CAPAImplementing   CAPAState = "implementing"    // D6: the actions are carried out and verified
	CAPAWatching       CAPAState = "watching"        // the period of the effectiveness check runs
	CAPAVerdictSigning CAPAState = "verdict_signing" // the data were read, the verdict waits for its signature
	CAPAProven         CAPAState = "proven"          // effective; D7 and D8 may be left to do
	CAPAClosureSigning CAPAState = "closure_signing"
	CAPAClosed         CAPAState = "closed"
	CAPACancelled      CAPAState = "cancelled" // raised by mistake, or a double of another one
)

// CAPAStates lists all of them, in the order of a CAPA's life.
var CAPAStates = []CAPAState{CAPAOpen, CAPAPlanSigning, CAPAImplementing, CAPAWatching, CAPAVerdictSigning, CAPAProven, CAPAClosureSigning, CAPAClosed, CAPACancelled}

// Ended tells that nothing follows.
func (s CAPAState) Ended() bool { return s == CAPAClosed || s == CAPACancelled }

// CAPASource says who raised a CAPA.
type CAPASource string

// The sources.
const (
	CAPAByPerson  CAPASource = "person"
	CAPAByProgram CAPASource = "api"
	CAPAByRule    CAPASource = "rule"
)

// CAPA is a corrective and preventive action by the eight disciplines (8D): IATF 16949 10.2.3, 21 CFR 820.100.
type CAPA struct {
	Site     string     `json:"site"`
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Severity Severity   `json:"severity"`
	State    CAPAState  `json:"state"`
	Source   CAPASource `json:"source"`
	// Rule and Group are the reaction rule that raised it, and what its events share.
	Rule    string   `json:"rule,omitempty"`
	Group   string   `json:"group,omitempty"`
	Product string   `json:"product,omitempty"`
	Codes   []string `json:"codes"` // defect codes
	// Owner leads the team and is reminded; empty until somebody takes it. Manager is told when the owner is late: an
	// account, or everyone in quality when it is empty.
	Owner    string    `json:"owner,omitempty"`
	Manager  string    `json:"manager,omitempty"`
	RaisedBy string    `json:"raised_by"`
	RaisedAt time.Time `json:"raised_at"`
	Why      string    `json:"why"` // what was seen, as it was raised
	// Iteration counts from 1; a failed effectiveness check begins the next one, and the one before it is kept.
	Iteration int        `json:"iteration"`
	Version   int64      `json:"version"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	EndReason string     `json:"end_reason,omitempty"`

	Record CAPARecord      `json:"record"`
	Tasks  []CAPATask      `json:"tasks"`
	Links  []CAPALink      `json:"links"`
	Former []CAPAIteration `json:"former"`
}

// CAPAIteration is a round that failed, as it stood when it did.
type CAPAIteration struct {
	N       int        `json:"n"`
	Record  CAPARecord `json:"record"`
	Tasks   []CAPATask `json:"tasks"`
	EndedAt time.Time  `json:"ended_at"`
	Reason  string     `json:"reason"`
}

// CAPALink is a record that a CAPA is about: a nonconformance, hold, firing, lot, order, document, chart or verdict. State, Text and
// Open are read from that record each time, never copied.
type CAPALink struct {
	Noun    string    `json:"noun"`
	Subject string    `json:"subject"`
	Note    string    `json:"note,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	State   string    `json:"state,omitempty"`
	Text    string    `json:"text,omitempty"`
	Open    bool      `json:"open,omitempty"` // its work is not done: a hold with lots still on it
}

// CAPALinkNouns are the kinds of record that can be linked.
var CAPALinkNouns = []string{"nonconformance", "hold", "containment", "firing", "lot", "order", "document", "chart", "vision", "complaint"}

// CAPARequest raises a CAPA.
type CAPARequest struct {
	Site     string     `json:"site"`
	Key      string     `json:"-"` // the command's; the same one raises one CAPA
	Title    string     `json:"title"`
	Why      string     `json:"why"`
	Severity Severity   `json:"severity"`
	Source   CAPASource `json:"source"`
	Rule     string     `json:"rule,omitempty"`
	Group    string     `json:"group,omitempty"`
	Product  string     `json:"product,omitempty"`
	Codes    []string   `json:"codes,omitempty"`
	Owner    string     `json:"owner,omitempty"`
	Manager  string     `json:"manager,omitempty"`
	Links    []CAPALink `json:"links,omitempty"`
}

const (
	maxCAPATitle = 200
	maxCAPAText  = 4000
	// MaxCAPAList bounds each list in a CAPA: members, causes, tasks, links.
	MaxCAPAList = 200
)

// Validate names every field that cannot be.
func (r CAPARequest) Validate() error {
	var f Faults
	f.Check(!blank(r.Title) && len(r.Title) <= maxCAPATitle, "title", "must have 1 to %d characters", maxCAPATitle)
	f.Check(!blank(r.Why) && len(r.Why) <= maxCAPAText, "why", "must have 1 to %d characters", maxCAPAText)
	f.Check(severityRank[r.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(len(r.Codes) <= 20, "codes", "at most 20")
	for i, c := range r.Codes {
		f.Check(!blank(c) && len(c) <= 64, fmt.Sprintf("codes[%d]", i), "must have 1 to 64 characters")
	}
	f.Check(len(r.Links) <= MaxCAPAList, "links", "at most %d", MaxCAPAList)
	for i, l := range r.Links {
		l.validate(&f, fmt.Sprintf("links[%d].", i))
	}
	return f.Err("No CAPA was opened.")
}

func (l CAPALink) validate(f *Faults, at string) {
	f.Check(slices.Contains(CAPALinkNouns, l.Noun), at+"noun", "must be one of %v", CAPALinkNouns)
	f.Check(!blank(l.Subject) && len(l.Subject) <= 200, at+"subject", "must have 1 to 200 characters")
	f.Check(len(l.Note) <= 500, at+"note", "must have at most 500 characters")
}

// Validate names what is wrong with a link.
func (l CAPALink) Validate() error {
	var f Faults
	l.validate(&f, "")
	return f.Err("Nothing was linked.")
}

// Open makes the CAPA that was asked for, with the due dates that its severity asks for.
func (r CAPARequest) Open(id string, by Actor, now time.Time) CAPA {
	c := CAPA{Site: r.Site, ID: id, Title: strings.TrimSpace(r.Title), Severity: r.Severity, State: CAPAOpen, Source: r.Source, Rule: r.Rule, Group: r.Group,
		Product: r.Product, Codes: slices.Clone(r.Codes), Owner: r.Owner, Manager: r.Manager, RaisedBy: by.ID, RaisedAt: now, Why: strings.TrimSpace(r.Why),
		Iteration: 1, Version: 1, Tasks: []CAPATask{}, Links: []CAPALink{}, Former: []CAPAIteration{}}
	if c.Codes == nil {
		c.Codes = []string{}
	}
	c.Record = CAPARecord{Done: map[Discipline]CAPADone{}, Due: map[Discipline]time.Time{}}
	c.Record.Problem.What = c.Why
	if r.Owner != "" {
		c.Record.Team = []CAPAMember{{Account: r.Owner, Part: "Leads"}}
	}
	for d, days := range capaDays {
		c.Record.Due[d] = now.Add(capaPace(r.Severity, days))
	}
	return c.tidy()
}

// CAPAOfFiring is what a rule asks for. The same rule and group share one open CAPA.
func CAPAOfFiring(f Firing) CAPARequest {
	last := f.Last()
	r := CAPARequest{Site: f.Rule.Site, Key: "firing/" + f.ID, Title: shorten(f.Rule.Name+": "+last.Text, maxCAPATitle), Why: shorten(f.Why(), maxCAPAText), Severity: f.Rule.Severity,
		Source: CAPAByRule, Rule: f.Rule.ID, Group: f.Group, Product: last.Product, Links: []CAPALink{{Noun: "firing", Subject: f.ID}}}
	for _, d := range f.Done {
		if noun := doneNoun[d.Kind]; noun != "" && d.Subject != "" {
			r.Links = append(r.Links, CAPALink{Noun: noun, Subject: d.Subject})
		}
	}
	for _, e := range f.Events {
		if e.Code != "" && !slices.Contains(r.Codes, e.Code) && len(r.Codes) < 20 {
			r.Codes = append(r.Codes, e.Code)
		}
		l := CAPALink{Noun: e.Noun, Subject: e.Subject}
		if slices.Contains(CAPALinkNouns, e.Noun) && l.Subject != "" && len(r.Links) < 50 && !linked(r.Links, l) {
			r.Links = append(r.Links, l)
		}
		if e.Product != last.Product {
			r.Product = "" // more than one is concerned
		}
	}
	return r
}

// doneNoun are the records that a rule makes besides, before it opens a CAPA.
var doneNoun = map[ReactionKind]string{ReactHold: "containment", ReactNonconforming: "nonconformance"}

func linked(links []CAPALink, l CAPALink) bool {
	return slices.ContainsFunc(links, func(o CAPALink) bool { return o.Noun == l.Noun && o.Subject == l.Subject })
}

// shorten cuts a text at a letter's border.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := s[:limit-len("…")]
	return strings.ToValidUTF8(cut, "") + "…"
}

// CAPAID is the n-th CAPA of a site.
func CAPAID(n int) string { return fmt.Sprintf("CAPA-%04d", n) }

// CAPASigning is one of the three things of a CAPA that are signed.
type CAPASigning string

// What is signed.
const (
	CAPASignPlan    CAPASigning = "plan"    // causes, actions and the criterion of their effectiveness
	CAPASignVerdict CAPASigning = "verdict" // what the data say
	CAPASignClosure CAPASigning = "closure"
)

// SignedID names what is signed of a CAPA: CAPA-0001/1/plan.
func (c CAPA) SignedID(s CAPASigning) string { return fmt.Sprintf("%s/%d/%s", c.ID, c.Iteration, s) }

// ParseCAPASigned takes a signed record's ID apart.
func ParseCAPASigned(id string) (capa string, iteration int, s CAPASigning, err error) {
	p := strings.Split(id, "/")
	if len(p) == 3 {
		if n, e := strconv.Atoi(p[1]); e == nil {
			return p[0], n, CAPASigning(p[2]), nil
		}
	}
	return "", 0, "", NotFound("CAPA", id)
}

// refuse says that a CAPA is not where a command needs it.
func (c CAPA) refuse(what, do string) error {
	return Refuse(CodeConflict, fmt.Sprintf("%s %s", c.ID, what), "Nothing was changed.", do)
}

// working refuses changes of a CAPA that has ended.
func (c CAPA) working() error {
	if c.State.Ended() {
		return c.refuse("is "+string(c.State)+".", "Open a new one that links to it.")
	}
	return nil
}

// Cancel ends a CAPA that should not be. Once causes were found it is carried through.
func (c CAPA) Cancel(reason string, now time.Time) (CAPA, error) {
	var f Faults
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err("Nothing was cancelled."); err != nil {
		return c, err
	}
	if c.State != CAPAOpen || c.Iteration > 1 || c.Done(D4) {
		return c, c.refuse("has its causes: it can only be carried through.", "Go on with its next discipline.")
	}
	c.State, c.EndedAt, c.EndReason = CAPACancelled, &now, strings.TrimSpace(reason)
	return c, nil
}

// CAPAHead is what a change of a CAPA's head may set.
type CAPAHead struct {
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	Product  string   `json:"product"`
	Codes    []string `json:"codes"`
	Owner    string   `json:"owner"`
	Manager  string   `json:"manager"`
}

// Rewrite changes the head.
func (c CAPA) Rewrite(h CAPAHead) (CAPA, error) {
	if err := c.working(); err != nil {
		return c, err
	}
	if err := (CAPARequest{Title: h.Title, Why: c.Why, Severity: h.Severity, Codes: h.Codes}).Validate(); err != nil {
		return c, err
	}
	c.Title, c.Severity, c.Product, c.Codes, c.Owner, c.Manager = strings.TrimSpace(h.Title), h.Severity, h.Product, h.Codes, h.Owner, h.Manager
	return c.tidy(), nil
}
