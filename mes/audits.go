package mes

import (
	"context"
	"encoding/json"
	"time"
)

// AuditRow is one row of the audit trail: who did what to which thing, when, why, and what it was before and after.
type AuditRow struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Noun    string          `json:"noun"` // order, lot, account, session, plant, routing, outbox, run
	Subject string          `json:"subject"`
	Reason  string          `json:"reason,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Source  string          `json:"source,omitempty"` // station, address or workflow that it came from
	Key     string          `json:"key,omitempty"`    // of the command
	Hash    string          `json:"hash,omitempty"`   // hex, covers this row and the one before it in its strand
}

// AuditFilter narrows the audit trail, newest first. Zero fields do not narrow.
type AuditFilter struct {
	Paging
	Noun    string
	Subject string
	Actor   string
	Action  string
	// From and To bound the time, To excluded.
	From, To *time.Time
	// FromID and ToID bound the rows, both included.
	FromID, ToID int64
}

// AuditRefused is the action of the row that a refused command leaves.
const AuditRefused = "refused"

// AuditCheck says what a verification has at hand.
type AuditCheck struct {
	// Since skips what stands before that checkpoint; 0 checks from the first row on. A checkpoint that is not there is
	// checked from the first row on as well.
	Since int64
	// Known are the IDs of signing keys that are known from outside the database; without one, signatures prove nothing
	// against the database's owner.
	Known map[string]bool
	// Log is the file outside the database, read before; Compared tells that there is one.
	Log      CheckpointLog
	Compared bool
	// Progress is told now and then how many rows are checked, of how many.
	Progress func(done, total int64)
}

// AuditVerdict is the outcome of checking the trail: rows, checkpoints, and the file outside the database.
type AuditVerdict struct {
	OK    bool      `json:"ok"`
	At    time.Time `json:"at"`
	Whole bool      `json:"whole"` // from the first row on
	Rows  int64     `json:"rows"`
	// Checked is how many rows were looked at.
	Checked int64 `json:"checked"`
	Strands int   `json:"strands"`
	// Bad is the first row that does not fit, 0 where it is no row, and Why says what does not fit.
	Bad int64  `json:"bad,omitempty"`
	Why string `json:"why,omitempty"`
	// Head is a hash over the newest row of every strand, in hex: write it down elsewhere, and the whole trail is pinned.
	Head        string      `json:"head"`
	Checkpoints int64       `json:"checkpoints"`
	Last        *Checkpoint `json:"last,omitempty"`
	Keys        []string    `json:"keys"` // IDs of the signing keys, in their order
	// Newer counts the rows after the last checkpoint: so many could be cut off unseen.
	Newer int64 `json:"newer"`
	// Anchored tells that a key from outside the database vouches, Compared that the file outside it was compared.
	Anchored bool          `json:"anchored"`
	Compared bool          `json:"compared"`
	Took     time.Duration `json:"took_ns"`
}

// Audits appends to the audit trail what has no transaction of its own (refusals, logins), reads it, and proves it.
type Audits interface {
	// Append stores a row; ID, Hash and, where zero, At are given by the database.
	Append(ctx context.Context, r AuditRow) error
	// List reads a page of the trail. Codes: unprocessable (cursor).
	List(ctx context.Context, f AuditFilter) (Page[AuditRow], error)
	// Verify checks the trail in one snapshot.
	Verify(ctx context.Context, c AuditCheck) (AuditVerdict, error)
	// Checkpoint stores the next checkpoint, completed by seal, when rows were added since the last one or always is set.
	// It returns the newest one; made is false when nothing was to do, or another process is at it.
	Checkpoint(ctx context.Context, always bool, seal func(last Checkpoint, next *Checkpoint) error) (newest Checkpoint, made bool, err error)
	// Checkpoints reads up to most of them after the given one, oldest first.
	Checkpoints(ctx context.Context, after int64, most int) ([]Checkpoint, error)
	// NewestCheckpoint reads the newest one; its N is 0 where there is none.
	NewestCheckpoint(ctx context.Context) (Checkpoint, error)
	// Rows counts the trail's rows without reading them.
	Rows(ctx context.Context) (int64, error)
	// Verified keeps a verdict; LastVerified reads the newest one of the whole trail, or of any part. Codes: not_found.
	Verified(ctx context.Context, by string, v AuditVerdict) error
	LastVerified(ctx context.Context, whole bool) (AuditVerdict, error)
}

// AuditProof is the trail's proof as people look at it and ask for it.
type AuditProof interface {
	// State tells what is known of the proof now.
	State(ctx context.Context) (ProofState, error)
	// Verify checks the whole trail while the caller waits, and keeps no verdict.
	Verify(ctx context.Context) (AuditVerdict, error)
	// Start begins a verification, of the whole trail or of what came since the last one. It goes on when the caller has
	// gone; State tells how far it is. Codes: conflict (one is under way).
	Start(ctx context.Context, by Actor, whole bool) (ProofState, error)
}

// ProofState is what the screen of the proof shows.
type ProofState struct {
	Rows        int64       `json:"rows"`
	Checkpoints int64       `json:"checkpoints"`
	Last        *Checkpoint `json:"last,omitempty"`
	Newer       int64       `json:"newer"`
	// Key is the ID of the key known here from outside the database; empty when there is none.
	Key string `json:"key,omitempty"`
	// Log tells that the file outside the database is at hand.
	Log   bool          `json:"log"`
	Whole *AuditVerdict `json:"whole,omitempty"` // the newest verification from the first row on
	Part  *AuditVerdict `json:"part,omitempty"`  // the newest one of the end only
	// Running is the verification under way, Failed why the last one could not be done.
	Running *ProofProgress `json:"running,omitempty"`
	Failed  string         `json:"failed,omitempty"`
}

// ProofProgress is how far a verification is.
type ProofProgress struct {
	Whole bool  `json:"whole"`
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}
