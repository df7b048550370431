package mes

import (
	"context"
	"time"
)

// RecordState is where the release of a record stands.
type RecordState string

// The states. A record that nobody has asked to be released has none.
const (
	RecordOpen     RecordState = "open" // waits for a reviewer
	RecordReleased RecordState = "released"
	RecordRejected RecordState = "rejected"
	// RecordVoided is a released record that has changed since; it has been asked for again.
	RecordVoided RecordState = "voided"
)

// RecordRelease is one act in the release of a record. Rows are only ever added; the newest says where it stands.
type RecordRelease struct {
	ID      int64        `json:"id"`
	Site    string       `json:"site"`
	Record  SignedRecord `json:"record"` // lot_record or order_record
	State   RecordState  `json:"state"`
	Hash    string       `json:"hash"`              // of the record at that moment
	Request string       `json:"request,omitempty"` // the signature request
	By      string       `json:"by"`
	Reason  string       `json:"reason,omitempty"`
	At      time.Time    `json:"at"`
	// Deviations counts what was not as planned at that moment, Worst is the gravest of it.
	Deviations int      `json:"deviations"`
	Worst      Severity `json:"worst,omitempty"`
}

// ReleaseContent is what a reviewer signs: which record, exactly as it was shown, and what was not as planned in it.
type ReleaseContent struct {
	Record     SignedRecord  `json:"record"`
	Hash       string        `json:"record_hash"`
	Outcome    string        `json:"outcome"`
	Deviations []DeviationOf `json:"deviations"`
}

// Worse is the graver of two severities; an empty one is none.
func Worse(a, b Severity) Severity {
	if severityRank[a] == 0 || severityRank[b] != 0 && severityRank[b] < severityRank[a] {
		return b
	}
	return a
}

// DeviationOf is a deviation as it is signed for. For an order, Lot names whose it is.
type DeviationOf struct {
	Lot      string        `json:"lot,omitempty"`
	Kind     DeviationKind `json:"kind"`
	Severity Severity      `json:"severity"`
	Ref      string        `json:"ref"`
}

// RecordRule says which records of a site must be released, and whether that must come before shipping.
type RecordRule struct {
	Lots              bool `json:"lots"`   // each lot's own record
	Orders            bool `json:"orders"` // the order's record
	ReleaseBeforeShip bool `json:"release_before_ship"`
	// DueHours is how long a reviewer has, from the end of the lot or order.
	DueHours int `json:"due_hours"`
}

// DefaultRecordRule asks for nothing by itself; records can be released on request.
var DefaultRecordRule = RecordRule{DueHours: 7 * 24}

// Validate names the field that can't be.
func (r RecordRule) Validate() error {
	var f Faults
	f.Check(r.DueHours >= 1 && r.DueHours <= 24*366, "due_hours", "must be from 1 to %d", 24*366)
	f.Check(!r.ReleaseBeforeShip || r.Lots || r.Orders, "release_before_ship", "needs records that are released: of lots, of orders, or both")
	return f.Err("The rule was not stored.")
}

// RecordReview is one record in the list of those to review.
type RecordReview struct {
	RecordRelease
	Product string     `json:"product"`
	Order   string     `json:"order"`
	DueAt   *time.Time `json:"due_at,omitempty"`
}

// ReviewFilter narrows the list of records. Sorts: due, asked_at, deviations; by itself it is by due date. Zero fields
// do not narrow.
type ReviewFilter struct {
	Paging
	Site   string
	States []RecordState
	Noun   SignedNoun
}

// Releases keeps the release of records.
type Releases interface {
	// Ask opens the release of a record whose lot or order has ended. One that is open already is answered as it is.
	// Codes: not_found, conflict (not ended, released and unchanged).
	Ask(ctx context.Context, key, site string, r SignedRecord, by Actor, reason string) (RecordRelease, error)
	// Ended opens the releases that the site's rule asks for when a lot or an order has ended; others change nothing.
	Ended(ctx context.Context, site string, r SignedRecord) error
	// List reads a page of the records that wait, or waited, for a release.
	List(ctx context.Context, f ReviewFilter) (Page[RecordReview], error)
	// Rule reads a site's rule.
	Rule(ctx context.Context, site string) (RecordRule, error)
	// SetRule changes it. Codes: unprocessable.
	SetRule(ctx context.Context, key, site string, by Actor, r RecordRule, reason string) (RecordRule, error)
}
