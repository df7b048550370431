package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/store"
)

// Records says which database a command works on: MES_DATABASE_URL where it is set, else that of a running `mes up`.
type Records struct {
	Data string `default:"data" help:"Data folder of a running mes up; MES_DATABASE_URL wins."`
}

func (r Records) open(ctx context.Context) (*store.Store, config.Config, error) {
	c, err := config.Load()
	if err != nil {
		return nil, c, err
	}
	url := c.DatabaseURL
	if url == "" {
		if url, err = postgres.RunningURL(filepath.Join(r.Data, "postgres"), postgres.RoleApp, database); err != nil {
			return nil, c, fmt.Errorf("no running mes is found in %s and MES_DATABASE_URL is not set: %w", r.Data, err)
		}
	}
	s, err := store.Open(ctx, url)
	return s, c, err
}

// database is the records' database in the embedded PostgreSQL.
const database = "mes"

// Migrate is the command that brings the schema up to date.
type Migrate struct{}

// Run migrates under an advisory lock: several at once wait for each other.
func (Migrate) Run(ctx context.Context) error {
	c, err := config.Load()
	if err != nil {
		return err
	}
	if c.MigrateURL == "" {
		return fmt.Errorf("MES_MIGRATE_URL or MES_DATABASE_URL must name the database; `mes up` migrates its own by itself")
	}
	if err := store.Migrate(ctx, c.MigrateURL); err != nil {
		return err
	}
	_, err = fmt.Println("The schema is up to date.")
	return err
}
