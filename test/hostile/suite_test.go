// Package hostile sends a running system what nobody honest would send: wrong secrets, forged sessions, crooked paths,
// texts that are programs, bodies without an end. Each is refused with a problem document, leaves a line in the audit
// trail or the log, and changes nothing.
package hostile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/test/plant"
)

// suite is the running system with who talks to it.
type suite struct {
	p   *plant.Plant
	rec *plant.Records

	nobody, planner, operator, supervisor, auditor, admin *plant.Client

	cookie  string // of the administrator
	numbers atomic.Int64
}

func TestHostile(t *testing.T) {
	p := plant.New(t, plant.Options{Speed: 100, Seed: 13, Env: []string{"MES_AUDIT_CHECKPOINT=1s"}})
	s := &suite{p: p, rec: p.Records(t), nobody: plant.NewClient(p.Base)}
	for user, c := range map[string]**plant.Client{"pl-07": &s.planner, "op-121": &s.operator, "sv-05": &s.supervisor, "au-01": &s.auditor, "admin": &s.admin} {
		*c = p.As(t, user)
	}
	for _, group := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"WrongPassword", s.wrongPassword}, {"Certificate", s.certificate}, {"ReplayedToken", s.replayedToken}, {"ForgedCookie", s.forgedCookie},
		{"OtherSites", s.otherSites}, {"Paths", s.paths}, {"PlantFolder", s.plantFolder}, {"LargeBodies", s.largeBodies}, {"Scripts", s.scripts},
		{"Formulas", s.formulas}, {"Characters", s.characters}, {"Documents", s.documents}, {"Headers", s.headers}, {"Protected", s.protected},
		{"TamperedTrail", s.tamperedTrail},
	} {
		t.Run(group.name, group.run)
	}
}

func (s *suite) key() string { return fmt.Sprintf("hostile-%d", s.numbers.Add(1)) }

func (s *suite) send(t *testing.T, c *plant.Client, q plant.Request) *plant.Reply {
	t.Helper()
	r, err := c.Send(t.Context(), q)
	plant.OK(t, err)
	return r
}

func (s *suite) post(t *testing.T, c *plant.Client, path string, body any) *plant.Reply {
	t.Helper()
	r, err := c.Post(t.Context(), path, body, s.key())
	plant.OK(t, err)
	return r
}

// refused checks that the answer is a problem document with one of the statuses, and not a defect.
func refused(t *testing.T, r *plant.Reply, statuses ...int) plant.Problem {
	t.Helper()
	p := r.Problem()
	if !slices.Contains(statuses, r.Status) || p.Status != r.Status || p.What == "" || p.Code == "" || p.RequestID == "" {
		t.Errorf("status %d, want one of %v, with a problem document: %.300s", r.Status, statuses, r.Body)
	}
	return p
}

// state is a fingerprint of everything that hostile input must not change.
const state = `SELECT concat_ws(' ', (SELECT count(*) FROM work_order), (SELECT count(*) FROM lot), (SELECT count(*) FROM lot_event), (SELECT count(*) FROM hold),
	(SELECT count(*) FROM blob), (SELECT count(*) FROM outbox), (SELECT count(*) FROM equipment), (SELECT count(*) FROM material), (SELECT count(*) FROM routing),
	(SELECT count(*) FROM device), (SELECT count(*) FROM api_token), (SELECT count(*) FROM entry_key),
	(SELECT md5(string_agg(concat_ws('|', id, name, password_hash, pin_hash, active), ',' ORDER BY id)) FROM account))`

// unchanged runs f and checks that nothing of the state was changed.
func (s *suite) unchanged(t *testing.T, f func()) {
	t.Helper()
	read := func() (out string) {
		plant.OK(t, s.rec.Pool.QueryRow(t.Context(), state).Scan(&out))
		return out
	}
	before := read()
	f()
	if after := read(); after != before {
		t.Errorf("the state was changed:\n%s\n%s", before, after)
	}
}

// audited waits until the audit trail holds so many rows that fit.
func (s *suite) audited(t *testing.T, least int64, where string, args ...any) {
	t.Helper()
	plant.Eventually(t, 5*time.Second, func() string {
		n, err := s.rec.Count(t.Context(), "SELECT count(*) FROM audit WHERE "+where, args...)
		if err != nil || n < least {
			return fmt.Sprintf("%d of %d rows where %s %v (%v)", n, least, where, args, err)
		}
		return ""
	})
}

// logged waits until the server's log names a request.
func (s *suite) logged(t *testing.T, r *plant.Reply) {
	t.Helper()
	id := r.Header.Get("X-Request-Id")
	plant.Eventually(t, 5*time.Second, func() string {
		text, err := os.ReadFile(s.p.MES().Log)
		if err != nil || id == "" || !strings.Contains(string(text), "request_id="+id) {
			return "a line about request " + id
		}
		return ""
	})
}

// order makes an order, not released.
func (s *suite) order(t *testing.T) string {
	t.Helper()
	n := fmt.Sprintf("HOSTILE-%d", s.numbers.Add(1))
	r := s.post(t, s.planner, "/work-orders", request(n))
	if !r.OK() {
		t.Fatalf("status %d: %s", r.Status, r.Body)
	}
	return n
}

func request(number string) map[string]any {
	due := time.Now().UTC().Add(72 * time.Hour).Truncate(time.Second).Format(time.RFC3339)
	return map[string]any{"number": number, "product": "INV-200", "quantity": 1, "due": due, "priority": 50, "line": "L1"}
}

// password is the demo's password of a person.
func (s *suite) password(t *testing.T, user string) string {
	t.Helper()
	info, err := s.p.Info()
	plant.OK(t, err)
	for _, l := range info.Logins {
		if l.User == user {
			return l.Password
		}
	}
	t.Fatalf("%s has no login", user)
	return ""
}

// logs is every log of the system, for what must not be in it.
func (s *suite) logs(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(s.p.MES().Log))
	plant.OK(t, err)
	return string(text)
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
