package mes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DocumentKind is a kind of controlled document.
type DocumentKind string

// The kinds.
const (
	DocRouting     DocumentKind = "routing"         // how a product is made; its ID is the product's
	DocInstruction DocumentKind = "instruction"     // what a person reads at a step
	DocInspection  DocumentKind = "inspection_rule" // what a camera must find, and how surely
	DocRecipe      DocumentKind = "recipe"          // a machine's program with its parameters
	DocRework      DocumentKind = "rework"          // how pieces with a defect are made good
	DocPlan        DocumentKind = "inspection_plan" // what people inspect, on how many pieces
)

// DocumentKinds lists all of them, in the order in which people read them.
var DocumentKinds = []DocumentKind{DocRouting, DocInstruction, DocInspection, DocRecipe, DocRework, DocPlan}

// DocumentState is where a revision stands.
type DocumentState string

// The states. A revision's content never changes after it has left draft for the first time and is not sent back.
const (
	DocDraft      DocumentState = "draft"
	DocInReview   DocumentState = "in_review"
	DocApproved   DocumentState = "approved"   // signed, and waits for its date
	DocEffective  DocumentState = "effective"  // in force: new orders get it
	DocSuperseded DocumentState = "superseded" // a later one is in force; orders that froze it keep it
	DocWithdrawn  DocumentState = "withdrawn"  // given up before it was in force
)

// DocumentStates lists all of them, in the order of a revision's life.
var DocumentStates = []DocumentState{DocDraft, DocInReview, DocApproved, DocEffective, DocSuperseded, DocWithdrawn}

// DocumentVerb is what can be done with a revision.
type DocumentVerb string

// The verbs.
const (
	DocUpdate     DocumentVerb = "update"
	DocSubmit     DocumentVerb = "submit"
	DocReject     DocumentVerb = "reject"
	DocApprove    DocumentVerb = "approve"
	DocTakeEffect DocumentVerb = "take_effect"
	DocSupersede  DocumentVerb = "supersede"
	DocWithdraw   DocumentVerb = "withdraw"
)

// documentWay is the whole life of a revision. What does not stand here is refused.
var documentWay = map[DocumentState]map[DocumentVerb]DocumentState{
	DocDraft:     {DocUpdate: DocDraft, DocSubmit: DocInReview, DocWithdraw: DocWithdrawn},
	DocInReview:  {DocReject: DocDraft, DocApprove: DocApproved, DocWithdraw: DocWithdrawn},
	DocApproved:  {DocTakeEffect: DocEffective, DocWithdraw: DocWithdrawn},
	DocEffective: {DocSupersede: DocSuperseded},
}

// After is the state that the verb leads to. Codes: conflict, in words that say what the revision is and what to do.
func (s DocumentState) After(v DocumentVerb, title string) (DocumentState, error) {
	if to, ok := documentWay[s][v]; ok {
		return to, nil
	}
	return s, Refuse(CodeConflict, fmt.Sprintf("%s is %s.", title, s.phrase()), "Nothing was changed.", s.instead())
}

func (s DocumentState) phrase() string {
	if s == DocInReview {
		return "in review"
	}
	if s == DocDraft {
		return "a draft"
	}
	return string(s)
}

func (s DocumentState) instead() string {
	switch s {
	case DocDraft:
		return "Submit it for review first."
	case DocInReview:
		return "Wait for its signatures, or withdraw it."
	case DocApproved:
		return "It takes effect at its date; withdraw it to stop that."
	}
	return "Draft a new revision."
}

// Ended tells that nothing can happen to the revision any more.
func (s DocumentState) Ended() bool { return len(documentWay[s]) == 0 }

// Open tells that the revision is on its way to be in force. A document has at most one such revision.
func (s DocumentState) Open() bool { return s == DocDraft || s == DocInReview || s == DocApproved }

// RevisionKey names one revision of one document.
type RevisionKey struct {
	Kind     DocumentKind `json:"kind"`
	ID       string       `json:"id"`
	Revision string       `json:"revision"`
}

// String is the key as records, signatures and audit rows name it.
func (k RevisionKey) String() string { return string(k.Kind) + "/" + k.ID + "/" + k.Revision }

// Title names the revision to a person.
func (k RevisionKey) Title() string { return k.ID + " rev " + k.Revision }

// ParseRevisionKey reads what String wrote.
func ParseRevisionKey(s string) (RevisionKey, error) {
	kind, rest, ok := strings.Cut(s, "/")
	i := strings.LastIndex(rest, "/")
	if !ok || i < 1 || !slices.Contains(DocumentKinds, DocumentKind(kind)) || i == len(rest)-1 {
		return RevisionKey{}, NotFound("Document", s)
	}
	return RevisionKey{DocumentKind(kind), rest[:i], rest[i+1:]}, nil
}

// Validate names what cannot stand in addresses and records.
func (k RevisionKey) Validate() error {
	var f Faults
	f.Check(slices.Contains(DocumentKinds, k.Kind), "kind", "%q is not a kind of document", k.Kind)
	f.Check(routingID.MatchString(k.ID), "id", idForm)
	f.Check(routingID.MatchString(k.Revision) && len(k.Revision) <= 16, "revision", "must be 1 to 16 letters, digits, points, dashes or underscores")
	return f.Err("The document is refused.")
}

// RevisionSource says how a revision came into force.
type RevisionSource string

// The sources.
const (
	SourceHere   RevisionSource = "here"   // drafted and signed in this system
	SourceImport RevisionSource = "import" // came approved with a plant's files; not signed here
)

// DocumentRevision is one revision of a document. Lists leave Content empty.
type DocumentRevision struct {
	RevisionKey
	Name  string        `json:"name"` // of the document, as people read it
	Owner string        `json:"owner,omitempty"`
	Site  string        `json:"site"`
	State DocumentState `json:"state"`
	// Content is a Routing, Instruction, InspectionRule, Recipe or InspectionPlan.
	Content json.RawMessage `json:"content,omitempty"`
	Hash    string          `json:"hash"` // hex SHA-256 of the content's canonical JSON
	// Version counts the draft's changes. A change that was made on an older one is refused.
	Version int64          `json:"version"`
	Source  RevisionSource `json:"source"`
	// Authors are all who wrote on it. None of them may approve it.
	Authors        []string   `json:"authors"`
	ChangedBy      string     `json:"changed_by"`
	ChangedAt      time.Time  `json:"changed_at"`
	Reason         string     `json:"reason,omitempty"` // of the change, given at submission
	Readers        Readers    `json:"readers"`
	EffectiveOn    *time.Time `json:"effective_on,omitempty"` // the wished date; nil means with the last signature
	SubmittedBy    string     `json:"submitted_by,omitempty"`
	SubmittedAt    *time.Time `json:"submitted_at,omitempty"`
	Request        string     `json:"request,omitempty"` // the request for its signatures
	ApprovedBy     string     `json:"approved_by,omitempty"`
	ApprovedAt     *time.Time `json:"approved_at,omitempty"`
	EffectiveFrom  *time.Time `json:"effective_from,omitempty"`
	EffectiveUntil *time.Time `json:"effective_until,omitempty"`
	SupersededBy   string     `json:"superseded_by,omitempty"`
	EndReason      string     `json:"end_reason,omitempty"` // of a rejection or withdrawal
	CreatedAt      time.Time  `json:"created_at"`
}

// NewDraft asks for a new document, or for a new revision of one.
type NewDraft struct {
	RevisionKey
	Name  string
	Owner string
	// From is the revision whose content the draft begins with; empty with Content nil means an empty form.
	From    string
	Content json.RawMessage
}

// DraftChange is a change of a draft that was read at Version.
type DraftChange struct {
	Version int64
	Name    string // empty leaves it
	Content json.RawMessage
}

// Submission sends a draft into review.
type Submission struct {
	Version     int64
	Reason      string
	Readers     Readers
	EffectiveOn *time.Time
}

// Validate names what a submission lacks.
func (s Submission) Validate(now time.Time) error {
	var f Faults
	f.Check(!blank(s.Reason), "reason", "is missing: it says why the document changes")
	f.Check(s.EffectiveOn == nil || s.EffectiveOn.After(now), "effective_on", "lies in the past; leave it out to begin with the last signature")
	s.Readers.validate(&f)
	return f.Err("The draft was not submitted.")
}

// Changed refuses a change of a draft that somebody else has changed since it was read.
func (r DocumentRevision) Changed(version int64, zone *time.Location) error {
	if r.Version == version {
		return nil
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s changed %s at %s.", r.ChangedBy, r.Title(), r.ChangedAt.In(zone).Format("2 Jan 15:04 MST")),
		"Your change was not stored, it is still in the form.", "Compare and save again.")
}
