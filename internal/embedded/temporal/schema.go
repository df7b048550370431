//go:build !slim

package temporal

import (
	"context"
	"fmt"

	sqlschema "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
	"golang.org/x/sync/errgroup"
)

// updateSchemas brings both databases to the schema of this server, at the same time.
func updateSchemas(ctx context.Context, db Database, log *logger) error {
	var g errgroup.Group
	for _, s := range []struct{ database, dir, version string }{
		{MainDatabase, "postgresql/v12/temporal", sqlschema.Version},
		{VisibilityDatabase, "postgresql/v12/visibility", sqlschema.VisibilityVersion},
	} {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := updateSchema(db, s.database, s.dir, s.version, log); err != nil {
				return fmt.Errorf("bring the database %s to Temporal's schema %s: %w", s.database, s.version, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// updateSchema applies what is missing, version by version. It may be interrupted at any point and run again.
func updateSchema(db Database, database, dir, version string, log *logger) error {
	cfg := sqlConfig(db, database, 1)
	// Hundreds of small statements: waiting for the disk once, in the end, is enough, because losing the last of them
	// in a power cut only means doing them again.
	cfg.ConnectAttributes = map[string]string{"synchronous_commit": "off"}
	conn, err := sql.NewConnection(cfg, log)
	if err != nil {
		return err
	}
	defer conn.Close()
	have, err := conn.ReadSchemaVersion()
	if err == nil && have == version {
		return nil
	}
	if err != nil { // a new database, or one whose set-up was cut short
		setup := &schema.SetupConfig{InitialVersion: "0.0"}
		if err := schema.NewSetupSchemaTask(conn, setup, log).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: dir}, log).Run()
}
