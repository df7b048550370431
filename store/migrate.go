package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date as the database's owner. Programs that start at the same time wait for each
// other under an advisory lock; the later ones find nothing to do.
func Migrate(ctx context.Context, url string) error {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("the database URL can't be read: %w", err)
	}
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["timezone"] = "UTC"
	db := stdlib.OpenDB(*c)
	defer db.Close()
	if err := createSchema(ctx, db); err != nil {
		return err
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// createSchema makes the schema that goose keeps its own table in. Two sessions that create it at once collide in the
// catalogue even with IF NOT EXISTS, so it stands under a lock of its own.
func createSchema(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("the database can't be reached: %w", err)
	}
	defer tx.Rollback()
	for _, q := range []string{"SELECT pg_advisory_xact_lock(hashtext('steelthread schema'))", "CREATE SCHEMA IF NOT EXISTS " + schema} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("create schema %s: %w", schema, err)
		}
	}
	return tx.Commit()
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// upToDate compares the schema's version with the newest migration of this program.
func upToDate(ctx context.Context, pool *pgxpool.Pool) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	err = pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	if err != nil {
		return fmt.Errorf("the database holds no schema of this program; run mes migrate first: %w", err)
	}
	if version < len(files) {
		return fmt.Errorf("the database is at schema version %d, this program needs %d; run mes migrate first", version, len(files))
	}
	return nil
}
