// Package identity tests accounts, sessions, tokens and the sign-in at an identity provider: two API servers on one
// PostgreSQL, and a certified OpenID provider as a process of its own.
package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

// engine is asked nothing here.
type engine struct{ client.Client }

// house is one process of the API on a database, under an address of its own.
type house struct {
	t     *testing.T
	url   string
	store *store.Store
	// ahead is how far the API's clock is ahead of the wall's.
	ahead atomic.Int64
}

const password = "first-password-1"

// database is a plant with an administrator, chief, and an operator, olga.
func database(t *testing.T) storetest.DB {
	t.Helper()
	db := storetest.Database(t)
	s := storetest.Open(t, db)
	storetest.Seed(t, s)
	hash, err := auth.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	pin, err := auth.HashPIN("4711")
	if err != nil {
		t.Fatal(err)
	}
	for id, role := range map[string]mes.Role{"chief": mes.RoleAdmin, "deputy": mes.RoleAdmin, "olga": mes.RoleOperator} {
		a := mes.Account{ID: id, Name: "Mx " + id, Kind: mes.AccountPerson, Site: storetest.Site, Roles: []mes.Role{role}, Badge: "B-" + id, Active: true, PasswordHash: hash, PINHash: pin}
		if err := s.Accounts.Upsert(t.Context(), mes.Actor{ID: "setup"}, a); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// process starts an API on the database.
func process(t *testing.T, db storetest.DB, change ...func(*api.Deps)) *house {
	t.Helper()
	h := &house{t: t, store: storetest.Open(t, db)}
	var handler atomic.Pointer[api.Server]
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	d := wiring.API(h.store)
	d.Temporal, d.PublicURL, d.Version = engine{}, front.URL, "test"
	d.Now = func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
	d.Web = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "screens") })
	h.url = front.URL
	for _, f := range change {
		f(&d)
	}
	a, err := api.New(d)
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(a)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = a.Run(ctx) // it ends with its context
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		front.CloseClientConnections()
		front.Close()
	})
	return h
}

// browser is one person's browser, or a program with a token.
type browser struct {
	*http.Client
	house *house
	token string
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{Client: &http.Client{Jar: jar, Timeout: 20 * time.Second}, house: h}
}

func (h *house) program(token string) *browser {
	b := h.browser()
	b.token = token
	return b
}

// as signs a person in.
func (h *house) as(user string) *browser {
	h.t.Helper()
	b := h.browser()
	b.post("/login", map[string]string{"user": user, "password": password}).wants(200)
	return b
}

// at is the same browser before another process of the same house.
func (b *browser) at(h *house) *browser { return &browser{Client: b.Client, house: h, token: b.token} }

type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

func (b *browser) do(method, path string, body any, header ...string) *reply {
	t := b.house.t
	t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, b.house.url+"/api/v1"+path, in)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if b.token != "" {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	res, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &reply{t, method + " " + path, res.StatusCode, res.Header, data}
}

func (b *browser) get(path string) *reply { b.house.t.Helper(); return b.do("GET", path, nil) }

func (b *browser) post(path string, body any) *reply {
	b.house.t.Helper()
	if body == nil {
		body = struct{}{}
	}
	return b.do("POST", path, body)
}

func (r *reply) wants(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: status %d, want %d: %s", r.what, r.status, status, r.body)
	}
	return r
}

// says checks that the answer contains the words.
func (r *reply) says(words string) *reply {
	r.t.Helper()
	if !strings.Contains(string(r.body), words) {
		r.t.Errorf("%s: %s does not say %q", r.what, r.body, words)
	}
	return r
}

func into[T any](r *reply) T {
	r.t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.t.Fatalf("%s: %v in %s", r.what, err, r.body)
	}
	return v
}

// audited counts the rows of an action on an account.
func (h *house) audited(action, subject string) int {
	h.t.Helper()
	rows, err := h.store.Audits.List(h.t.Context(), mes.AuditFilter{Action: action, Subject: subject})
	if err != nil {
		h.t.Fatal(err)
	}
	return int(rows.Total)
}

// soon waits for what another process is told.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
