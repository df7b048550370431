package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, hash, secret string
		want               bool
	}{
		{"right", hash, "correct horse", true},
		{"wrong", hash, "correct Horse", false},
		{"empty secret", hash, "", false},
		{"no account", "", "correct horse", false},
		{"no account, the word that is compared", "", "unknown", false},
		{"not a hash", "plain", "plain", false},
		{"endless secret", hash, strings.Repeat("x", MaxSecret+1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := Check(t.Context(), c.hash, c.secret); got != c.want || err != nil {
				t.Errorf("Check = %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// TestConstantWork compares how long an unknown name and a wrong password take; a lookup that returned early would be
// a thousand times faster, so a factor of three is no timing gamble.
func TestConstantWork(t *testing.T) {
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	best := func(hash string) time.Duration {
		least := time.Hour
		for range 5 {
			started := time.Now()
			if _, err := Check(t.Context(), hash, "something else"); err != nil {
				t.Fatal(err)
			}
			least = min(least, time.Since(started))
		}
		return least
	}
	best("") // the first one makes the hash to compare with
	known, unknown := best(hash), best("")
	if unknown*3 < known || known*3 < unknown {
		t.Errorf("a known name takes %s, an unknown one %s", known, unknown)
	}
}

func TestCheckWaitsNoLongerThanAsked(t *testing.T) {
	for range cap(turns) {
		turns <- struct{}{}
	}
	defer func() {
		for range cap(turns) {
			<-turns
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, "", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Check = %v, want context.Canceled", err)
	}
}

func TestSecretsHaveALength(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(string) (string, error)
		in   string
		ok   bool
	}{
		{"short password", HashPassword, "1234567", false},
		{"password", HashPassword, "12345678", true},
		{"password of umlauts counts characters", HashPassword, "äöüÄÖÜß", false},
		{"short PIN", HashPIN, "123", false},
		{"PIN", HashPIN, "1234", true},
		{"endless", HashPassword, strings.Repeat("x", MaxSecret+1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.make(c.in); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	a, hash := NewToken()
	b, _ := NewToken()
	if a == b {
		t.Error("two tokens are the same")
	}
	if HashToken(a) != hash || len(hash) != 64 {
		t.Errorf("hash %q does not belong to the token", hash)
	}
	if !LooksLikeToken(a) || LooksLikeToken("stl_") || LooksLikeToken(tokenPrefix+strings.Repeat("x", 300)) {
		t.Error("LooksLikeToken is wrong")
	}
}
