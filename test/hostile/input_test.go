package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// raw sends bytes as they are and returns the answer.
func (s *suite) raw(t *testing.T, text string) *http.Response {
	t.Helper()
	u, err := url.Parse(s.p.Base)
	plant.OK(t, err)
	c, err := net.Dial("tcp", u.Host)
	plant.OK(t, err)
	defer c.Close()
	plant.OK(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(c, text)
	plant.OK(t, err)
	answer, err := io.ReadAll(c)
	plant.OK(t, err)
	line, rest, _ := strings.Cut(string(answer), "\r\n")
	head, body, _ := strings.Cut(rest, "\r\n\r\n")
	r := &http.Response{Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	_, _ = fmt.Sscanf(line, "HTTP/1.1 %d", &r.StatusCode)
	for h := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// paths walks upwards in every address that leads to files: screens, pictures, the engine's screens, documents.
func (s *suite) paths(t *testing.T) {
	cookie := s.login(t, "admin")
	s.unchanged(t, func() {
		for _, base := range []string{"/", "/assets/", "/docs/", "/temporal/", "/api/v1/blobs/", "/api/v1/lots/"} {
			for _, up := range []string{"../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", `..\..\..\..\etc\passwd`,
				"..%5c..%5c..%5cetc%5cpasswd", "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "....//....//....//etc/passwd", "%00../../etc/passwd", "/etc/passwd", "file:///etc/passwd"} {
				r := s.raw(t, "GET "+base+up+" HTTP/1.1\r\nHost: mes\r\nConnection: close\r\nCookie: "+cookie+"\r\n\r\n")
				body, err := io.ReadAll(r.Body)
				if err != nil || bytes.Contains(body, []byte("root:")) || r.StatusCode >= 500 || r.StatusCode == 0 {
					t.Errorf("GET %s%s answers %d %.200s %v", base, up, r.StatusCode, body, err)
				}
			}
		}
		for _, name := range []string{"../../etc/passwd", "..%2f..%2fetc%2fpasswd", strings.Repeat("0", 63) + "g"} {
			refused(t, s.send(t, s.admin, plant.Request{Method: "GET", Path: "/api/v1/blobs/" + url.PathEscape(name)}), http.StatusUnprocessableEntity, http.StatusNotFound)
		}
	})
}

// plantFolder imports a plant whose pictures lie outside its folder, by a name and by a link.
func (s *suite) plantFolder(t *testing.T) {
	dir := t.TempDir()
	plant.OK(t, os.CopyFS(dir, os.DirFS(filepath.Join(plant.Root(), "test", "bench", "plant"))))
	routing := filepath.Join(dir, "routings", "BENCH-8-A.yaml")
	good, err := os.ReadFile(routing)
	plant.OK(t, err)
	secret := filepath.Join(t.TempDir(), "secret.svg")
	plant.OK(t, os.WriteFile(secret, []byte(`<svg xmlns="http://www.w3.org/2000/svg"><text>secret</text></svg>`), 0o600))
	pictures := filepath.Join(dir, "pictures")
	plant.OK(t, os.MkdirAll(pictures, 0o755))
	s.unchanged(t, func() {
		for _, picture := range []string{"../../../../../../etc/passwd", "/etc/passwd", "../secret.svg", "link.svg"} {
			if picture == "link.svg" {
				plant.OK(t, os.Symlink(secret, filepath.Join(pictures, picture)))
			}
			text := strings.Replace(string(good), "name: Confirm 1}", fmt.Sprintf("name: Confirm 1, picture: %q}", picture), 1)
			if text == string(good) {
				t.Fatal("the routing has no step of that name")
			}
			plant.OK(t, os.WriteFile(routing, []byte(text), 0o644))
			out, err := s.p.Output(t.Context(), "import", dir)
			if err == nil {
				t.Errorf("picture %s was imported: %s", picture, out)
			}
			if strings.Contains(out, "root:") || strings.Contains(out, "<text>secret") {
				t.Errorf("the refusal shows the file: %s", out)
			}
		}
	})
}

// operation is one of the API's, as its own description tells it.
type operation struct {
	ID          string         `json:"operationId"`
	RequestBody map[string]any `json:"requestBody"`
}

// writes are the addresses that take a body, filled in, by method and path.
func (s *suite) writes(t *testing.T) map[string]string {
	t.Helper()
	r := s.send(t, s.admin, plant.Request{Method: "GET", Path: "/openapi.json"})
	var doc struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	plant.OK(t, r.Into(&doc))
	out := map[string]string{}
	for path, item := range doc.Paths {
		for method, op := range item {
			if op.RequestBody != nil {
				filled := path
				for strings.Contains(filled, "{") {
					a, b := strings.Index(filled, "{"), strings.Index(filled, "}")
					filled = filled[:a] + "1" + filled[b+1:]
				}
				out[strings.ToUpper(method)+" "+filled] = op.ID
			}
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d operations take a body", len(out))
	}
	return out
}

// largeBodies sends each address more than it takes: told before, and in pieces without a length.
func (s *suite) largeBodies(t *testing.T) {
	large := bytes.Repeat([]byte("a"), 13<<20)
	s.unchanged(t, func() {
		for address, id := range s.writes(t) {
			method, path, _ := strings.Cut(address, " ")
			for name, body := range map[string]any{"with its length": large, "in pieces": io.MultiReader(strings.NewReader(`{"a":"`), bytes.NewReader(large))} {
				r, err := s.stream(t, method, path, body)
				if err != nil { // the server hung up while it was still being sent to: that is a refusal too
					continue
				}
				if r.StatusCode != http.StatusRequestEntityTooLarge && r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusConflict {
					t.Errorf("%s %s answers %d", id, name, r.StatusCode)
				}
			}
		}
	})
	r, err := s.stream(t, "POST", "/api/v1/work-orders", large)
	if err == nil && r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large order answers %d", r.StatusCode)
	}
}

func (s *suite) stream(t *testing.T, method, path string, body any) (*http.Response, error) {
	t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case []byte:
		in = bytes.NewReader(b)
	case io.Reader:
		in = b
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.p.Base+path, in)
	plant.OK(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", s.key())
	req.Header.Set("Cookie", s.adminCookie(t))
	r, err := http.DefaultClient.Do(req)
	if err == nil {
		r.Body.Close()
	}
	return r, err
}

// adminCookie is one session for all.
func (s *suite) adminCookie(t *testing.T) string {
	if s.cookie == "" {
		s.cookie = s.login(t, "admin")
	}
	return s.cookie
}

const script = `<script>alert(1)</script><img src=x onerror=alert(1)>"'; DROP TABLE lot; --`

// scripts puts programs into every text field that is stored: they are kept and come back as the text that they are.
func (s *suite) scripts(t *testing.T) {
	n := s.order(t)
	refused(t, s.post(t, s.planner, "/work-orders", request(script)), http.StatusUnprocessableEntity)
	r, err := s.supervisor.Insist(soon(t), "/work-orders/"+n+"/hold", map[string]string{"reason": script}, s.key())
	if plant.OK(t, err); !r.OK() {
		t.Fatalf("hold: %d %s", r.Status, r.Body)
	}
	back := s.send(t, s.auditor, plant.Request{Method: "GET", Path: "/api/v1/audit?noun=order&subject=" + n})
	var page mes.Page[mes.AuditRow]
	plant.OK(t, back.Into(&page))
	kept := 0
	for _, row := range page.Items {
		if row.Reason == script {
			kept++
		}
	}
	if kept == 0 {
		t.Errorf("the reason did not come back as it was: %s", back.Body)
	}
	onlyData(t, back)
	if lots, err := s.rec.Count(t.Context(), "SELECT count(*) FROM lot"); err != nil || lots == 0 {
		t.Errorf("%d lots (%v)", lots, err)
	}
	onlyData(t, s.post(t, s.planner, "/work-orders", request("A<script>"))) // a refusal repeats what was sent
}

// onlyData checks that no browser takes an answer for a page: it is JSON by its type, is never guessed to be another
// thing, and may not run or load anything.
func onlyData(t *testing.T, r *plant.Reply) {
	t.Helper()
	kind, policy := r.Header.Get("Content-Type"), r.Header.Get("Content-Security-Policy")
	if !json.Valid(r.Body) || !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "application/problem+json") ||
		r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") {
		t.Errorf("the answer has type %q, policy %q: %.200s", kind, policy, r.Body)
	}
}

// formulas puts what a spreadsheet would run into texts and reads them as tables.
func (s *suite) formulas(t *testing.T) {
	for _, formula := range []string{`=HYPERLINK("http://evil.example","x")`, `+cmd|' /C calc'!A0`, `-2+3+cmd|' /C calc'!A0`, `@SUM(1+1)`} {
		n := s.order(t)
		r, err := s.supervisor.Insist(soon(t), "/work-orders/"+n+"/hold", map[string]string{"reason": formula}, s.key())
		if plant.OK(t, err); !r.OK() {
			t.Fatalf("hold: %d %s", r.Status, r.Body)
		}
		table := s.send(t, s.auditor, plant.Request{Method: "GET", Path: "/api/v1/audit?format=csv&noun=order&subject=" + n})
		text := string(table.Body)
		quoted := strings.ReplaceAll(formula, `"`, `""`)
		if !strings.Contains(text, "'"+quoted) || strings.Contains(text, ","+quoted) || strings.Contains(text, `,"`+quoted) {
			t.Errorf("the table gives %q as %s", formula, text)
		}
	}
}

// characters sends what no text is made of, in addresses, documents and files.
func (s *suite) characters(t *testing.T) {
	n := s.order(t)
	s.unchanged(t, func() {
		for name, text := range map[string]string{
			"zero": `"a\u0000b"`, "bell": `"a\u0007b"`, "escape": `"a\u001b[31mb"`, "turned around": `"a\u202eb"`, "isolated": `"a\u2066b"`, "C1": `"a\u0085b"`,
			"broken UTF-8": "\"a\xff\xfeb\"", "overlong UTF-8": "\"a\xc0\xafb\"", "surrogate bytes": "\"a\xed\xa0\x80b\"", "raw line end": "\"a\nb\"", "raw zero": "\"a\x00b\"",
		} {
			for _, path := range []string{"/work-orders/" + n + "/hold", "/work-orders/" + n + "/change"} {
				r := s.send(t, s.planner, plant.Request{Method: "POST", Path: "/api/v1" + path, Body: `{"reason":` + text + `,"priority":3}`, Headers: map[string]string{"Content-Type": "application/json"}})
				refused(t, r, http.StatusBadRequest)
				if path != "" {
					s.logged(t, r)
				}
				_ = name
			}
			refused(t, s.send(t, s.nobody, plant.Request{Method: "POST", Path: "/api/v1/login", Body: `{"user":` + text + `,"password":"x"}`}), http.StatusBadRequest)
			refused(t, s.send(t, s.nobody, plant.Request{Method: "POST", Path: "/api/v1/login/badge", Body: `{"badge":` + text + `,"pin":"x","station":"ST10"}`}), http.StatusBadRequest)
		}
		for _, address := range []string{"/work-orders/%00", "/work-orders/%ff%fe", "/lots/%00/record", "/work-orders?q=%00", "/work-orders?q=%ff", "/audit?subject=%00", "/audit?q=a%1bb",
			"/lots?q=%e2%80%ae", "/work-orders/%c0%af"} {
			refused(t, s.send(t, s.admin, plant.Request{Method: "GET", Path: "/api/v1" + address}), http.StatusBadRequest)
		}
		for _, cell := range []string{"X\x00", "X\xff", "X\x1b[0m", "X\u202e"} {
			file := "lot,material,quantity,supplier,supplier_lot,expires_at\n" + cell + ",PM,1,S,1,\n"
			refused(t, s.send(t, s.planner, plant.Request{Method: "POST", Path: "/api/v1/material-lots/import", Body: file, Key: s.key(), Headers: map[string]string{"Content-Type": "text/csv"}}),
				http.StatusUnprocessableEntity, http.StatusBadRequest)
		}
	})
	// The order is not stuck behind any of it.
	r, err := s.planner.Insist(soon(t), "/work-orders/"+n+"/change", map[string]any{"priority": 7, "reason": "after all that"}, s.key())
	if err != nil || !r.OK() {
		t.Errorf("the order takes no command any more: %v %s", err, r.Body)
	}
}

// documents sends JSON that is deep, doubled, huge or of another kind.
func (s *suite) documents(t *testing.T) {
	number := func(q string) string {
		b, err := json.Marshal(request("HOSTILE-DOC"))
		plant.OK(t, err)
		return strings.Replace(string(b), `"quantity":1`, `"quantity":`+q, 1)
	}
	s.unchanged(t, func() {
		for name, body := range map[string]string{
			"deep lists": strings.Repeat("[", 200_000), "deep objects": strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000), "doubled": number(`1,"quantity":2`),
			"no JSON": "quantity=1", "two documents": number("1") + number("1"), "huge exponent": number("1e99999999"), "huge text": number(`"1e99999999"`),
			"tiny exponent": number("1e-99999999"), "many digits": number(strings.Repeat("9", 100_000)), "not a number": number("NaN"), "infinite": number("Infinity"),
			"negative": number("-1"), "text": number(`"one"`), "unknown field": number(`1,"admin":true`), "prototype": number(`1,"__proto__":{"x":1}`), "empty": "", "null": "null",
		} {
			r := s.send(t, s.planner, plant.Request{Method: "POST", Path: "/api/v1/work-orders", Body: body, Key: s.key(), Headers: map[string]string{"Content-Type": "application/json"}})
			if p := refused(t, r, http.StatusBadRequest, http.StatusUnprocessableEntity); p.Code == "" {
				t.Errorf("%s", name)
			}
		}
		refused(t, s.send(t, s.planner, plant.Request{Method: "POST", Path: "/api/v1/work-orders", Body: number("1"), Key: s.key(), Headers: map[string]string{"Content-Type": "text/xml"}}),
			http.StatusUnsupportedMediaType)
	})
}

// headers sends headers that would end a line, name another host, or stand for another station.
func (s *suite) headers(t *testing.T) {
	n := s.order(t)
	for _, id := range []string{"a\tb", strings.Repeat("x", 5000), "a%0d%0aSet-Cookie:x=1", "<script>"} {
		r := s.send(t, s.planner, plant.Request{Method: "GET", Path: "/api/v1/work-orders/" + n, Headers: map[string]string{"X-Request-Id": id}})
		if got := r.Header.Get("X-Request-Id"); got == id || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("the ID %.40q comes back as %.40q", id, got)
		}
	}
	cookie := s.login(t, "pl-07")
	s.unchanged(t, func() {
		split := s.raw(t, "GET /api/v1/me HTTP/1.1\r\nHost: mes\r\nConnection: close\r\nX-Request-ID: a\r\n Set-Cookie: x=1\r\nCookie: "+cookie+"\r\n\r\n")
		if split.Header.Get("Set-Cookie") != "" || split.StatusCode >= 500 {
			t.Errorf("a folded header answers %d %v", split.StatusCode, split.Header)
		}
		for _, key := range []string{"a b", strings.Repeat("k", 200), "ключ"} {
			refused(t, s.send(t, s.planner, plant.Request{Method: "POST", Path: "/api/v1/work-orders/" + n + "/change", Body: map[string]any{"priority": 3, "reason": "x"}, Key: key}), http.StatusBadRequest)
		}
		for _, path := range []string{"/", "/temporal/", "/api/v1/me", "/docs"} {
			r := s.raw(t, "GET "+path+" HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
			body, err := io.ReadAll(r.Body)
			plant.OK(t, err)
			if strings.Contains(string(body), "evil.example") || strings.Contains(fmt.Sprint(r.Header), "evil.example") {
				t.Errorf("GET %s takes the host from the request: %v %.200s", path, r.Header, body)
			}
		}
		both := s.raw(t, "POST /api/v1/login HTTP/1.1\r\nHost: mes\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")
		if both.StatusCode/100 == 2 {
			t.Errorf("two lengths answer %d", both.StatusCode)
		}
	})
}

// protected checks the headers that tell a browser what not to do.
func (s *suite) protected(t *testing.T) {
	for path, policy := range map[string]string{"/": "default-src 'self'", "/orders": "default-src 'self'", "/api/v1/me": "default-src 'none'", "/docs": "default-src 'self'"} {
		r := s.send(t, s.admin, plant.Request{Method: "GET", Path: path})
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, policy) || strings.Contains(csp, "unsafe-eval") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("GET %s has the content policy %q", path, csp)
		}
		if scripts, _, _ := strings.Cut(csp, "style-src"); strings.Contains(scripts, "unsafe-inline") {
			t.Errorf("GET %s lets scripts run inline: %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("GET %s has %s %q", path, name, got)
			}
		}
	}
	r := s.post(t, plant.NewClient(s.p.Base), "/login", map[string]string{"user": "op-109", "password": s.password(t, "op-109")})
	if c := r.Header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("the session's cookie is %q", c)
	}
}
