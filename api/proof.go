package api

import (
	"context"
	"encoding/json"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// Proof is how a person shows who they are at a signing: user and password, or at a terminal badge and PIN. Both
// components are asked for every time (21 CFR 11.200).
type Proof struct {
	User     string `json:"user,omitempty" maxLength:"100"`
	Password string `json:"password,omitempty" maxLength:"256"`
	Badge    string `json:"badge,omitempty" maxLength:"100" doc:"As scanned; only at a terminal."`
	PIN      string `json:"pin,omitempty" maxLength:"256"`
}

// secretFields are left out wherever a body is hashed or kept.
var secretFields = []string{"password", "pin"}

// withoutSecrets is a body as it may be hashed: a hash of a password is an aid to guess it. What is no JSON object is left out
// whole.
func withoutSecrets(body []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	for _, f := range secretFields {
		delete(fields, f)
	}
	clean, err := json.Marshal(fields)
	if err != nil {
		return nil // fields that were read always write
	}
	return clean
}

// prove finds out who gives the proof, counts a failure as one of signing in, and asks whether they may sign at all.
func (s *Server) prove(ctx context.Context, p Proof) (mes.Signer, error) {
	r := requestOf(ctx)
	try, method, err := s.attemptOf(ctx, p)
	if err != nil {
		return mes.Signer{}, err
	}
	if err := s.checkSecret(ctx, try); err != nil {
		if mes.CodeOf(err) == mes.CodeUnauthorized { // the session is not in doubt, only the signer
			err = mes.Refuse(mes.CodeForbidden, "Who signs could not be proved: name and password, or badge and PIN, do not fit.", "Nothing was signed.", "Try again.")
		}
		return mes.Signer{}, err
	}
	if s.Secrets.MustChange(try.account, try.kind, s.Now()) {
		return mes.Signer{}, mes.SecretEnded(try.kind, "Nothing was signed.")
	}
	who := try.account.Principal()
	if who.Site != r.who.Site || !s.Policy.Allows(who.Roles, policies.SignatureGive) {
		return mes.Signer{}, mes.Refuse(mes.CodeForbidden, who.Name+" may not sign here.", "Nothing was signed.", "Let someone sign who may.")
	}
	return mes.Signer{ID: who.ID, Name: who.Name, Roles: who.Roles, Method: method, Station: r.station, Source: r.from()}, nil
}

func (s *Server) attemptOf(ctx context.Context, p Proof) (attempt, mes.SigningMethod, error) {
	var f mes.Faults
	byBadge := p.Badge != "" || p.PIN != ""
	if byBadge {
		f.Check(p.Badge != "", "badge", "is missing; scan it")
		f.Check(p.PIN != "", "pin", "is missing")
		f.Check(p.User == "" && p.Password == "", "user", "give badge and PIN, or user and password")
	} else {
		f.Check(p.User != "", "user", "is missing")
		f.Check(p.Password != "", "password", "is missing")
	}
	if err := f.Err("Nothing was signed."); err != nil {
		return attempt{}, "", err
	}
	if !byBadge {
		a, err := s.Accounts.Get(ctx, p.User)
		return attempt{account: a, found: err, name: p.User, kind: mes.SecretPassword, secret: p.Password}, mes.SignedByPassword, nil
	}
	if requestOf(ctx).terminal == nil {
		return attempt{}, "", mes.Refuse(mes.CodeForbidden, "Badge and PIN sign at a terminal only.", "Nothing was signed.", "Sign with user and password.")
	}
	a, err := s.Accounts.ByBadge(ctx, p.Badge)
	return attempt{account: a, found: err, name: "badge " + p.Badge, kind: mes.SecretPIN, secret: p.PIN}, mes.SignedByBadge, nil
}
