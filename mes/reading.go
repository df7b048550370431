package mes

import (
	"fmt"
	"slices"
	"time"
)

// Readers says who must read and understand a revision before working by it. Whoever any of the three names must.
type Readers struct {
	Roles  []Role   `json:"roles,omitempty"`
	People []string `json:"people,omitempty"`
	// Qualified are all who hold one of the certificates, so that the operators of the named operations are meant
	// whoever they will be.
	Qualified []QualificationNeed `json:"qualified,omitempty"`
}

func (r Readers) validate(f *Faults) {
	for i, role := range r.Roles {
		f.Check(slices.Contains(Roles, role), fmt.Sprintf("readers.roles[%d]", i), "%q is not a role", role)
	}
	for i, q := range r.Qualified {
		f.Check(q.ID != "" && q.Level > 0, fmt.Sprintf("readers.qualified[%d]", i), "needs a skill and a level above 0")
	}
}

// Nobody tells that no one must read it.
func (r Readers) Nobody() bool { return len(r.Roles)+len(r.People)+len(r.Qualified) == 0 }

// Reader is a person as far as reading is concerned.
type Reader struct {
	ID    string
	Roles []Role
	Held  []Qualification
}

// Include tells whether the person must read. A certificate that has ended asks for nothing: its holder may not do the
// work anyway.
func (r Readers) Include(p Reader, now time.Time) bool {
	if slices.Contains(r.People, p.ID) || slices.ContainsFunc(r.Roles, func(role Role) bool { return slices.Contains(p.Roles, role) }) {
		return true
	}
	return slices.ContainsFunc(r.Qualified, func(n QualificationNeed) bool { return Qualified(&n, p.Held, now, time.UTC) == nil })
}

// InForce is a revision that a lot is made by: its routing, or the instruction of one of its steps.
type InForce struct {
	RevisionKey
	Name    string  `json:"name"`
	Hash    string  `json:"hash"`
	Readers Readers `json:"readers"`
	// Operation and Step name where an instruction stands; empty for the routing.
	Operation string `json:"operation,omitempty"`
	Step      string `json:"step,omitempty"`
}

// covers tells whether the revision guides the work at an operation, or, where step is given, at that step.
func (d InForce) covers(operation, step string) bool {
	return d.Operation == "" || d.Operation == operation && (step == "" || d.Step == step)
}

// Unread lists what the person must read before working at the operation, or at one step of it. read tells what was
// confirmed already.
func Unread(p Reader, docs []InForce, operation, step string, read func(RevisionKey) bool, now time.Time) []InForce {
	var out []InForce
	for _, d := range docs {
		twice := slices.ContainsFunc(out, func(o InForce) bool { return o.RevisionKey == d.RevisionKey })
		if !twice && d.covers(operation, step) && !read(d.RevisionKey) && d.Readers.Include(p, now) {
			out = append(out, d)
		}
	}
	return out
}

// ReadField marks, in a refusal, the revision that must be read first.
const ReadField = "read"

// ReadFirst refuses work by documents that were not read. Each of them is named, so that a terminal can offer it.
func ReadFirst(unread []InForce, kept string) error {
	if len(unread) == 0 {
		return nil
	}
	e := Refuse(CodeForbidden, fmt.Sprintf("%s is new to you.", unread[0].Title()), kept, fmt.Sprintf("Read %s first and confirm it.", titles(unread)))
	for _, d := range unread {
		e.Fields = append(e.Fields, FieldError{Field: ReadField, Message: d.String()})
	}
	return e
}

func titles(ds []InForce) string {
	out := ds[0].Title()
	for _, d := range ds[1:] {
		out += ", " + d.Title()
	}
	return out
}

// ReadConfirmation is a person's word that they have read and understood a revision. It is written once.
type ReadConfirmation struct {
	RevisionKey
	Account string    `json:"account"`
	Hash    string    `json:"hash"` // of the content that was shown
	Station string    `json:"station,omitempty"`
	At      time.Time `json:"at"`
}

// CanConfirm refuses a confirmation of what cannot be read, or was not what was shown.
func (r DocumentRevision) CanConfirm(hash string) error {
	switch r.State {
	case DocDraft, DocInReview, DocWithdrawn:
		return Refuse(CodeConflict, fmt.Sprintf("%s is %s.", r.Title(), r.State.phrase()), "Nothing was confirmed.", "Read the revision in force.")
	}
	if hash != r.Hash {
		return Refuse(CodeConflict, fmt.Sprintf("This is not the content of %s.", r.Title()), "Nothing was confirmed.", "Open it again, read it and confirm.")
	}
	return nil
}
