package witness

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
)

const (
	// look is how often the trail's length is read.
	look = 5 * time.Second
	// busyRows new rows bring a checkpoint before its time.
	busyRows = 5_000
	// day is how often the whole trail is checked.
	day = 24 * time.Hour
	// farewell bounds the last checkpoint, at an orderly stop.
	farewell = 5 * time.Second
)

// Sites lists the sites whose people are alerted.
type Sites interface {
	Sites(ctx context.Context) ([]string, error)
}

// Reviews tells when each site's people last reviewed the trail.
type Reviews interface {
	// DueReview is when the site's next review is due.
	DueReview(ctx context.Context, site string, every time.Duration) (time.Time, error)
}

// Keeper makes checkpoints and checks the trail each day. Several may run side by side.
type Keeper struct {
	Audits  mes.Audits
	Alerts  mes.Alerts
	Sites   Sites
	Reviews Reviews // nil asks nobody for reviews
	Keys    Keys
	Log     Log
	// Every is the longest time between a row and the checkpoint that pins it.
	Every time.Duration
	// Review is how often people review the trail.
	Review time.Duration
	Logger *slog.Logger
	// Prover checks the trail; it is the same one that people ask.
	Prover *Prover

	compared time.Time // when the file was last compared with the database
}

// Prepare makes the key at the first start, and finishes a handover that was cut off.
func (k *Keeper) Prepare(ctx context.Context) error {
	if err := k.finishHandover(ctx); err != nil {
		return err
	}
	public, made, err := k.Keys.Make()
	if err != nil || !made {
		return err
	}
	id := mes.KeyID(public)
	k.Logger.Info("made the audit key: keep a copy of its public half elsewhere", "file", k.Keys.File, "key", id)
	return k.Audits.Append(ctx, mes.AuditRow{Actor: mes.ActorSystem, Action: "audit_key_made", Noun: "audit", Subject: id,
		Reason: "there was no key yet", After: fmt.Appendf(nil, `{"key":%q,"public":%q}`, id, hex.EncodeToString(public))})
}

// Run works until the context ends, and makes a last checkpoint then.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(min(look, k.Every))
	defer tick.Stop()
	k.once(ctx, true)
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
			defer cancel()
			k.checkpoint(last, true)
			return nil
		case <-tick.C:
			k.once(ctx, false)
		}
	}
}

// once does what is due: a checkpoint, the daily check, the question after reviews.
func (k *Keeper) once(ctx context.Context, now bool) {
	k.checkpoint(ctx, now)
	k.daily(ctx)
}

// checkpoint makes one when it is due. Where nothing was added, the file is compared all the same, so that an end which
// is cut off while nobody works is noticed too.
func (k *Keeper) checkpoint(ctx context.Context, now bool) {
	newest, err := k.Audits.NewestCheckpoint(ctx)
	if err == nil && (now || k.due(ctx, newest) || time.Since(k.compared) >= k.Every) {
		k.compared = time.Now()
		_, err = k.Checkpoint(ctx)
	}
	if err != nil && ctx.Err() == nil {
		k.failed(ctx, err)
	}
}

func (k *Keeper) due(ctx context.Context, newest mes.Checkpoint) bool {
	rows, err := k.Audits.Rows(ctx)
	if err != nil {
		return false // the database is away; the next look tells
	}
	return rows > newest.Rows && (time.Since(newest.At) >= k.Every || rows-newest.Rows >= busyRows)
}

// Checkpoint makes a checkpoint if rows were added, and copies it to the file and to the log.
func (k *Keeper) Checkpoint(ctx context.Context) (mes.Checkpoint, error) {
	return k.seal(ctx, false, func(private ed25519.PrivateKey, next *mes.Checkpoint) error { next.Sign(private); return nil })
}

func (k *Keeper) seal(ctx context.Context, always bool, sign func(ed25519.PrivateKey, *mes.Checkpoint) error) (mes.Checkpoint, error) {
	private, err := k.Keys.Private()
	if err != nil {
		return mes.Checkpoint{}, err
	}
	// The file first: a trail that was cut off gets no new checkpoint on top.
	if _, err := k.catchUp(ctx); err != nil {
		return mes.Checkpoint{}, err
	}
	c, made, err := k.Audits.Checkpoint(ctx, always, func(last mes.Checkpoint, next *mes.Checkpoint) error {
		if err := k.maySign(last, private); err != nil {
			return err
		}
		return sign(private, next)
	})
	if err != nil || !made {
		return c, err
	}
	k.Logger.Info("audit checkpoint", "n", c.N, "rows", c.Rows, "digest", c.Digest(), "key", c.Key)
	_, err = k.catchUp(ctx)
	return c, err
}

// catchUp brings the file up to date; a new file beside old checkpoints is noted, since someone took the old one away.
func (k *Keeper) catchUp(ctx context.Context) (bool, error) {
	restarted, err := k.Log.CatchUp(ctx, k.Audits)
	if err != nil || !restarted {
		return restarted, err
	}
	k.Logger.Warn("the checkpoints' file was missing and was written anew from the database", "file", k.Log.File)
	return true, k.Audits.Append(ctx, mes.AuditRow{Actor: mes.ActorSystem, Action: "audit_log_restarted", Noun: "audit", Subject: "checkpoints",
		Reason: "the checkpoints' file outside the database was missing"})
}

// maySign refuses to go on with a key that nothing connects with the last checkpoint's.
func (k *Keeper) maySign(last mes.Checkpoint, private ed25519.PrivateKey) error {
	public := publicOf(private)
	if last.N == 0 || last.Next == "" && last.Key == mes.KeyID(public) || last.Next == hex.EncodeToString(public) {
		return nil
	}
	known, _, err := k.Keys.Known()
	if err == nil && known[last.Key] && last.Key != mes.KeyID(public) {
		return nil // the old key is lost, but its public half is known here
	}
	return fmt.Errorf("checkpoint %d is signed with key %s; %s is another key, and the last one did not name it. Nothing was signed. "+
		"Put the right key there, or the old public key beside it as a .pub file", last.N, last.Key, k.Keys.File)
}

// failed tells of a checkpoint that could not be made; a trail that does not fit is an alert.
func (k *Keeper) failed(ctx context.Context, err error) {
	var broken *Broken
	if !errors.As(err, &broken) {
		k.Logger.Error("no audit checkpoint was made", "err", err)
		return
	}
	k.alarm(ctx, broken.Why)
}

// alarm alerts auditors and administrators of every site, once a day.
func (k *Keeper) alarm(ctx context.Context, why string) {
	k.Logger.Error("the audit trail does not fit", "why", why)
	sites, err := k.Sites.Sites(ctx)
	if err != nil {
		k.Logger.Error("nobody is alerted of it", "err", err)
		return
	}
	today := time.Now().UTC().Format(time.DateOnly)
	for _, site := range sites {
		for _, role := range []mes.Role{mes.RoleAuditor, mes.RoleAdmin} {
			a := mes.Alert{Site: site, Kind: mes.AlertAuditBroken, Severity: mes.SeverityCritical, Noun: "audit", Subject: "trail", Role: role,
				Text: "The audit trail does not fit: " + why + "."}
			if err := k.Alerts.Raise(ctx, "audit_broken/"+site+"/"+string(role)+"/"+today, a); err != nil {
				k.Logger.Error("nobody is alerted of it", "err", err)
			}
		}
	}
}

// daily checks the whole trail when the last whole check is a day old, and asks for reviews that are due.
func (k *Keeper) daily(ctx context.Context) {
	last, err := k.Audits.LastVerified(ctx, true)
	if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return // the database is away
	}
	if err == nil && time.Since(last.At) < day {
		return
	}
	v, err := k.Prover.Check(ctx, mes.ActorSystem, true)
	switch {
	case mes.CodeOf(err) == mes.CodeConflict || ctx.Err() != nil:
	case err != nil:
		k.Logger.Error("the audit trail was not checked", "err", err)
	case !v.OK:
		k.alarm(ctx, said(v))
	}
	k.askForReviews(ctx)
}

func said(v mes.AuditVerdict) string {
	if v.Bad != 0 {
		return "row " + strconv.FormatInt(v.Bad, 10) + ": " + v.Why
	}
	return v.Why
}

// askForReviews alerts each site's auditors once for each review that is due.
func (k *Keeper) askForReviews(ctx context.Context) {
	if k.Reviews == nil || k.Review <= 0 {
		return
	}
	sites, err := k.Sites.Sites(ctx)
	if err != nil {
		return // the next day asks again
	}
	for _, site := range sites {
		due, err := k.Reviews.DueReview(ctx, site, k.Review)
		if err != nil || time.Now().Before(due) {
			continue
		}
		a := mes.Alert{Site: site, Kind: mes.AlertReviewDue, Severity: mes.SeverityMedium, Noun: "audit", Subject: "review", Role: mes.RoleAuditor,
			Text: "The review of the audit trail is due since " + due.UTC().Format(time.DateOnly) + "."}
		if err := k.Alerts.Raise(ctx, "review_due/"+site+"/"+due.UTC().Format(time.DateOnly), a); err != nil {
			k.Logger.Error("nobody is asked for the review of the audit trail", "err", err)
		}
	}
}
