package mes

import (
	"context"
	"fmt"
	"time"
)

// A restore takes the records back to an earlier moment, but not the world: machines, labels and the ERP remember what was
// given out since. So whatever identifies something outside continues with a gap, wide enough that nothing is given out a
// second time.
const (
	// RestoreSeqJump is the gap in each device's handshake numbers: 12 days of one cycle a second.
	RestoreSeqJump = 1 << 20
	// RestoreLotJump is the usual gap in each product's lot and serial numbers. It must exceed what a product can get
	// between backup and loss; a plant that makes more, or backs up less than daily, names a larger one.
	RestoreLotJump = 10_000
	// MaxRestoreLotJump keeps serials within digits that scanners and labels know.
	MaxRestoreLotJump = 100_000_000
)

// Strand is the newest row of one strand of the audit trail.
type Strand struct {
	Strand int    `json:"strand"`
	N      int64  `json:"n"`
	Hash   string `json:"hash"` // hex
}

// Tally counts the records and pins the audit trail at one moment.
type Tally struct {
	At         time.Time `json:"at"`
	Schema     int64     `json:"schema"` // version of the newest migration
	Sites      []string  `json:"sites"`
	Orders     int64     `json:"orders"`
	OpenOrders int64     `json:"open_orders"`
	Lots       int64     `json:"lots"`
	OpenLots   int64     `json:"open_lots"`
	Steps      int64     `json:"steps"`
	Blobs      int64     `json:"blobs"`
	AuditRows  int64     `json:"audit_rows"`
	AuditHead  string    `json:"audit_head"` // as `mes audit verify` tells it
	Strands    []Strand  `json:"strands"`
}

// BackupTaken is what the audit trail keeps of a backup.
type BackupTaken struct {
	File    string    `json:"file"`
	SHA256  string    `json:"sha256"`
	Size    int64     `json:"size"`
	BeganAt time.Time `json:"began_at"`
	EndedAt time.Time `json:"ended_at"`
	WALEnd  string    `json:"wal_end"`
	Running bool      `json:"running"` // the plant was at work meanwhile
	By      string    `json:"by"`      // operating system account
}

// Backups tells what is backed up, and keeps that it was.
type Backups interface {
	// Tally counts. It works on any schema version.
	Tally(ctx context.Context) (Tally, error)
	// Taken adds a backup to the audit trail.
	Taken(ctx context.Context, by Actor, b BackupTaken) error
}

// Restore is a restored backup whose records have not been told yet.
type Restore struct {
	ID         string    `json:"id"`
	File       string    `json:"file"`
	SHA256     string    `json:"sha256"`
	TakenAt    time.Time `json:"taken_at"` // end of the backup: what came later is lost
	RestoredAt time.Time `json:"restored_at"`
	By         string    `json:"by"` // operating system account
	LotJump    int64     `json:"lot_jump"`
	Keys       bool      `json:"keys"` // the keys were restored too
	// Before is what the records held when the backup began. What was restored holds it and a little more.
	Before Tally `json:"before"`
}

// Validate names what can't be right.
func (r Restore) Validate() error {
	var f Faults
	f.Check(r.ID != "", "id", "is missing")
	f.Check(r.File != "", "file", "is missing")
	f.Check(!r.TakenAt.IsZero() && !r.RestoredAt.IsZero(), "taken_at", "and restored_at are missing")
	f.Check(r.LotJump >= 1 && r.LotJump <= MaxRestoreLotJump, "lot_jump", "must be 1 to %d", int64(MaxRestoreLotJump))
	return f.Err("This restore can't be taken up.")
}

// Gap is a range of numbers that are never given out: those after From, up to To.
type Gap struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Restored is how the records took a restore up. It stands in the audit trail.
type Restored struct {
	Restore
	// Head pins the audit trail as it was restored, before this entry.
	Head      string         `json:"head"`
	AuditRows int64          `json:"audit_rows"`
	Devices   map[string]Gap `json:"devices"` // handshake numbers
	Lots      map[string]Gap `json:"lots"`    // by product
	Sessions  int64          `json:"sessions_ended"`
}

// Warning is what administrators read.
func (r Restored) Warning() string {
	return fmt.Sprintf("The records were restored from the backup of %s. What was recorded later is lost: pieces made, accounts and tokens changed, certificates given. "+
		"Compare with the floor, the ERP and the labels: mes restore lost.", r.TakenAt.UTC().Format("2006-01-02 15:04:05 MST"))
}

// OpenLot is where a lot stood at the moment of the backup.
type OpenLot struct {
	Lot       string    `json:"lot"`
	Product   string    `json:"product"`
	Order     string    `json:"order"`
	Event     string    `json:"event"` // the last thing that the records know of it
	Operation string    `json:"operation"`
	Step      string    `json:"step"`
	Station   string    `json:"station"`
	At        time.Time `json:"at"`
}

// Restores takes restored records into use.
type Restores interface {
	// Complete does what must happen before anything works on restored records: gaps in numbers, an end to sessions, the
	// audit row and the alert, once per ID. It fails with conflict when the records are not those that were backed up.
	Complete(ctx context.Context, r Restore) (Restored, error)
	// Last is the newest restore. Codes: not_found (never restored).
	Last(ctx context.Context) (Restored, error)
	// OpenAt lists the lots that were on their way at the moment of a restored backup.
	OpenAt(ctx context.Context, r Restored) ([]OpenLot, error)
	// Unknown returns those lots and those message keys to the ERP that the records do not know.
	Unknown(ctx context.Context, lots, keys []string) (unknownLots, unknownKeys []string, err error)
}
