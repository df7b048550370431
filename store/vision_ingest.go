package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Ingest stores a result once, and decides under the lot's lock what it means: the lot waits for it and its workflow is
// told, or it comes late and stops the lot unless it is a pass, or nothing here knows it. Results that come at the same
// moment share a transaction, since most of its price is the disk's.
func (v *Visions) Ingest(ctx context.Context, r mes.VisionResult) (mes.VisionReceipt, error) {
	r = r.Completed()
	if err := r.Validate(); err != nil {
		return mes.VisionReceipt{}, err
	}
	return v.intake.take(ctx, newIngestion(r))
}

func newIngestion(r mes.VisionResult) *ingestion {
	i := &ingestion{r: r, id: uuid.NewString()}
	if i.picture = r.ImageHash; i.picture == "" && len(r.Image) > 0 {
		i.picture = mes.PictureHash(r.Image)
	}
	if i.r.Key == "" {
		i.r.Key = madeKey(r, i.picture)
	}
	return i
}

// madeKey is the identity of a result whose sender gave none: the same camera, place and picture is the same result. One
// without a picture is known by its body.
func madeKey(r mes.VisionResult, image string) string {
	parts := []string{r.Camera, r.Lot, r.Operation, r.Step, fmt.Sprint(r.Shot), image}
	if image == "" || r.Event || r.Kind != mes.VisionQuality {
		body := sha256.Sum256(r.Body)
		parts = append(parts, string(r.Kind), string(body[:]))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "made:" + hex.EncodeToString(sum[:16])
}

// group is the results of one transaction, with what the ledger knows of their lots and cameras.
type group struct {
	db      db
	list    []*ingestion
	now     time.Time
	lots    map[string]sqlcgen.LockLotsForVerdictRow
	cameras map[string]sqlcgen.CamerasForVerdictRow
	known   map[[2]string]mes.VisionReceipt
}

// store ingests the results in one transaction. Those that make more happen than their own rows, a hold or a reaction of a
// rule, are left for a transaction of their own when others are with them: they lock much, and may be refused.
func (v *Visions) store(ctx context.Context, list []*ingestion) error {
	g := &group{db: v.db, list: list}
	return v.changeAfter(ctx, g.ask, func(w *work) error {
		for _, i := range list {
			if err := g.one(ctx, w, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// ask reads all that is needed in the round trip of the transaction's beginning. It may run again.
func (g *group) ask(b *pgx.Batch) {
	g.lots, g.cameras, g.known = map[string]sqlcgen.LockLotsForVerdictRow{}, map[string]sqlcgen.CamerasForVerdictRow{}, map[[2]string]mes.VisionReceipt{}
	var lots, cameras, ofKey, keys []string
	for _, i := range g.list {
		if i.r.Lot != "" {
			lots = append(lots, i.r.Lot)
		}
		cameras, ofKey, keys = append(cameras, i.r.Camera), append(ofKey, i.r.Camera), append(keys, i.r.Key)
	}
	slices.Sort(lots)
	slices.Sort(cameras)
	b.Queue(sqlcgen.Now).QueryRow(func(row pgx.Row) error { return row.Scan(&g.now) })
	b.Queue(sqlcgen.LockLotsForVerdict, slices.Compact(lots)).Query(rowsTo(func(l sqlcgen.LockLotsForVerdictRow) { g.lots[l.ID] = l }))
	b.Queue(sqlcgen.CamerasForVerdict, slices.Compact(cameras)).Query(rowsTo(func(c sqlcgen.CamerasForVerdictRow) { g.cameras[c.Camera] = c }))
	b.Queue(sqlcgen.VisionsByKey, ofKey, keys).Query(rowsTo(func(k sqlcgen.VisionsByKeyRow) {
		g.known[[2]string{k.Camera, k.Key}] = mes.VisionReceipt{ID: k.ID, Match: mes.MatchDuplicate, Image: k.Image}
	}))
}

// rowsTo hands every row of a queued statement on.
func rowsTo[T any](take func(T)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		for _, one := range list {
			take(one)
		}
		return err
	}
}

// one stores a result unless it is known or left for later.
func (g *group) one(ctx context.Context, w *work, i *ingestion) error {
	name := [2]string{i.r.Camera, i.r.Key}
	if first, ok := g.known[name]; ok {
		i.receipt = first
		return nil
	}
	i.work, i.db, i.now = w, g.db, g.now
	if err := i.judge(ctx, g.lots[i.r.Lot], g.cameras[i.r.Camera]); err != nil {
		return err
	}
	if i.alone = i.acts() && len(g.list) > 1; i.alone {
		return nil
	}
	if err := i.write(ctx); err != nil {
		return err
	}
	if err := i.follow(ctx); err != nil {
		return err
	}
	g.known[name] = mes.VisionReceipt{ID: i.id, Match: mes.MatchDuplicate, Image: i.image}
	return nil
}

// twice tells that another process stored the same result between the question and the answer.
func twice(err error) bool {
	return violates(err, "vision_result_camera_key_key")
}

// singly gives a result a transaction of its own, so that one that the database refuses takes no other with it. A result
// that another process stored at the same moment is found there by the second try.
func (v *Visions) singly(ctx context.Context, i *ingestion) {
	for range 3 {
		i.id = uuid.NewString()
		if i.err = v.store(ctx, []*ingestion{i}); !twice(i.err) {
			return
		}
	}
}
