package store

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
)

// rollbackTimeout bounds the wait for a rollback after the caller has gone.
const rollbackTimeout = 2 * time.Second

// SQLSTATE codes (PostgreSQL manual, appendix A).
const (
	codeDeadlock     = "40P01"
	codeSerialize    = "40001"
	codeUnique       = "23505"
	codeLockTimeout  = "55P03"
	codeTooManyConns = "53300"
	codeBadText      = "22021" // bytes that are no UTF-8, or the zero character
	codeBadEscape    = "22P05" // the same, escaped in a JSON document
	classConnection  = "08"
	classShutdown    = "57P"
)

// again tells whether running the whole transaction once more may succeed: a deadlock's victim, or two writers of the
// same key of whom the later one now finds the first one's answer.
func again(err error) bool {
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		return false
	}
	return p.Code == codeDeadlock || p.Code == codeSerialize || p.Code == codeUnique && p.ConstraintName == "entry_key_pkey"
}

// violates tells whether err is the breach of the named unique constraint.
func violates(err error, constraint string) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == codeUnique && p.ConstraintName == constraint
}

// translate turns what the database says into a refusal where the caller may simply try again; a refusal of ours and
// everything that is a defect stay as they are.
func translate(err error) error {
	var ours *mes.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	if away(err) {
		return &outage{cause: err}
	}
	var p *pgconn.PgError
	if errors.As(err, &p) && (p.Code == codeBadText || p.Code == codeBadEscape) {
		// No retry makes it fit: a workflow must learn that it is refused.
		return mes.Refuse(mes.CodeUnprocessable, "A text holds characters that can't be stored.", "Nothing was stored.", "Leave them out and send it again.")
	}
	return err
}

// away tells whether the database, not the statement, is the reason.
func away(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return strings.HasPrefix(p.Code, classConnection) || strings.HasPrefix(p.Code, classShutdown) ||
			p.Code == codeTooManyConns || p.Code == codeLockTimeout
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, pgx.ErrNoRows) {
		return false
	}
	var n net.Error
	var c *pgconn.ConnectError
	return errors.As(err, &c) || errors.As(err, &n) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || closedUnderUs(err)
}

func closedUnderUs(err error) bool {
	text := err.Error()
	return strings.Contains(text, "conn closed") || strings.Contains(text, "unexpected EOF") || strings.Contains(text, "closed the connection")
}

// outage is a refusal that keeps its cause for the log.
type outage struct{ cause error }

func (o *outage) Error() string { return "the database does not answer: " + o.cause.Error() }

// Unwrap gives both the refusal for the caller and the cause for the log.
func (o *outage) Unwrap() []error {
	return []error{&mes.Error{Code: mes.CodeUnavailable, What: "The database does not answer.", Kept: "Nothing new was stored.",
		Do: "Try again in a moment.", Retry: true}, o.cause}
}

// missing turns "no rows" into not_found of the named thing.
func missing(err error, noun, id string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.NotFound(noun, id)
	}
	return translate(err)
}

// badCursor turns "can't read this text as a number or time" into a refusal: only a cursor made by hand does that.
func badCursor(err error) error {
	var p *pgconn.PgError
	if errors.As(err, &p) && (p.Code == "22P02" || p.Code == "22007" || p.Code == "22008") {
		var f mes.Faults
		f.Add("cursor", "does not belong to this list and sort")
		return f.Err("The list can't be read like this.")
	}
	return err
}

// breach turns a row that the schema refuses into a refusal that names its field.
func breach(err error, field, id string) error {
	var p *pgconn.PgError
	if !errors.As(err, &p) || !strings.HasPrefix(p.Code, "23") {
		return err
	}
	var f mes.Faults
	switch p.Code {
	case "23503":
		f.Add(field, "%s refers to something that is not known (%s)", id, p.ConstraintName)
	default:
		f.Add(field, "%s is not accepted (%s)", id, p.ConstraintName)
	}
	return f.Err("Nothing was imported.")
}
