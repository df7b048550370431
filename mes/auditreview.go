package mes

import (
	"context"
	"time"
)

// AuditScope is the part of the trail that a review looks at: a period, narrowed or not.
type AuditScope struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"` // excluded
	Noun    string    `json:"noun,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Actor   string    `json:"actor,omitempty"`
	Action  string    `json:"action,omitempty"`
}

// AuditCount is how often something was done to a kind of record.
type AuditCount struct {
	Noun   string `json:"noun"`
	Action string `json:"action"`
	Count  int64  `json:"count"`
}

// AuditSummary is what the scope holds.
type AuditSummary struct {
	AuditScope
	// FirstID and LastID are the first and last row, 0 where there is none.
	FirstID int64 `json:"first_id"`
	LastID  int64 `json:"last_id"`
	Rows    int64 `json:"rows"`
	// Refused counts refused attempts.
	Refused int64 `json:"refused"`
	// Counts are by kind of record and action.
	Counts []AuditCount `json:"counts"`
	// Head is the trail's hash at the time, Checkpoint the newest one: they pin what was looked at.
	Head       string `json:"head"`
	Checkpoint int64  `json:"checkpoint"`
}

// AuditReview is a person's review of a part of the trail. It never changes; its signature makes it count.
type AuditReview struct {
	ID   string `json:"id"`
	Site string `json:"site"`
	AuditSummary
	Findings  string    `json:"findings"`
	Author    string    `json:"author"`
	CreatedAt time.Time `json:"created_at"`
}

// AuditReviewView is a review with where its signature stands.
type AuditReviewView struct {
	AuditReview
	State    RequestState `json:"state"`
	SignedAt *time.Time   `json:"signed_at,omitempty"`
}

// maxFindings is the length of a review's findings.
const maxFindings = 4000

// CheckAuditReview names what is wrong with a review that is to be stored at the given time.
func CheckAuditReview(s AuditScope, findings string, now time.Time) error {
	var f Faults
	f.Check(!s.From.IsZero(), "from", "is missing")
	f.Check(!s.To.IsZero(), "to", "is missing")
	f.Check(s.From.Before(s.To), "to", "must be after the beginning")
	f.Check(!s.To.After(now), "to", "is in the future: what is not there yet can't be reviewed")
	f.Check(findings != "", "findings", "say what was found, also when it is nothing")
	f.Check(len(findings) <= maxFindings, "findings", "has %d of at most %d characters", len(findings), maxFindings)
	return f.Err("The review was not stored.")
}

// AuditReviewFilter narrows the list of reviews, newest first.
type AuditReviewFilter struct {
	Paging
	Site string
}

// AuditReviews keeps reviews of the trail.
type AuditReviews interface {
	// Summary reads what a scope holds, before it is reviewed. Codes: unprocessable.
	Summary(ctx context.Context, s AuditScope) (AuditSummary, error)
	// Create stores a review, once per key, and asks for its signature. Codes: unprocessable.
	Create(ctx context.Context, key, site string, by Actor, s AuditScope, findings string) (AuditReviewView, error)
	// Get reads one. Codes: not_found.
	Get(ctx context.Context, site, id string) (AuditReviewView, error)
	// List reads a page. Codes: unprocessable (cursor).
	List(ctx context.Context, f AuditReviewFilter) (Page[AuditReviewView], error)
	// DueReview is when the next review is due, so long after the end of the last signed one, or after the trail's first row.
	DueReview(ctx context.Context, site string, every time.Duration) (time.Time, error)
}
