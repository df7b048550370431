package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) secretRoutes() {
	handle(s, route{Method: "POST", Path: "/me/secret", ID: "changeMySecret", Group: "session", Right: policies.SessionUse, Command: true, Unkept: true, Limited: true, Noun: "account",
		Short: "Choose a new password or PIN", Long: "The present password or PIN proves that it is the person and not somebody at an open screen. My other sessions end."}, s.changeMySecret)
	handle(s, route{Method: "POST", Path: "/people/{account}/secret", ID: "setSecret", Group: "people", Right: policies.AccountManage, Command: true, Unkept: true, Noun: "account",
		Short: "Give a person a new password or PIN", Long: "It lets them do nothing but choose their own. Their sessions end."}, s.setSecret)
}

// OwnSecret is a person's new password or PIN.
type OwnSecret struct {
	Kind            mes.SecretKind `json:"kind" enum:"password,pin"`
	CurrentPassword string         `json:"current_password,omitempty" maxLength:"256"`
	CurrentPIN      string         `json:"current_pin,omitempty" maxLength:"256"`
	New             string         `json:"new" minLength:"1" maxLength:"256"`
}

func (s *Server) changeMySecret(ctx context.Context, in *struct{ Body OwnSecret }) (*one[Me], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = r.who.ID
	if r.session == "" {
		return nil, mes.Refuse(mes.CodeConflict, "A program has no password.", "Nothing was changed.", "Make a token.")
	}
	a, err := s.Accounts.Get(ctx, r.who.ID)
	if err != nil {
		return nil, err
	}
	if err := s.itIsThem(ctx, a, b); err != nil {
		return nil, err
	}
	hash, err := s.newSecret(ctx, a, b.Kind, b.New)
	if err != nil {
		return nil, err
	}
	if err := s.Accounts.SetSecret(ctx, r.actor(), a.ID, b.Kind, hash, false, storedToken(r.session), ""); err != nil {
		return nil, err
	}
	s.ids.forgetAccount(a.ID)
	if r.must == b.Kind {
		r.must = ""
	}
	return answer(s.meOf(ctx, r))
}

// itIsThem asks for the present secret, and counts a wrong one as a failed sign-in. Who has none yet, because the
// identity provider knows them, chooses the first one in the session that came from there.
func (s *Server) itIsThem(ctx context.Context, a mes.Account, b OwnSecret) error {
	if a.Secret(b.Kind).Hash == "" && requestOf(ctx).method == byOIDC {
		return nil
	}
	t := attempt{account: a, name: a.ID, kind: mes.SecretPassword, secret: b.CurrentPassword}
	if b.CurrentPassword == "" {
		t.kind, t.secret = mes.SecretPIN, b.CurrentPIN
	}
	err := s.checkSecret(ctx, t)
	if mes.CodeOf(err) == mes.CodeUnauthorized {
		field := "current_password"
		if t.kind == mes.SecretPIN {
			field = "current_pin"
		}
		var f mes.Faults
		f.Add(field, "is not right")
		return f.Err("Nothing was changed.")
	}
	return err
}

// newSecret judges a new secret, by length, and by what the person had before, and hashes it.
func (s *Server) newSecret(ctx context.Context, a mes.Account, kind mes.SecretKind, secret string) (string, error) {
	var f mes.Faults
	least := auth.MinPassword
	if kind == mes.SecretPIN {
		least = auth.MinPIN
		f.Check(strings.Trim(secret, "0123456789") == "", "new", "a PIN has digits only")
	}
	f.Check(len([]rune(secret)) >= least, "new", "has at least %d characters", least)
	f.Check(!strings.EqualFold(secret, a.ID), "new", "must not be the user ID")
	if err := f.Err("Nothing was changed."); err != nil {
		return "", err
	}
	had, err := s.Accounts.Secrets(ctx, a.ID, kind, mes.SecretMemory)
	if err != nil {
		return "", err
	}
	for _, hash := range had {
		same, err := auth.Check(ctx, hash, secret)
		if err != nil {
			return "", mes.Refuse(mes.CodeTooMany, "Too many people sign in at once.", "Nothing was changed.", "Try again in a moment.")
		}
		f.Check(!same, "new", "is one of the last %d", mes.SecretMemory)
		if same {
			return "", f.Err("Nothing was changed.")
		}
	}
	if kind == mes.SecretPIN {
		return auth.HashPIN(secret)
	}
	return auth.HashPassword(secret)
}

// GivenSecret is a password or PIN that an administrator gives.
type GivenSecret struct {
	Kind mes.SecretKind `json:"kind" enum:"password,pin"`
	New  string         `json:"new,omitempty" maxLength:"256" doc:"Left out, one is drawn and shown this once."`
	Because
}

// ShownSecret is the answer.
type ShownSecret struct {
	Secret string `json:"secret" doc:"Shown this once. It lets the person do nothing but choose their own."`
}

func (s *Server) setSecret(ctx context.Context, in *struct {
	AccountPath
	Body GivenSecret
}) (*one[ShownSecret], error) {
	a, err := s.ofMySite(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	if a.ID == r.who.ID {
		return nil, mes.Refuse(mes.CodeConflict, "Nobody gives a password to themself.", "Nothing was changed.", "Change it in your own menu.")
	}
	if in.Body.New == "" {
		in.Body.New = drawn(in.Body.Kind)
	}
	hash, err := s.newSecret(ctx, a, in.Body.Kind, in.Body.New)
	if err != nil {
		return nil, err
	}
	err = s.Accounts.SetSecret(ctx, r.actor(), a.ID, in.Body.Kind, hash, true, "", in.Body.Reason)
	s.ids.forgetAccount(a.ID)
	return answer(ShownSecret{in.Body.New}, err)
}

// drawn makes a password of 60 random bits that a person can type off a screen, or a PIN of six digits.
func drawn(kind mes.SecretKind) string {
	if kind == mes.SecretPIN {
		n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails (crypto/rand)
		return fmt.Sprintf("%06d", n)
	}
	t := strings.ToLower(rand.Text()[:12])
	return t[:4] + "-" + t[4:8] + "-" + t[8:]
}
