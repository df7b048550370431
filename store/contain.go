package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() { reactions[mes.ReactHold] = reactByHold }

// containChunk is how many lots are taken under the guard in one transaction: each keeps its row locked until the commit,
// and a station waits for it no longer than that.
const containChunk = 1000

// contain places a containment in a transaction that already runs: its row, the guard on what it names, and the message that
// starts its workflow. It answers the containment's ID; the same key answers the same one. What genealogy adds, and what is
// named beyond the first thousand, is found by the workflow. A refusal leaves nothing behind.
func (w *work) contain(ctx context.Context, by mes.Actor, r mes.ContainmentRequest) (string, error) {
	if err := r.Validate(); err != nil {
		return "", err
	}
	if err := w.flush(ctx); err != nil { // what this transaction has written may meet the criterion
		return "", err
	}
	if r.Key == "" {
		r.Key = uuid.NewString()
	}
	if err := w.LockContainmentKey(ctx, sqlcgen.LockContainmentKeyParams{Site: r.Site, Key: r.Key}); err != nil {
		return "", err
	}
	id, err := w.ContainmentByKey(ctx, sqlcgen.ContainmentByKeyParams{Site: r.Site, Key: r.Key})
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return "", err
	}
	named, err := w.named(ctx, r)
	if err != nil {
		return "", err
	}
	if id, err = w.addContainment(ctx, by, r, now); err != nil {
		return "", err
	}
	c := r.Criterion
	if _, err := w.take(ctx, containing{site: r.Site, id: id, by: by, why: "named", lots: named, up: c.Follow.Up(), down: c.Follow.Down()}); err != nil {
		return "", err
	}
	if err := w.ContainmentGuarded(ctx, sqlcgen.ContainmentGuardedParams{Site: r.Site, ID: id}); err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s holds %s: %s", id, c.Title(), r.Reason)
	if err := w.alert(ctx, "hold/"+r.Site+"/"+id, mes.Alert{Site: r.Site, Kind: mes.AlertContained, Severity: r.Severity, Noun: mes.NounContainment, Subject: id, Text: text, Role: mes.RoleQuality}); err != nil {
		return "", err
	}
	if err := w.audit(by, "placed", mes.NounContainment, id, r.Reason, r.Key, nil, r); err != nil {
		return "", err
	}
	w.soon = append(w.soon, func(ctx context.Context) { (&Containments{w.db}).findSoon(ctx, r.Site, id) })
	return id, w.send(ctx, mes.ToWorkflow, mes.MessageContained, r.Site+"/"+id, containmentSubject(r.Site, id), mes.ContainmentMoved{Site: r.Site, Containment: id, Severity: r.Severity})
}

// containmentSubject keeps the messages of one containment in order.
func containmentSubject(site, id string) string { return "hold/" + site + "/" + id }

// named finds and locks the first lots that the criterion names. The locks come before the containment's number: whoever
// holds a lot and wants a number would otherwise wait for one who holds the number and wants the lot.
func (w *work) named(ctx context.Context, r mes.ContainmentRequest) ([]string, error) {
	criterion, err := json.Marshal(r.Criterion)
	if err != nil {
		return nil, err
	}
	lots, err := w.MatchesOf(ctx, sqlcgen.MatchesOfParams{Site: r.Site, Kind: string(r.Criterion.Kind), Criterion: criterion, Most: containChunk})
	if err != nil {
		return nil, err
	}
	for _, l := range r.Criterion.Lots {
		if !slices.Contains(lots, l) {
			return nil, mes.NotFound("Lot", l)
		}
	}
	_, err = w.LockAnyLots(ctx, lots)
	return lots, err
}

func (w *work) addContainment(ctx context.Context, by mes.Actor, r mes.ContainmentRequest, now time.Time) (string, error) {
	criterion, err := json.Marshal(r.Criterion)
	if err != nil {
		return "", err
	}
	n, err := w.NextContainment(ctx, r.Site)
	if err != nil {
		return "", err
	}
	since := now
	if r.Since != nil && r.Since.Before(now) {
		since = *r.Since
	}
	id := fmt.Sprintf("H-%04d", n)
	w.tell(r.Site, mes.EventHold, id)
	return id, w.AddContainment(ctx, sqlcgen.AddContainmentParams{Site: r.Site, ID: id, N: n, Key: r.Key, Kind: string(r.Criterion.Kind), Title: r.Criterion.Title(), Criterion: criterion,
		Reason: r.Reason, Severity: string(r.Severity), SourceNoun: r.Source.Noun, SourceSubject: r.Source.Subject, Watching: r.Criterion.Watched(now), PlacedBy: by.ID,
		Since: since, RequestedAt: now})
}

// containing is lots on their way into a containment.
type containing struct {
	site, id string
	by       mes.Actor
	why      string
	lots     []string
	vias     []string // by which each was found; nil for those that are named
	depth    int
	up, down bool
	joined   bool
}

// take brings lots under the guard, tells the screens that show them, and answers how many are new.
func (w *work) take(ctx context.Context, c containing) (int, error) {
	if len(c.lots) == 0 {
		return 0, nil
	}
	if c.vias == nil {
		c.vias = make([]string, len(c.lots))
	}
	rows, err := w.tx.Query(ctx, `SELECT added, station, stations, place FROM contain_lots($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.site, c.id, c.lots, c.vias, c.why, c.depth, c.up, c.down, c.joined)
	if err != nil {
		return 0, err
	}
	var lot, station, place string
	var stations, added []string
	_, err = pgx.ForEachRow(rows, []any{&lot, &station, &stations, &place}, func() error {
		added = append(added, lot)
		w.tell(c.site, mes.EventStation, station)
		for _, s := range stations {
			w.tell(c.site, mes.EventStation, s)
		}
		return nil
	})
	if err != nil || len(added) == 0 {
		return 0, err
	}
	w.tellLots(c.site, added)
	w.tell(c.site, mes.EventHold, c.id)
	return len(added), w.audit(c.by, "contained", mes.NounContainment, c.id, "", "", nil, map[string]any{"lots": added, "why": c.why, "depth": c.depth})
}

// tellLots names a few lots, and leaves a flood to those who follow the containment or a station.
func (w *work) tellLots(site string, lots []string) {
	const flood = 100
	if len(lots) > flood {
		w.tell(site, mes.EventMaterial, lots[0])
		return
	}
	for _, l := range lots {
		w.tell(site, mes.EventLot, l)
	}
}

// refuseHeld takes the locks of lots and refuses when one of them, or the order that makes it, is on hold. It is the guard
// of every path that moves lots and does not read their holds by itself.
func (w *work) refuseHeld(ctx context.Context, lots ...string) error {
	lots = slices.Compact(slices.Sorted(slices.Values(lots)))
	if _, err := w.LockAnyLots(ctx, lots); err != nil {
		return err
	}
	rows, err := w.HeldNow(ctx, lots) // a statement of its own: it sees what the locks' last holders committed
	if err != nil || len(rows) == 0 {
		return err
	}
	h := rows[0]
	return mes.Hold{Scope: mes.HoldScope(h.Scope), Subject: h.Subject, Reason: h.Reason, Containment: h.Containment}.Refusal()
}

// Held reads the first open hold on a lot or its order.
func (l *Lots) Held(ctx context.Context, _, lot string) (*mes.Hold, error) {
	rows, err := l.q.HeldNow(ctx, []string{lot})
	if err != nil || len(rows) == 0 {
		return nil, translate(err)
	}
	h := rows[0]
	return &mes.Hold{Scope: mes.HoldScope(h.Scope), Subject: h.Subject, Reason: h.Reason, Containment: h.Containment}, nil
}

// reactByHold contains what a rule's group names. A rule that acts again on what an open containment holds already makes no
// second one.
func reactByHold(ctx context.Context, w *work, f mes.Firing) (string, error) {
	r := f.Containment()
	criterion, err := json.Marshal(r.Criterion)
	if err != nil {
		return "", err
	}
	id, err := w.OpenContainmentOf(ctx, sqlcgen.OpenContainmentOfParams{Site: r.Site, Kind: string(r.Criterion.Kind), Criterion: criterion})
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	return w.contain(ctx, mes.Actor{ID: mes.ActorSystem, Source: "rule " + f.Rule.ID}, r)
}

// containedBy names the containments that holds belong to.
func containedBy(holds []mes.Hold) string {
	var ids []string
	for _, h := range holds {
		if h.Containment != "" && !slices.Contains(ids, h.Containment) {
			ids = append(ids, h.Containment)
		}
	}
	return strings.Join(ids, ", ")
}
