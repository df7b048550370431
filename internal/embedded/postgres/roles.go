package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ensureBaseRoles creates the roles of the application and of Temporal if they are missing.
func (s *Server) ensureBaseRoles(ctx context.Context) error {
	return s.asAdmin(ctx, func(conn *pgx.Conn) error {
		for _, role := range []string{RoleApp, RoleTemporal} {
			if err := s.ensureRole(ctx, conn, role, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// EnsureRole makes sure that a login role without further rights exists. An empty password keeps the stored one, or
// draws and stores a random one for a new role; a given password is set and stored.
func (s *Server) EnsureRole(ctx context.Context, name, password string) error {
	return s.asAdmin(ctx, func(conn *pgx.Conn) error { return s.ensureRole(ctx, conn, name, password) })
}

func (s *Server) ensureRole(ctx context.Context, conn *pgx.Conn, name, password string) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name).Scan(&exists); err != nil {
		return fmt.Errorf("look up the database role %s: %w", name, err)
	}
	if exists && password == "" && s.secrets.get(name) != "" && !s.restored {
		return nil
	}
	if err := s.storePassword(name, password); err != nil {
		return err
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	err := execFormat(ctx, conn, verb+` ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L`, name, s.secrets.get(name))
	if err != nil {
		return fmt.Errorf("create the database role %s: %w", name, err)
	}
	return nil
}

// storePassword puts the password on disk before the server learns it, so that no crash in between locks a role out:
// at worst the next start sets the same password again.
func (s *Server) storePassword(name, password string) error {
	if password == "" {
		_, err := s.secrets.ensure(name)
		return err
	}
	return s.secrets.set(name, password)
}

// CreateDatabase makes sure that the database exists. It belongs to the superuser "mes"; "mes_app" may connect and
// has no other right until a migration grants it.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	return s.createDatabase(ctx, name, RoleOwner, RoleApp)
}

// CreateDatabaseFor makes sure that a database exists which belongs to one role and which no other role but the
// superuser may enter.
func (s *Server) CreateDatabaseFor(ctx context.Context, name, owner string) error {
	return s.createDatabase(ctx, name, owner)
}

func (s *Server) createDatabase(ctx context.Context, name, owner string, guests ...string) error {
	err := s.asAdmin(ctx, func(conn *pgx.Conn) error {
		var exists bool
		err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists)
		if err != nil {
			return err
		}
		if !exists {
			if err := execFormat(ctx, conn, `CREATE DATABASE %I OWNER %I`, name, owner); err != nil {
				return err
			}
		}
		// Repeated for an existing database: a crash may have come between CREATE and REVOKE.
		if err := execFormat(ctx, conn, `REVOKE ALL ON DATABASE %I FROM PUBLIC`, name); err != nil {
			return err
		}
		for _, guest := range guests {
			if err := execFormat(ctx, conn, `GRANT CONNECT ON DATABASE %I TO %I`, name, guest); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("create the database %s: %w", name, err)
	}
	return nil
}

// asAdmin runs f on a connection of the superuser to the maintenance database.
func (s *Server) asAdmin(ctx context.Context, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.AdminURL("postgres"))
	if isRefusedPassword(err) {
		return fmt.Errorf("PostgreSQL refuses the password in %s; the file does not belong to the data in %s, bring back the one that does: %w",
			s.secrets.path, s.dataDir, err)
	}
	if err != nil {
		return fmt.Errorf("log in to PostgreSQL: %w", err)
	}
	return errors.Join(f(conn), conn.Close(context.WithoutCancel(ctx)))
}

// execFormat runs a statement that takes no parameters (roles and databases cannot be parameters). The server itself
// quotes the names (%I) and literals (%L).
func execFormat(ctx context.Context, conn *pgx.Conn, format string, args ...string) error {
	var statement string
	if err := conn.QueryRow(ctx, `SELECT format($1, VARIADIC $2::text[])`, format, args).Scan(&statement); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, statement)
	return err
}
