// Package auth makes and checks what people and programs prove themselves with: passwords and PINs as argon2id
// hashes, tokens as SHA-256 hashes.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// params follow the OWASP password storage advice for argon2id: 19 MiB, two passes, one lane.
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// turns bounds how many hashes are computed at once, and with it the memory that a flood of logins can take.
var turns = make(chan struct{}, 4)

// MinPassword and MinPIN are the shortest secrets that are accepted; MaxSecret bounds the work for one.
const (
	MinPassword = 8
	MinPIN      = 4
	MaxSecret   = 256
)

// HashPassword makes the hash of a person's password.
func HashPassword(password string) (string, error) {
	return hashSecret("password", password, MinPassword)
}

// HashPIN makes the hash of a person's PIN for the terminal, where the badge is the first factor.
func HashPIN(pin string) (string, error) { return hashSecret("PIN", pin, MinPIN) }

func hashSecret(noun, secret string, least int) (string, error) {
	if n := utf8.RuneCountInString(secret); n < least {
		return "", fmt.Errorf("a %s has at least %d characters, this has %d", noun, least, n)
	}
	if len(secret) > MaxSecret {
		return "", fmt.Errorf("a %s has at most %d bytes", noun, MaxSecret)
	}
	return argon2id.CreateHash(secret, params)
}

// stranger is compared against where there is no account, so that an unknown name takes as long as a wrong password.
var stranger = sync.OnceValue(func() string {
	h, err := argon2id.CreateHash(rand.Text(), params)
	if err != nil {
		return "" // Check then refuses, which it does in any case
	}
	return h
})

// Check tells whether the secret belongs to the hash. An empty hash never matches, and takes as long as one that does
// not. The error is ctx's, when no turn came in time.
func Check(ctx context.Context, hash, secret string) (bool, error) {
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	known := hash != "" && len(secret) <= MaxSecret
	if !known {
		hash, secret = stranger(), "unknown"
	}
	ok, err := argon2id.ComparePasswordAndHash(secret, hash)
	return ok && known && err == nil, nil
}

// tokenPrefix lets people and secret scanners see what a leaked string is.
const tokenPrefix = "stl_"

// NewToken makes a bearer token of 256 random bits. Only the hash is stored; the token is shown once.
func NewToken() (token, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashToken(token)
}

// HashToken is the hex SHA-256 under which a token is stored. A token has enough randomness to need no slow hash.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// LooksLikeToken spares the database the look-up of what can't be one. Tokens that were made elsewhere need no prefix.
func LooksLikeToken(s string) bool { return len(s) >= 20 && len(s) <= 200 }
