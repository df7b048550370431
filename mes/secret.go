package mes

import (
	"fmt"
	"time"
)

// SecretKind tells the two secrets of a person apart.
type SecretKind string

// The kinds of secret.
const (
	SecretPassword SecretKind = "password"
	SecretPIN      SecretKind = "pin" // with a badge
)

// SecretMemory is how many of the last secrets may not come back.
const SecretMemory = 5

// SecretRules say how long a person's secrets last. 0 days means for ever.
type SecretRules struct {
	PasswordDays int
	PINDays      int
}

// Secret is what is known of a person's password or PIN without knowing it.
type Secret struct {
	Hash  string     `json:"-"`
	SetAt *time.Time `json:"set_at,omitempty"`
	// Given by somebody else, it lets the person do nothing but choose their own.
	Given bool `json:"given,omitempty"`
}

// Secret finds one of the account's secrets.
func (a Account) Secret(kind SecretKind) Secret {
	if kind == SecretPIN {
		return Secret{Hash: a.PINHash, SetAt: a.PINSetAt, Given: a.PINGiven}
	}
	return Secret{Hash: a.PasswordHash, SetAt: a.PasswordSetAt, Given: a.PasswordGiven}
}

// Ends is when the account's secret must be changed; nil means never.
func (r SecretRules) Ends(a Account, kind SecretKind) *time.Time {
	days, s := r.PasswordDays, a.Secret(kind)
	if kind == SecretPIN {
		days = r.PINDays
	}
	if days <= 0 || s.SetAt == nil || s.Hash == "" || a.Kind != AccountPerson {
		return nil
	}
	end := s.SetAt.AddDate(0, 0, days)
	return &end
}

// MustChange tells whether the person has to choose a new secret before doing anything else (21 CFR 11.300(b)).
func (r SecretRules) MustChange(a Account, kind SecretKind, now time.Time) bool {
	end := r.Ends(a, kind)
	return a.Secret(kind).Given || end != nil && !now.Before(*end)
}

// SecretEnded refuses the use of a secret that must be changed first.
func SecretEnded(kind SecretKind, kept string) error {
	return Refuse(CodeForbidden, fmt.Sprintf("Your %s has ended, or was given to you by somebody else.", kind.Word()), kept,
		fmt.Sprintf("Sign in and choose a new %s.", kind.Word()))
}

// Word is the kind as people write it.
func (k SecretKind) Word() string {
	if k == SecretPIN {
		return "PIN"
	}
	return string(k)
}
