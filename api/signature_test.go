package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

const signPath = "~/signature-requests/R1/sign"

func TestSigningProvesThePersonAnew(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleQuality)
	for name, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"no proof":                 {`{"meaning":"approved","hash":"ab"}`, http.StatusUnprocessableEntity, "user"},
		"a user alone":             {`{"user":"quality","meaning":"approved","hash":"ab"}`, http.StatusUnprocessableEntity, "password"},
		"both kinds at once":       {`{"user":"quality","password":"password-quality","badge":"B-quality","pin":"1234","meaning":"approved","hash":"ab"}`, http.StatusUnprocessableEntity, "user"},
		"a wrong password":         {`{"user":"quality","password":"guess","meaning":"approved","hash":"ab"}`, http.StatusForbidden, "Nothing was signed"},
		"nobody by that name":      {`{"user":"nobody","password":"guess","meaning":"approved","hash":"ab"}`, http.StatusForbidden, "Nothing was signed"},
		"a program":                {`{"user":"erp","password":"password-erp","meaning":"approved","hash":"ab"}`, http.StatusForbidden, "Nothing was signed"},
		"a badge at a desk":        {`{"badge":"B-quality","pin":"1234","meaning":"approved","hash":"ab"}`, http.StatusForbidden, "at a terminal only"},
		"nothing of what was read": {`{"user":"quality","password":"password-quality","meaning":"approved"}`, http.StatusUnprocessableEntity, "hash"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.post(mes.RoleOperator, signPath, c.body)
			if r.status != c.status || !strings.Contains(string(r.body), c.says) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if len(h.signatures.signed) != 0 {
		t.Fatalf("signed: %+v", h.signatures.signed)
	}
	r := h.post(mes.RoleOperator, signPath, `{"user":"quality","password":"password-quality","meaning":"approved","hash":"ab","reason":"looked"}`)
	if r.status != http.StatusOK || len(h.signatures.signed) != 1 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	s := h.signatures.signed[0]
	if s.Signer.ID != "quality" || s.Signer.Name != "Mx quality" || s.Signer.Method != mes.SignedByPassword || s.Meaning != mes.MeaningApproved || s.Hash != "ab" {
		t.Errorf("signed as %+v", s)
	}
}

func TestFailedSigningLocksOut(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleQuality)
	for range mes.MaxLoginFailures {
		h.post(mes.RoleOperator, signPath, `{"user":"quality","password":"guess","meaning":"approved","hash":"ab"}`)
	}
	r := h.post(mes.RoleOperator, signPath, `{"user":"quality","password":"password-quality","meaning":"approved","hash":"ab"}`)
	if r.status != http.StatusTooManyRequests || len(h.signatures.signed) != 0 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestNoSecretIsHashedOrKept(t *testing.T) {
	with := withoutSecrets([]byte(`{"user":"a","password":"one","pin":"1","hash":"x"}`))
	other := withoutSecrets([]byte(`{"user":"a","password":"two","pin":"2","hash":"x"}`))
	if string(with) != string(other) || strings.Contains(string(with), "one") || !strings.Contains(string(with), `"hash"`) {
		t.Errorf("%s, %s", with, other)
	}
	if got := withoutSecrets([]byte(`"password"`)); got != nil {
		t.Errorf("%s", got)
	}
	h := newHouse(t)
	for _, r := range h.routes {
		path := r.Method + " " + r.Path
		if strings.HasSuffix(r.Path, "/sign") || strings.HasPrefix(r.Path, "/signature-requests/") && strings.HasSuffix(r.Path, "/reject") {
			if !r.Secret {
				t.Errorf("%s takes a password and is not marked as secret", path)
			}
		}
	}
}

func TestADecisionThatIsSignedAnswersItsRequest(t *testing.T) {
	h := newHouse(t)
	h.lots.request = &mes.SignatureRequest{ID: "R1", State: mes.RequestOpen, Needs: []mes.SignatureNeed{{Meaning: mes.MeaningApproved}}, Signatures: []mes.Signature{}}
	r := h.post(mes.RoleQuality, "~/lots/L1/review", `{"decision":"pass","reason":"fine"}`)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), `"request":{"id":"R1"`) || len(h.temporal.updates) != 0 {
		t.Errorf("%d %s", r.status, r.body)
	}
	r = h.post(mes.RoleQuality, "~/lots/L1/release", `{"reason":"fine"}`)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), `"request":{"id":"R1"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
}
