package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Audits reads the audit trail, and appends what has no transaction of its own.
type Audits struct{ db }

var _ mes.Audits = (*Audits)(nil)

// Append stores a row. Time and place in the chain are the database's.
func (a *Audits) Append(ctx context.Context, r mes.AuditRow) error {
	return translate(a.q.AppendAudit(ctx, sqlcgen.AppendAuditParams{Actor: printable(r.Actor), Action: r.Action, Noun: r.Noun, Subject: printable(r.Subject),
		Reason: printable(r.Reason), Before: r.Before, After: r.After, Source: printable(r.Source), Key: r.Key}))
}

// unhurried runs a long read in one snapshot, without the time limit that other statements have.
func (d db) unhurried(ctx context.Context, f func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		return f(tx)
	})
}

// List reads a page of the trail, newest first.
func (a *Audits) List(ctx context.Context, f mes.AuditFilter) (mes.Page[mes.AuditRow], error) {
	l := newListing("audit a", f.Paging, sorts{"": nil}, column{"a.id", "bigint", true})
	l.where("a.noun = ?", f.Noun).where("a.subject = ?", f.Subject).where("a.actor = ?", f.Actor).where("a.action = ?", f.Action)
	l.between("a.at", f.From, f.To)
	if f.FromID > 0 || f.ToID > 0 {
		l.where("a.id >= ?", f.FromID).where("a.id <= ?", f.ToID)
	}
	l.search(f.Text, "a.subject", "a.actor", "a.action", "a.reason")
	const columns = "a.id, a.at, a.actor, a.action, a.noun, a.subject, a.reason, a.before, a.after, a.source, a.key, encode(a.hash, 'hex')"
	return page(ctx, a.db, l, columns, func(r *mes.AuditRow) []any {
		return []any{&r.ID, &r.At, &r.Actor, &r.Action, &r.Noun, &r.Subject, &r.Reason, &r.Before, &r.After, &r.Source, &r.Key, &r.Hash}
	})
}
