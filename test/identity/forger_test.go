package identity

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api"
)

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// forger changes the ID token on its way from the provider.
type forger struct {
	change func(header, claims map[string]any)
}

func (f *forger) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || f.change == nil || !strings.HasSuffix(req.URL.Path, "/token") {
		return res, err
	}
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if raw, ok := answer["id_token"].(string); ok {
		answer["id_token"] = f.forge(raw)
	}
	data, err := json.Marshal(answer)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	return res, err
}

func (f *forger) forge(raw string) string {
	parts := strings.Split(raw, ".")
	docs := make([]map[string]any, 2)
	for i := range docs {
		data, _ := base64.RawURLEncoding.DecodeString(parts[i])
		_ = json.Unmarshal(data, &docs[i]) // the provider's own token
	}
	f.change(docs[0], docs[1])
	for i := range docs {
		data, _ := json.Marshal(docs[i])
		parts[i] = base64.RawURLEncoding.EncodeToString(data)
	}
	return strings.Join(parts, ".")
}

func TestForgedTokens(t *testing.T) {
	f := &forger{}
	h, idp := withOIDC(t, database(t), "id_token", func(d *api.Deps) { d.OIDC.HTTP = &http.Client{Transport: f, Timeout: 10 * time.Second} })
	idp.set(map[string]claims{"42": {"name": "Ida", "preferred_username": "ida", "roles": []string{"line-workers"}}})
	for name, change := range map[string]func(header, claims map[string]any){
		"another issuer":   func(_, c map[string]any) { c["iss"] = "https://evil.example" },
		"another audience": func(_, c map[string]any) { c["aud"] = "somebody-else" },
		"another subject":  func(_, c map[string]any) { c["sub"] = "1" },
		"more roles":       func(_, c map[string]any) { c["roles"] = []string{"it"} },
		"no signature":     func(h, _ map[string]any) { h["alg"] = "none" },
		"key of its own":   func(h, _ map[string]any) { h["alg"] = "HS256" },
	} {
		t.Run(name, func(t *testing.T) {
			f.change = change
			b := h.browser()
			b.refusedSignIn(b.signInAt("42"), "not_proven")
		})
	}
	f.change = nil
	honest := h.browser()
	honest.signInAt("42")
	honest.get("/me").wants(200)
}
