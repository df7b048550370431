package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// schema holds every table; nothing is looked up elsewhere.
const schema = "mes"

// openPool makes the connection pool, of at least 16 connections. More than that may be asked for in the URL as
// pool_max_conns; the ledger's transactions are short, and there are 16 strands of the audit chain.
func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL can't be read: %w", err)
	}
	if c.MaxConns < 16 {
		c.MaxConns = 16
	}
	p := c.ConnConfig.RuntimeParams
	p["search_path"] = schema
	p["timezone"] = "UTC"
	p["application_name"] = "mes"
	p["statement_timeout"] = "30s"
	p["lock_timeout"] = "10s"
	p["idle_in_transaction_session_timeout"] = "30s"
	c.ConnConfig.ConnectTimeout = 5 * time.Second
	c.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		exactNumbers(conn)
		timesInUTC(conn)
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("the database can't be reached: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("the database can't be reached: %w", err)
	}
	return pool, nil
}

// timesInUTC makes times read the same on every machine: pgx gives them in the machine's own zone otherwise, and a
// record's hash is made of how they are written.
func timesInUTC(c *pgx.Conn) {
	c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
}
