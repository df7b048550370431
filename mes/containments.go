package mes

import (
	"context"
	"time"
)

// Containment is a hold that finds by itself what it must hold.
type Containment struct {
	ID        string           `json:"id"` // H-0031, counted per site
	Site      string           `json:"site"`
	Title     string           `json:"title"`
	State     ContainmentState `json:"state"`
	Criterion Criterion        `json:"criterion"`
	Reason    string           `json:"reason"`
	Severity  Severity         `json:"severity"`
	Source    Source           `json:"source,omitzero"`
	PlacedBy  string           `json:"placed_by"`
	// Since is when the fact became known; RequestedAt is when the hold was asked for.
	Since       time.Time `json:"since"`
	RequestedAt time.Time `json:"requested_at"`
	// GuardedAt is when the named lots could not move any more, FoundAt when all that genealogy gives could not, and
	// ContainedAt when every running lot had said that it stands still.
	GuardedAt    time.Time  `json:"guarded_at"`
	FoundAt      *time.Time `json:"found_at,omitempty"`
	ContainedAt  *time.Time `json:"contained_at,omitempty"`
	DecidedAt    *time.Time `json:"decided_at,omitempty"`
	ClosedAt     *time.Time `json:"closed_at,omitempty"`
	WatchEndedAt *time.Time `json:"watch_ended_at,omitempty"`
	WatchEndedBy string     `json:"watch_ended_by,omitempty"`
	ContainmentTally
}

// PlaceCount is how much of one material stands at one place.
type PlaceCount struct {
	Place    Place      `json:"place"`
	At       string     `json:"at,omitempty"` // station, or customer
	Note     string     `json:"note,omitempty"`
	Material string     `json:"material"`
	Unit     string     `json:"unit"`
	Lots     int        `json:"lots"`
	Quantity Decimal    `json:"quantity"`
	Held     int        `json:"held"`
	Stopped  int        `json:"stopped"`
	Aside    int        `json:"aside"` // that a person has set aside
	Ended    int        `json:"ended"`
	Last     *time.Time `json:"last,omitempty"` // when the last of them stood still
	Notified *time.Time `json:"notified,omitempty"`
}

// ContainmentView is one containment as its page shows it.
type ContainmentView struct {
	Containment
	Places []PlaceCount `json:"places"`
	// Requests are the decisions that wait for signatures.
	Requests []SignatureRequest `json:"requests"`
	// Escalations are the calls that are still to come.
	Next *time.Time `json:"next,omitempty"`
	// Refused are the newest attempts to move what is held.
	Refused []RefusedMove `json:"refused"`
}

// RefusedMove is an attempt that the guard refused.
type RefusedMove struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Lot    string    `json:"lot"`
	Source string    `json:"source,omitempty"`
}

// ContainedLot is one lot of a containment.
type ContainedLot struct {
	Lot      string `json:"lot"`
	Material string `json:"material"`
	Unit     string `json:"unit"`
	// Why says how it was found: named by the criterion, contains Via, or is built into Via. Joined lots came later.
	Why            string       `json:"why"`
	Via            string       `json:"via,omitempty"`
	Depth          int          `json:"depth"`
	Joined         bool         `json:"joined"`
	Place          Place        `json:"place"`
	At             string       `json:"at,omitempty"`
	Operation      string       `json:"operation,omitempty"`
	Order          string       `json:"order,omitempty"`
	Quantity       Decimal      `json:"quantity"`
	Customer       string       `json:"customer,omitempty"`
	DeliveryNote   string       `json:"delivery_note,omitempty"`
	FoundAt        time.Time    `json:"found_at"`
	HeldAt         *time.Time   `json:"held_at,omitempty"`
	AcknowledgedAt *time.Time   `json:"acknowledged_at,omitempty"`
	AcknowledgedBy string       `json:"acknowledged_by,omitempty"`
	AsideAt        *time.Time   `json:"aside_at,omitempty"`
	AsideBy        string       `json:"aside_by,omitempty"`
	AsidePlace     string       `json:"aside_place,omitempty"`
	NotifiedAt     *time.Time   `json:"notified_at,omitempty"`
	NotifiedBy     string       `json:"notified_by,omitempty"`
	Decision       HoldDecision `json:"decision,omitempty"`
	Request        string       `json:"request,omitempty"` // whose signatures the decision waits for
	EndedAt        *time.Time   `json:"ended_at,omitempty"`
	End            ContainedEnd `json:"end,omitempty"`
}

// Preview is what a containment would hold now.
type Preview struct {
	Title  string       `json:"title"`
	Lots   int          `json:"lots"`
	Places []PlaceCount `json:"places"`
	// First are the lots nearest to what is named.
	First []ContainedLot `json:"first"`
	// Truncated tells that there are more than MaxGraph.
	Truncated bool `json:"truncated,omitempty"`
	Watching  bool `json:"watching"`
}

// ContainmentFilter narrows the list of containments, newest first. Zero fields do not narrow.
type ContainmentFilter struct {
	Paging
	Site     string
	States   []ContainmentState
	Kind     CriterionKind
	Severity Severity
	Lot      string // that it holds or held
}

// ContainedFilter narrows the lots of a containment, nearest first.
type ContainedFilter struct {
	Paging
	Site        string
	Containment string
	Place       Place
	Open        bool
	Undecided   bool
	At          string
}

// Disposed is what came of a decision: done, or waiting for its signatures.
type Disposed struct {
	Lots    int               `json:"lots"`
	Request *SignatureRequest `json:"request,omitempty"`
}

// Notice says that a customer was told of what it has.
type Notice struct {
	Site         string `json:"site"`
	Containment  string `json:"containment"`
	Customer     string `json:"customer"`
	DeliveryNote string `json:"delivery_note,omitempty"` // empty: all of the customer's
	How          string `json:"how"`
}

// Containments places, reads and ends containments.
type Containments interface {
	// Place stores the containment and guards what it names, at once. Codes: unprocessable, not_found.
	Place(ctx context.Context, by Actor, r ContainmentRequest) (Containment, error)
	// Preview finds what a containment would hold and stores nothing. Codes: unprocessable, not_found.
	Preview(ctx context.Context, r ContainmentRequest) (Preview, error)
	// Get reads one. Codes: not_found.
	Get(ctx context.Context, site, id string) (ContainmentView, error)
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f ContainmentFilter) (Page[Containment], error)
	// Lots reads a page of what one holds. Codes: unprocessable (cursor, sort).
	Lots(ctx context.Context, f ContainedFilter) (Page[ContainedLot], error)
	// Graph reads how its lots hang together. Codes: not_found.
	Graph(ctx context.Context, site, id string) (Graph, error)
	// Dispose decides on lots; where the site's rule asks for signatures it takes effect with the last of them. Codes:
	// not_found, conflict (ended, does not fit), unprocessable.
	Dispose(ctx context.Context, key string, by Actor, d HoldDisposition) (Disposed, error)
	// Notify marks that a customer was told. Codes: not_found, conflict (nothing was shipped to it), unprocessable.
	Notify(ctx context.Context, key string, by Actor, n Notice) (int, error)
	// SetAside says that a person has put a held lot aside. Codes: not_found, conflict.
	SetAside(ctx context.Context, key, site, id, lot, place string, by Actor) error
	// EndWatch ends the joining of new lots. Codes: not_found, conflict, unprocessable.
	EndWatch(ctx context.Context, key, site, id string, by Actor, reason string) (Containment, error)
}

// ContainmentStanding is what a containment's workflow needs to know. It holds nothing of what is contained.
type ContainmentStanding struct {
	State ContainmentState `json:"state"`
	ContainmentTally
	Now time.Time `json:"now"`
	// Next is when the next call falls due; nil when none is to come.
	Next *time.Time `json:"next,omitempty"`
}

// Found is what one step of the finding came to.
type Found struct {
	Took int `json:"took"` // lots that came under the guard
	// More tells that the finding has not come to its end.
	More bool `json:"more,omitempty"`
	// Busy tells that there is work to go on with, and not only others to wait for.
	Busy bool `json:"busy,omitempty"`
}

// ContainmentLedger is what the workflow of a containment needs of the records.
type ContainmentLedger interface {
	// Find follows genealogy for one chunk and guards what it finds. It is safe to repeat. Codes: not_found.
	Find(ctx context.Context, site, id string) (Found, error)
	// Watch looks at where the containment stands, moves its state, raises what is due. Codes: not_found.
	Watch(ctx context.Context, site, id string) (ContainmentStanding, error)
	// Stopped says that a running lot stands still at a safe point.
	Stopped(ctx context.Context, site, id, lot, at string) error
}
