package store_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

// schemaAt makes the schema anew in a test's own database, as it was after a migration.
func schemaAt(t *testing.T, db storetest.DB, version int64) *sql.DB {
	t.Helper()
	c, err := pgx.ParseConfig(db.Owner)
	if err != nil {
		t.Fatal(err)
	}
	c.RuntimeParams["search_path"] = "mes"
	at := stdlib.OpenDB(*c)
	t.Cleanup(func() { _ = at.Close() }) // the database goes away with the test
	const dropAll = `DO $$ DECLARE s text; BEGIN
		FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public') LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; END $$`
	for _, q := range []string{dropAll, "CREATE SCHEMA mes"} {
		if _, err := at.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	p, err := goose.NewProvider(goose.DialectPostgres, at, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestCertificatesOfBeforeAreCarriedOver migrates a database that kept certificates without their history.
func TestCertificatesOfBeforeAreCarriedOver(t *testing.T) {
	t.Parallel()
	db := storetest.Database(t)
	at := schemaAt(t, db, 8)
	for _, q := range []string{
		"INSERT INTO equipment (id, level, name, time_zone) VALUES ('T1', 'site', 'Plant', 'Europe/Berlin')",
		"INSERT INTO account (id, name, kind, site, roles) VALUES ('olga', 'Olga', 'person', 'T1', '{operator}'), ('hans', 'Hans', 'person', 'T1', '{operator}')",
		`INSERT INTO qualification (account, id, level, issuer, issued_at, expires_at) VALUES
			('olga', 'ESD', 1, 'academy', '2025-01-02 03:04:05Z', NULL), ('olga', 'Torque', 2, 'works', '2025-05-01Z', '2027-05-01Z'), ('hans', 'ESD', 1, '', '2024-12-24Z', '2025-12-24Z')`,
	} {
		if _, err := at.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	const held = "SELECT string_agg(concat_ws('|', account, id, level, issuer, issued_at, expires_at), ';' ORDER BY account, id) FROM qualification"
	var before, after, given string
	if err := at.QueryRowContext(t.Context(), held).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), db.Owner); err != nil {
		t.Fatal(err)
	}
	if err := at.QueryRowContext(t.Context(), held).Scan(&after); err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("held before:\n%s\nheld after:\n%s", before, after)
	}
	const history = "SELECT string_agg(concat_ws('|', given_by, reason, given_at = issued_at, (SELECT name FROM skill s WHERE s.id = c.skill)), ';' ORDER BY c.id) FROM certificate c"
	if err := at.QueryRowContext(t.Context(), history).Scan(&given); err != nil {
		t.Fatal(err)
	}
	if want := "system|Carried over|t|ESD;system|Carried over|t|ESD;system|Carried over|t|Torque"; given != want {
		t.Errorf("their history is %s, want %s", given, want)
	}
	s := storetest.Open(t, db) // the schema is whole: this program takes it
	if q, err := s.Accounts.Qualifications(t.Context(), "olga"); err != nil || len(q) != 2 {
		t.Errorf("read as the program does: %+v, %v", q, err)
	}
}
