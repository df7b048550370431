package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Restores takes records into use that came out of a backup.
type Restores struct{ db }

var _ mes.Restores = (*Restores)(nil)

// Complete does everything in one transaction under the restore's ID, so a start that dies in it is followed by one that
// does it, and one after it changes nothing.
func (r *Restores) Complete(ctx context.Context, in mes.Restore) (mes.Restored, error) {
	if err := in.Validate(); err != nil {
		return mes.Restored{}, err
	}
	var out mes.Restored
	err := r.change(ctx, func(w *work) error {
		out = mes.Restored{Restore: in}
		key := "restored:" + in.ID
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		if err := w.proveOrigin(ctx, in); err != nil {
			return err
		}
		if err := w.leaveGaps(ctx, &out); err != nil {
			return err
		}
		if err := w.alertOfRestore(ctx, out, key); err != nil {
			return err
		}
		before := map[string]any{"rows": in.Before.AuditRows, "head": in.Before.AuditHead, "at": in.Before.At}
		if err := w.audit(mes.Actor{ID: "command-line"}, "restored", "restore", in.File, "", key, before, out); err != nil {
			return err
		}
		return w.remember(ctx, key, in.File, out)
	})
	return out, err
}

// proveOrigin compares the audit trail with the rows that the backup's manifest pins.
func (w *work) proveOrigin(ctx context.Context, in mes.Restore) error {
	strands, err := json.Marshal(in.Before.Strands)
	if err != nil {
		return err
	}
	if in.Before.Strands == nil {
		strands = []byte("[]")
	}
	lacking, err := w.MissingStrands(ctx, strands)
	if err != nil {
		return err
	}
	if len(lacking) > 0 {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The restored audit trail does not hold the rows that %s names for strands %v.", in.File, lacking),
			"Nothing was changed.", "These are not the records that were backed up. Restore again from another copy.")
	}
	return nil
}

// leaveGaps lets numbers that the world may have seen since the backup be, and ends all sessions.
func (w *work) leaveGaps(ctx context.Context, out *mes.Restored) error {
	heads, err := w.AuditHeads(ctx)
	if err != nil {
		return err
	}
	out.Head, out.AuditRows = pin(heads)
	devices, err := w.JumpDevices(ctx, mes.RestoreSeqJump)
	if err != nil {
		return err
	}
	lots, err := w.JumpLots(ctx, out.LotJump)
	if err != nil {
		return err
	}
	out.Devices, out.Lots = map[string]mes.Gap{}, map[string]mes.Gap{}
	for _, d := range devices {
		out.Devices[d.ID] = mes.Gap{From: d.LastSeq - mes.RestoreSeqJump, To: d.LastSeq}
	}
	for _, l := range lots {
		out.Lots[l.Product] = mes.Gap{From: l.Last - out.LotJump, To: l.Last}
	}
	out.Sessions, err = w.EndSessions(ctx)
	return err
}

func (w *work) alertOfRestore(ctx context.Context, out mes.Restored, key string) error {
	sites, err := w.SiteIDs(ctx)
	if err != nil {
		return err
	}
	for _, site := range sites {
		err := w.alert(ctx, key+"/"+site, mes.Alert{Site: site, Kind: mes.AlertRestored, Severity: mes.SeverityCritical, Noun: "restore",
			Subject: out.File, Text: out.Warning(), Role: mes.RoleAdmin})
		if err != nil {
			return err
		}
	}
	return nil
}

// Last reads the newest restore from the audit trail.
func (r *Restores) Last(ctx context.Context) (mes.Restored, error) {
	doc, err := r.q.LastRestore(ctx)
	if err != nil {
		return mes.Restored{}, missing(err, "Restore", "")
	}
	var out mes.Restored
	return out, json.Unmarshal(doc, &out)
}

// OpenAt lists the lots that were on their way when the records were taken up again.
func (r *Restores) OpenAt(ctx context.Context, in mes.Restored) ([]mes.OpenLot, error) {
	rows, err := r.q.OpenLotsAt(ctx, in.RestoredAt)
	out := make([]mes.OpenLot, len(rows))
	for i, l := range rows {
		out[i] = mes.OpenLot{Lot: l.ID, Product: l.Material, Order: l.WorkOrder, Event: l.Kind, Operation: l.Operation, Step: l.Step, Station: l.Station, At: l.At}
	}
	return out, translate(err)
}

// Unknown returns what the records do not know.
func (r *Restores) Unknown(ctx context.Context, lots, keys []string) (unknownLots, unknownKeys []string, err error) {
	if unknownLots, err = r.q.UnknownLots(ctx, lots); err != nil {
		return nil, nil, translate(err)
	}
	unknownKeys, err = r.q.UnknownKeys(ctx, keys)
	return unknownLots, unknownKeys, translate(err)
}

// Backups tells what is backed up.
type Backups struct {
	db
	close func()
}

var _ mes.Backups = (*Backups)(nil)

// OpenBackups connects for a backup. Unlike Open it takes an older schema too: one backs up before one migrates.
func OpenBackups(ctx context.Context, url string) (*Backups, error) {
	pool, err := openPool(ctx, url)
	if err != nil {
		return nil, err
	}
	d := newDB(pool)
	return &Backups{db: d, close: func() { d.bell.close(); pool.Close() }}, nil
}

// Close ends the connections.
func (b *Backups) Close() { b.close() }

// Tally counts in one snapshot.
func (b *Backups) Tally(ctx context.Context) (mes.Tally, error) {
	var t mes.Tally
	err := b.unhurried(ctx, func(tx pgx.Tx) error {
		q := sqlcgen.New(tx)
		n, err := q.Tally(ctx)
		if err != nil {
			return err
		}
		t = mes.Tally{At: n.At, Orders: n.Orders, OpenOrders: n.OpenOrders, Lots: n.Lots, OpenLots: n.OpenLots, Steps: n.Steps, Blobs: n.Blobs}
		if t.Sites, err = q.SiteIDs(ctx); err != nil {
			return err
		}
		heads, err := q.AuditHeads(ctx)
		if err != nil {
			return err
		}
		t.AuditHead, t.AuditRows = pin(heads)
		strands, err := q.AuditStrands(ctx)
		if err != nil {
			return err
		}
		for _, s := range strands {
			t.Strands = append(t.Strands, mes.Strand{Strand: s.Strand, N: s.N, Hash: s.Hash})
		}
		return tx.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&t.Schema)
	})
	return t, translate(err)
}

// Taken adds a backup to the audit trail.
func (b *Backups) Taken(ctx context.Context, by mes.Actor, t mes.BackupTaken) error {
	return b.change(ctx, func(w *work) error { return w.audit(by, "backed_up", "backup", t.File, "", "", nil, t) })
}

// NewestSchema is the version that this program's migrations lead to.
func NewestSchema() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, n)
	}
	return newest, nil
}
