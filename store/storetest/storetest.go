package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/store"
)

// DB is a test's own database.
type DB struct {
	// App is the URL of the application's role, Owner that of the owner, who may do what no program may.
	App, Owner string
}

const appPassword = "storetest-app"

var (
	made  atomic.Int64
	token = fmt.Sprintf("%d_%d", os.Getpid(), time.Now().UnixNano()%1_000_000)
)

// template migrates one database, once per test binary.
var template = sync.OnceValues(func() (string, error) {
	u, err := server()
	if err != nil {
		return "", err
	}
	name := "template_" + token
	ctx := context.Background()
	if err := exec1(ctx, u, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	at, err := inDatabase(u, name, "", "")
	if err != nil {
		return "", err
	}
	if err := store.Migrate(ctx, at); err != nil {
		return "", err
	}
	return name, exec1(ctx, u, "ALTER ROLE mes_app LOGIN PASSWORD '"+appPassword+"'")
})

// New opens a store on a fresh, migrated and empty database, which goes away with the test.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, Database(t))
}

// Open opens a store on the test's database, as the application's role; it is closed with the test.
func Open(t testing.TB, db DB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), db.App)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Database makes a fresh, migrated and empty database.
func Database(t testing.TB) DB {
	t.Helper()
	from, err := template()
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	u, err := server()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%s_%d", token, made.Add(1))
	if err := exec1(context.Background(), u, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec1(context.Background(), u, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	owner, err := inDatabase(u, name, "", "")
	if err != nil {
		t.Fatal(err)
	}
	app, err := inDatabase(u, name, "mes_app", appPassword)
	if err != nil {
		t.Fatal(err)
	}
	return DB{App: app, Owner: owner}
}

// Tamper runs statements as the owner of the database, who may do what no program may: it is how a test forges records.
func (db DB) Tamper(t testing.TB, statements ...string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, db.Owner)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "SET search_path = mes"); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := c.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// serial keeps CREATE and DROP DATABASE apart: they wait for each other in the server anyway, and fail on the template.
var serial sync.Mutex

func exec1(ctx context.Context, u, sql string) error {
	serial.Lock()
	defer serial.Unlock()
	c, err := pgx.Connect(ctx, u)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql)
	return err
}

func inDatabase(u, name, user, password string) (string, error) {
	at, err := url.Parse(u)
	if err != nil {
		return "", err
	}
	at.Path = "/" + name
	if user != "" {
		at.User = url.UserPassword(user, password)
	}
	return at.String(), nil
}
