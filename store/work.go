package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// db is what every noun's type is made of: reads that need no transaction go through q, changes through change.
type db struct {
	pool     *pgxpool.Pool
	q        *sqlcgen.Queries
	routings *routings
	models   *seenModels
	charts   *chartCache
	bell     *bell
}

func newDB(pool *pgxpool.Pool) db {
	return db{pool: pool, q: sqlcgen.New(pool), routings: &routings{}, models: &seenModels{}, charts: &chartCache{}, bell: newBell(pool)}
}

// work is one transaction. Queries run at once; what is written through later is sent, in order, in one round trip with
// the audit rows and the commit. So the lock on the audit chain is held for no longer than the server needs to commit.
type work struct {
	*sqlcgen.Queries
	db     db
	tx     *pgxpool.Conn
	later  *sqlcgen.Queries
	batch  *pgx.Batch
	audits []sqlcgen.AppendAuditParams
	events []mes.Event
	// observed tells that control charts were written to.
	observed bool
	// soon is begun after the commit and nobody waits for it: only what somebody else does in any case, a little later.
	soon []func(ctx context.Context)
}

// change runs f in a transaction and commits. f may run again when the database names it the victim of a deadlock, so
// it must leave nothing behind outside the transaction.
func (d db) change(ctx context.Context, f func(w *work) error) error {
	return d.changeAfter(ctx, func(*pgx.Batch) {}, f)
}

// changeAfter is change with statements that travel in the same round trip as the transaction's beginning.
func (d db) changeAfter(ctx context.Context, first func(*pgx.Batch), f func(w *work) error) error {
	const tries = 5
	var err error
	for range tries {
		if err = d.once(ctx, first, f); !again(err) {
			break
		}
	}
	return translate(err)
}

func (d db) once(ctx context.Context, first func(*pgx.Batch), f func(w *work) error) error {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	w := &work{Queries: sqlcgen.New(c), db: d, tx: c, batch: &pgx.Batch{}}
	w.later = sqlcgen.New(queue{w.batch})
	w.batch.Queue("begin")
	first(w.batch)
	if err = w.flush(ctx); err == nil {
		err = f(w)
	}
	if err == nil {
		err = w.commit(ctx)
	}
	if err == nil {
		d.bell.ring(w.events)
		for _, begin := range w.soon {
			go begin(context.WithoutCancel(ctx))
		}
		return nil
	}
	if c.Conn().PgConn().TxStatus() != 'I' {
		// The caller's context may be over; a connection that can't roll back is closed by the pool.
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		_, _ = c.Exec(undo, "rollback")
	}
	return err
}

// commit sends what was written later. In a pipeline the first error makes the server skip all that follows, the commit
// included.
func (w *work) commit(ctx context.Context) error {
	for _, a := range w.audits {
		if err := w.later.AppendAudit(ctx, a); err != nil {
			return err
		}
	}
	w.batch.Queue("commit")
	return w.flush(ctx)
}

// flush sends what waits, within the transaction, so that a read may see it.
func (w *work) flush(ctx context.Context) error {
	if w.batch.Len() == 0 {
		return nil
	}
	sent := *w.batch
	*w.batch = pgx.Batch{}
	return w.tx.SendBatch(ctx, &sent).Close()
}

// tell adds an event for listeners, once.
func (w *work) tell(site string, kind mes.EventKind, id string) {
	e := mes.Event{Kind: kind, ID: id, Site: site}
	if id != "" && !slices.Contains(w.events, e) {
		w.events = append(w.events, e)
	}
}

// audit adds a row to the audit trail, with what was before and after as JSON documents; nil stores none.
func (w *work) audit(by mes.Actor, action, noun, subject, reason, key string, before, after any) error {
	b, err := document(before)
	if err != nil {
		return err
	}
	a, err := document(after)
	if err != nil {
		return err
	}
	w.audits = append(w.audits, sqlcgen.AppendAuditParams{Actor: by.ID, Action: action, Noun: noun, Subject: subject, Reason: reason,
		Before: b, After: a, Source: by.From(), Key: key})
	return nil
}

// send adds an outbox message.
func (w *work) send(ctx context.Context, to mes.Destination, kind, key, subject string, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	w.tell("", mes.EventOutbox, string(to))
	return w.later.AddMessage(ctx, sqlcgen.AddMessageParams{Destination: string(to), Kind: kind, Key: key, Subject: subject, Payload: b})
}

// remember keeps the answer to a key. The key's row also stops a second writer that did not wait for the first one's lock.
func (w *work) remember(ctx context.Context, key, subject string, answer any) error {
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return w.later.AddEntryKey(ctx, sqlcgen.AddEntryKeyParams{Key: key, Subject: subject, Answer: b})
}

// answered reads the first answer to a key; found is false for a new key.
func (w *work) answered(ctx context.Context, key string, answer any) (found bool, err error) {
	b, err := w.EntryAnswer(ctx, key)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(b, answer)
}

func document(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// queue makes sqlc's statements wait in a batch. Statements that return rows can't wait.
type queue struct{ batch *pgx.Batch }

var errNoRowsLater = errors.New("store: a statement that returns rows was queued")

func (q queue) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	q.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

func (q queue) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return nil, fmt.Errorf("query: %w", errNoRowsLater)
}

func (q queue) QueryRow(context.Context, string, ...any) pgx.Row { return noRow{} }

type noRow struct{}

func (noRow) Scan(...any) error { return errNoRowsLater }
