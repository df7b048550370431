package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// minBackupMajor is the oldest server whose base backup is read here: from 15 on it comes as one stream of marked
// messages.
const minBackupMajor = 15

// Base is what a server says of one base backup.
type Base struct {
	Major    int    // for example 15
	Version  string // for example 15.18
	SystemID string
	Timeline int
	// Start and End are the places in the write-ahead log between which the copy was made; replayed to End it is
	// consistent over all databases of the cluster.
	Start, End string
	// Estimate is how many bytes the server expects to send, before it begins.
	Estimate int64
}

// TakeBase has a running server send a base backup of its whole cluster with the log that makes it consistent, and hands
// it to read as one tar stream: the data directory, without what must not be copied (lock and temporary files, slots).
// url is a superuser's. Nobody is kept from working meanwhile; the server begins with a checkpoint.
func TakeBase(ctx context.Context, url string, read func(Base, io.Reader) error) (Base, error) {
	c, err := pgconn.ParseConfig(url)
	if err != nil {
		return Base{}, fmt.Errorf("take a base backup: %w", err)
	}
	c.RuntimeParams["replication"] = "true"
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return Base{}, fmt.Errorf("log in to PostgreSQL for a base backup: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // drops the slot too
	t := &baseStream{conn: conn}
	if err := t.identify(ctx); err != nil {
		return t.base, err
	}
	if err := t.begin(ctx); err != nil {
		return t.base, err
	}
	return t.copy(ctx, read)
}

// baseStream is one base backup on its way.
type baseStream struct {
	conn *pgconn.PgConn
	base Base
	sets int // result sets seen
	over bool
}

func (t *baseStream) identify(ctx context.Context) error {
	t.base.Version, _, _ = strings.Cut(t.conn.ParameterStatus("server_version"), " ")
	var err error
	if t.base.Major, err = parseVersion("postgres (PostgreSQL) " + t.base.Version); err != nil {
		return err
	}
	if t.base.Major < minBackupMajor {
		return fmt.Errorf("this is PostgreSQL %d; mes backup needs %d or later. Nothing was written. Use pg_basebackup of that version instead", t.base.Major, minBackupMajor)
	}
	// The slot keeps the server from throwing away log that the copy needs; it ends with this connection.
	for _, command := range []string{"IDENTIFY_SYSTEM", `CREATE_REPLICATION_SLOT "mes_backup" TEMPORARY PHYSICAL RESERVE_WAL`} {
		rows, err := t.conn.Exec(ctx, command).ReadAll()
		if err != nil {
			return fmt.Errorf("prepare a base backup: %w", err)
		}
		if command == "IDENTIFY_SYSTEM" && len(rows) == 1 && len(rows[0].Rows) == 1 {
			row := rows[0].Rows[0]
			t.base.SystemID = string(row[0])
			t.base.Timeline, _ = strconv.Atoi(string(row[1]))
		}
	}
	return nil
}

// begin asks for the backup and reads up to its first byte.
func (t *baseStream) begin(ctx context.Context) error {
	f := t.conn.Frontend()
	f.SendQuery(&pgproto3.Query{String: `BASE_BACKUP (LABEL 'mes backup', CHECKPOINT 'fast', WAL true, PROGRESS true, MANIFEST 'no')`})
	if err := f.Flush(); err != nil {
		return fmt.Errorf("ask for a base backup: %w", err)
	}
	for {
		m, err := t.conn.ReceiveMessage(ctx)
		if err != nil {
			return fmt.Errorf("begin a base backup: %w", err)
		}
		switch m := m.(type) {
		case *pgproto3.CopyOutResponse:
			return nil
		case *pgproto3.ErrorResponse:
			return fmt.Errorf("begin a base backup: %w", pgconn.ErrorResponseToPgError(m))
		case *pgproto3.RowDescription:
			t.sets++
		case *pgproto3.DataRow:
			if err := t.row(m.Values); err != nil {
				return err
			}
		}
	}
}

// row reads a row of the result sets around the stream: the start, one row for each tablespace, and the end.
func (t *baseStream) row(v [][]byte) error {
	switch {
	case t.sets == 1:
		t.base.Start = string(v[0])
	case t.sets == 2 && v[0] != nil:
		return fmt.Errorf("the cluster has a tablespace at %s; a backup holds the data folder only. Nothing was written. Move its tables back first", v[1])
	case t.sets == 2:
		kib, err := strconv.ParseInt(string(v[2]), 10, 64)
		t.base.Estimate = kib << 10
		return err
	default:
		t.base.End = string(v[0])
	}
	return nil
}

// copy hands the stream on while it comes, so that nothing of it has to be kept.
func (t *baseStream) copy(ctx context.Context, read func(Base, io.Reader) error) (Base, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, w := io.Pipe()
	received := make(chan error, 1)
	base := t.base
	go func() {
		err := t.receive(ctx, w)
		w.CloseWithError(err)
		received <- err
	}()
	err := read(base, r)
	if err == nil {
		_, err = io.Copy(io.Discard, r) // the tar's padding
	}
	_ = r.CloseWithError(errStopped) // never fails
	if err != nil {
		cancel()
	}
	if sent := <-received; err == nil || sent != nil && !errors.Is(sent, errStopped) && !errors.Is(sent, context.Canceled) {
		err = sent
	}
	return t.base, err
}

var errStopped = errors.New("the copy was given up")

// receive writes the tar of the stream to w, until the server says that the backup is complete.
func (t *baseStream) receive(ctx context.Context, w io.Writer) error {
	for {
		m, err := t.conn.ReceiveMessage(ctx)
		if err != nil {
			return fmt.Errorf("receive the base backup: %w", err)
		}
		switch m := m.(type) {
		case *pgproto3.CopyData:
			if err := t.message(m.Data, w); err != nil {
				return err
			}
		case *pgproto3.ErrorResponse:
			return fmt.Errorf("PostgreSQL broke off the base backup: %w", pgconn.ErrorResponseToPgError(m))
		case *pgproto3.RowDescription:
			t.sets++
		case *pgproto3.DataRow:
			if err := t.row(m.Values); err != nil {
				return err
			}
		case *pgproto3.ReadyForQuery:
			if t.base.End == "" {
				return errors.New("PostgreSQL ended the base backup without saying where")
			}
			return nil
		}
	}
}

// message reads one message of the stream: n begins an archive, d is its data, p tells progress.
func (t *baseStream) message(b []byte, w io.Writer) error {
	if len(b) == 0 {
		return errors.New("PostgreSQL sent an empty message in its base backup")
	}
	switch b[0] {
	case 'd':
		_, err := w.Write(b[1:])
		return err
	case 'n':
		if t.over {
			return errors.New("PostgreSQL sends a second archive; a backup holds the data folder only")
		}
		t.over = true
	case 'p':
		if len(b) == 9 {
			_ = binary.BigEndian.Uint64(b[1:]) // the reader counts for itself
		}
	}
	return nil
}
