package mes

import (
	"context"
	"encoding/json"
	"time"
)

// DocumentFilter narrows the list of revisions. Sorts: id, revision, state, changed_at; the list's own order is newest
// change first. Zero fields do not narrow.
type DocumentFilter struct {
	Paging
	Kind   DocumentKind
	ID     string
	States []DocumentState
}

// ToRead is a revision that a person must read, or has read.
type ToRead struct {
	RevisionKey
	Name        string        `json:"name"`
	Hash        string        `json:"hash"`
	Reason      string        `json:"reason,omitempty"`
	State       DocumentState `json:"state"`
	EffectiveOn *time.Time    `json:"effective_on,omitempty"`
	// ReadAt is when the person confirmed it; nil while it is to be read.
	ReadAt *time.Time `json:"read_at,omitempty"`
}

// ReaderView is one person who must read a revision.
type ReaderView struct {
	Account string     `json:"account"`
	Name    string     `json:"name"`
	ReadAt  *time.Time `json:"read_at,omitempty"`
	Station string     `json:"station,omitempty"`
}

// DocumentView is a document that a lot is made by, for one person.
type DocumentView struct {
	InForce
	MustRead bool `json:"must_read"`
	Read     bool `json:"read"`
	// Newer is the revision that came into force since the order was released, empty when there is none.
	Newer      string     `json:"newer,omitempty"`
	NewerSince *time.Time `json:"newer_since,omitempty"`
}

// Documents keeps controlled documents with their revisions, and who has read them.
type Documents interface {
	// List reads a page of revisions without their content. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f DocumentFilter) (Page[DocumentRevision], error)
	// Get reads one revision whole; an empty revision means the one in force. Codes: not_found.
	Get(ctx context.Context, k RevisionKey) (DocumentRevision, error)
	// Draft begins a revision. Codes: conflict (it exists, another one is open), unprocessable, not_found (From).
	Draft(ctx context.Context, key, site string, by Actor, d NewDraft) (DocumentRevision, error)
	// Update changes a draft. Codes: not_found, conflict (not a draft, changed meanwhile), unprocessable.
	Update(ctx context.Context, site string, by Actor, k RevisionKey, c DraftChange) (DocumentRevision, error)
	// Check holds a content against its kind's rules and the plant, without storing it. Codes: unprocessable.
	Check(ctx context.Context, k RevisionKey, content json.RawMessage) error
	// Submit sends a draft into review and asks for its signatures. Codes: not_found, conflict, unprocessable.
	Submit(ctx context.Context, key, site string, by Actor, k RevisionKey, s Submission) (DocumentRevision, error)
	// Withdraw gives up a revision that is not in force. Codes: not_found, conflict, unprocessable (reason).
	Withdraw(ctx context.Context, key, site string, by Actor, k RevisionKey, reason string) (DocumentRevision, error)
	// Confirm records that the person has read what has the hash. The same word again changes nothing. Codes: not_found,
	// conflict.
	Confirm(ctx context.Context, site string, by Actor, k RevisionKey, hash string) (ReadConfirmation, error)
	// ToRead lists what the person must read now or soon, and has not.
	ToRead(ctx context.Context, site string, p Reader) ([]ToRead, error)
	// Readers lists who must read a revision, with when each did. Codes: not_found.
	Readers(ctx context.Context, site string, k RevisionKey) ([]ReaderView, error)
	// InForce lists what a lot is made by: its frozen routing revision and the instructions that were frozen with it.
	// Codes: not_found.
	InForce(ctx context.Context, site, lot string) ([]InForce, error)
	// Confirmed tells which of the revisions the person has read.
	Confirmed(ctx context.Context, account string, ks []RevisionKey) (map[RevisionKey]bool, error)
	// InForceNow tells the revision in force of each document, and since when.
	InForceNow(ctx context.Context, ks []RevisionKey) (map[RevisionKey]CurrentRevision, error)
}

// CurrentRevision is what is in force of a document now.
type CurrentRevision struct {
	Revision string
	Since    *time.Time
}

// DocumentLedger brings approved revisions into force at their date.
type DocumentLedger interface {
	// TakeEffect makes an approved revision whose date has come effective, and the one before it superseded, in one
	// transaction. Again, it changes nothing. It answers when to look again; nil means never.
	TakeEffect(ctx context.Context, site string, k RevisionKey) (*time.Time, error)
}

// DocumentFiles writes and reads revisions as the files of a plant's folder.
type DocumentFiles interface {
	// Write is the revision as a file, YAML or JSON.
	Write(r DocumentRevision, asJSON bool) ([]byte, error)
	// Read takes a file's content for a revision's. Codes: unprocessable.
	Read(k RevisionKey, file []byte) (json.RawMessage, error)
}
