package mes

import (
	"context"
	"encoding/json"
	"time"
)

// Meaning is what a signature says (21 CFR 11.50(a)(3)).
type Meaning string

// The meanings.
const (
	MeaningPerformed Meaning = "performed" // I did it
	MeaningVerified  Meaning = "verified"  // I saw that it was done right; never by who did it
	MeaningReviewed  Meaning = "reviewed"
	MeaningApproved  Meaning = "approved" // never by who raised it
	MeaningReleased  Meaning = "released"
	MeaningAuthored  Meaning = "authored"
)

// MaxSignatures is how many signatures one record can ask for.
const MaxSignatures = 2

// SignatureNeed is one signature that a record asks for. Needs are met in their order.
type SignatureNeed struct {
	Meaning Meaning `json:"meaning"`
	// Role is what the signer must be; empty means that the right to sign is enough.
	Role          Role               `json:"role,omitempty"`
	Qualification *QualificationNeed `json:"qualification,omitempty"`
}

// SignedNoun is a kind of record that can be signed.
type SignedNoun string

// The kinds of record.
const (
	SignedStep        SignedNoun = "step"         // lot/operation/visit/step/attempt
	SignedReview      SignedNoun = "review"       // quality's decision on a lot in review
	SignedHoldRelease SignedNoun = "hold_release" // the end of a hold
	SignedDocument    SignedNoun = "document"     // a revision of a controlled document: kind/id/revision
	SignedChange      SignedNoun = "order_change" // a running order's move to another routing revision
	SignedAuditReview SignedNoun = "audit_review" // a period of the audit trail
	SignedLotRecord   SignedNoun = "lot_record"   // the device history record of a lot
	SignedOrderRecord SignedNoun = "order_record" // the batch record of an order

	// Reactions.

	// Verdicts, models.

	// Inspection review.
	SignedVerdictOverride SignedNoun = "verdict_override" // a person's word against a camera's clear verdict

	// Containment.
	SignedHoldDisposition SignedNoun = "hold_disposition" // what becomes of contained lots

	// Statistical process control.

	// Inspection plans, gauges.

	// Nonconformances.

	SignedNonconformance SignedNoun = "nonconformance"   // what the material review board decides: NC-17/1
	SignedPermit         SignedNoun = "deviation_permit" // DP-3

	// Corrective and preventive action.
	SignedCAPA SignedNoun = "capa" // its plan, the verdict on its effect, its closure: CAPA-0001/1/plan

	// Recall, split, merge.

	// Machines.

	// Shift calendar, OEE.

	// Telemetry.

	// Maintenance.
	SignedLockout  SignedNoun = "maintenance_lockout"  // every energy is locked off: MJ-0001/1/lockout
	SignedHandback SignedNoun = "maintenance_handback" // the machine is production's again: MJ-0001/1/handback

	// Andon, line board.

	// Dispatching.
)

// SignedRecord names what is signed.
type SignedRecord struct {
	Noun SignedNoun `json:"noun"`
	ID   string     `json:"id"`
}

// SigningMethod is by which components a person proved who they are, again, at this signing (21 CFR 11.200).
type SigningMethod string

// The methods.
const (
	SignedByPassword SigningMethod = "password"
	SignedByBadge    SigningMethod = "badge_pin"
)

// Signer is a person who has just proved who they are. The API makes it; it holds no secret, so it may travel through
// workflows.
type Signer struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"` // as printed
	Roles   []Role        `json:"roles"`
	Method  SigningMethod `json:"method"`
	Station string        `json:"station,omitempty"` // of the terminal, empty at a desk
	Source  string        `json:"source,omitempty"`  // terminal or address
}

// Signing is one act of signing: who, what for, why, and the hash of what was shown to them.
type Signing struct {
	Signer  Signer  `json:"signer"`
	Meaning Meaning `json:"meaning"`
	Reason  string  `json:"reason,omitempty"`
	// Hash is the hex SHA-256 of the canonical JSON (RFC 8785) of the record as it was shown. A record that has changed
	// since is refused, so nobody signs what they did not see.
	Hash string `json:"hash"`
}

// SignatureState says what a stored signature is worth now.
type SignatureState string

// The states.
const (
	SignatureValid SignatureState = "valid"
	// SignatureVoided is one whose record was changed after it; both stay readable.
	SignatureVoided SignatureState = "voided"
	// SignatureForged is one that does not belong to the record it stands at, or whose row was changed.
	SignatureForged SignatureState = "forged"
)

// Signature is one stored signature. Printed name, time with zone and meaning stand in every readable form (11.50(b)).
type Signature struct {
	ID      string         `json:"id"`
	Site    string         `json:"site"`
	Record  SignedRecord   `json:"record"`
	N       int            `json:"n"` // which of the record's needs it meets, from 1
	Meaning Meaning        `json:"meaning"`
	Signer  string         `json:"signer"`
	Name    string         `json:"name"`
	Method  SigningMethod  `json:"method"`
	At      time.Time      `json:"at"`
	Zone    string         `json:"zone"` // IANA name of the site's zone at the time
	Station string         `json:"station,omitempty"`
	Source  string         `json:"-"` // terminal or address, for the audit trail
	Reason  string         `json:"reason,omitempty"`
	Hash    string         `json:"hash"`
	State   SignatureState `json:"state"`
	// Why says of a voided or forged one what does not fit.
	Why string `json:"why,omitempty"`
}

// RequestState is where a request for signatures stands.
type RequestState string

// The states of a request.
const (
	RequestOpen     RequestState = "open"
	RequestSigned   RequestState = "signed"   // all signatures are there and what they allow has been done
	RequestRejected RequestState = "rejected" // a signer said no, with a reason
	RequestVoided   RequestState = "voided"   // what was to be signed has changed
)

// SignatureRequest asks for the signatures of one record. The content is kept as it was shown, canonical, so that
// anyone can recompute the hash.
type SignatureRequest struct {
	ID          string          `json:"id"`
	Site        string          `json:"site"`
	Record      SignedRecord    `json:"record"`
	Title       string          `json:"title"` // what a person reads that they sign
	Content     json.RawMessage `json:"content"`
	Hash        string          `json:"hash"`
	Needs       []SignatureNeed `json:"needs"`
	RequestedBy string          `json:"requested_by"`
	// PerformedBy is who did what is signed, and so can't verify it; empty where nobody did.
	PerformedBy string       `json:"performed_by,omitempty"`
	RequestedAt time.Time    `json:"requested_at"`
	Reason      string       `json:"reason,omitempty"`
	State       RequestState `json:"state"`
	Signatures  []Signature  `json:"signatures"`
	DueAt       *time.Time   `json:"due_at,omitempty"` // the reminder; escalation comes after the same time again
	EndedAt     *time.Time   `json:"ended_at,omitempty"`
	EndReason   string       `json:"end_reason,omitempty"`
}

// RequestFilter narrows the list of requests, newest first. Zero fields do not narrow.
type RequestFilter struct {
	Paging
	Site   string
	State  RequestState
	Noun   SignedNoun
	Record string
}

// SignatureVerdict is the outcome of checking all signatures.
type SignatureVerdict struct {
	OK         bool  `json:"ok"`
	Signatures int64 `json:"signatures"`
	// Bad is the first signature that does not fit, and Why says how.
	Bad string `json:"bad,omitempty"`
	Why string `json:"why,omitempty"`
}

// Signatures keeps signatures and the requests for them.
type Signatures interface {
	// Of reads a record's signatures, oldest first, each judged against the record as it stands now. Codes: not_found.
	Of(ctx context.Context, site string, r SignedRecord) ([]Signature, error)
	// Verify checks every signature's own row and the request that it answers.
	Verify(ctx context.Context) (SignatureVerdict, error)
	// Request reads one request. Codes: not_found.
	Request(ctx context.Context, site, id string) (SignatureRequest, error)
	// Requests reads a page. Codes: unprocessable (cursor, sort).
	Requests(ctx context.Context, f RequestFilter) (Page[SignatureRequest], error)
	// Rules lists the site's rules, the built-in ones where it has none of its own.
	Rules(ctx context.Context, site string) ([]SignatureRule, error)
	// PutRule changes one; requests that are open keep what they asked for. Codes: unprocessable.
	PutRule(ctx context.Context, site string, by Actor, r SignatureRule, reason string) (SignatureRule, error)
	// Sign adds the next signature of an open request. The last one does, in the same transaction, what the request was
	// for. Codes: not_found, conflict (not open, content changed since shown), forbidden (signed before, raised it, did
	// it, role or qualification missing), unprocessable.
	Sign(ctx context.Context, key, site, id string, s Signing) (SignatureRequest, error)
	// Reject ends an open request with a reason. Codes: not_found, conflict, unprocessable.
	Reject(ctx context.Context, key, site, id string, s Signing) (SignatureRequest, error)
}
