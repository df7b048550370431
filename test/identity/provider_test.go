package identity

import (
	"bufio"
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

// idp is the provider's process with its people.
type idp struct {
	t      *testing.T
	issuer string
	people string
}

const clientSecret = "a-secret-of-this-test"

// claims are what the provider says of a person.
type claims map[string]any

// startIDP starts the provider. claimsIn says where the claims are: userinfo or id_token.
func startIDP(t *testing.T, redirect, claimsIn string) *idp {
	t.Helper()
	if _, err := os.Stat("provider/node_modules/oidc-provider/package.json"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("oidc-provider is not installed: run npm ci in test/identity/provider")
		}
		t.Skip("oidc-provider is not installed: run npm ci in test/identity/provider")
	}
	p := &idp{t: t, people: filepath.Join(t.TempDir(), "people.json")}
	p.set(map[string]claims{})
	cmd := exec.CommandContext(t.Context(), "node", "provider/server.js", p.people, redirect)
	cmd.Env = append(os.Environ(), "CLIENT_SECRET="+clientSecret, "CLAIMS="+claimsIn, "NODE_ENV=test")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended with the test's context
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider does not start: %v\n%s", err, complaint.String())
	}
	p.issuer = strings.TrimSpace(line)
	return p
}

func (p *idp) set(people map[string]claims) {
	data, err := json.Marshal(people)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.people, data, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// withOIDC makes an API whose people sign in at a provider that is started for it.
func withOIDC(t *testing.T, db storetest.DB, claimsIn string, change ...func(*api.Deps)) (*house, *idp) {
	t.Helper()
	var p *idp
	h := process(t, db, func(d *api.Deps) {
		p = startIDP(t, d.PublicURL+"/api/v1/login/oidc/callback", claimsIn)
		d.OIDC = api.OIDC{Issuer: p.issuer, ClientID: "steelthread", ClientSecret: clientSecret,
			Roles: map[string]mes.Role{"line-workers": mes.RoleOperator, "quality-dept": mes.RoleQuality, "it": mes.RoleAdmin, "robots": mes.RoleEdge}}
		for _, f := range change {
			f(d)
		}
	})
	return h, p
}

// page is where a browser has come to.
type page struct {
	at   *url.URL
	body string
}

// open follows links like a browser, as far as the provider's forms or our own pages.
func (b *browser) open(address string) page {
	t := b.house.t
	t.Helper()
	res, err := b.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return b.read(res)
}

func (b *browser) read(res *http.Response) page {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.house.t.Fatal(err)
	}
	return page{res.Request.URL, string(body)}
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hidden     = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// atProvider fills the provider's forms in until it leads back here: who one is, then that one agrees.
func (b *browser) atProvider(p page, login string) page {
	t := b.house.t
	t.Helper()
	for range 5 {
		action := formAction.FindStringSubmatch(p.body)
		if strings.HasPrefix(p.at.String(), b.house.url) || action == nil {
			return p
		}
		to, err := p.at.Parse(html.UnescapeString(action[1]))
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{}
		for _, f := range hidden.FindAllStringSubmatch(p.body, -1) {
			form.Set(f[1], f[2])
		}
		if form.Get("prompt") == "login" {
			form.Set("login", login)
			form.Set("password", "whatever the provider's form takes")
		}
		res, err := b.PostForm(to.String(), form)
		if err != nil {
			t.Fatal(err)
		}
		p = b.read(res)
	}
	t.Fatalf("the provider keeps asking at %s", p.at)
	return p
}
