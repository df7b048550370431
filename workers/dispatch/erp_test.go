package dispatch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// verified is how a receiver checks a signature, written apart from the sender's code.
func verified(secret, header string, body []byte, now time.Time) bool {
	stamp, sum, ok := strings.Cut(header, ",")
	unix, isTime := strings.CutPrefix(stamp, "t=")
	digest, isV1 := strings.CutPrefix(sum, "v1=")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(unix + "." + string(body)))
	return ok && isTime && isV1 && hex.EncodeToString(mac.Sum(nil)) == digest && unix == "1767323045" && now.Unix() == 1767323045
}

func TestTheWebhookIsSignedAndCarriesItsKey(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var got *http.Request
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("taken"))
	}))
	defer srv.Close()
	e := NewERP(srv.URL, "s3cret")
	e.Now = func() time.Time { return now }
	answer, err := e.Deliver(t.Context(), message)
	if err != nil || answer != "202 taken" {
		t.Fatalf("%q, %v", answer, err)
	}
	if got.Header.Get("Idempotency-Key") != message.Key || string(body) != string(message.Payload) || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v %s", got.Header, body)
	}
	if !verified("s3cret", got.Header.Get("X-Steelthread-Signature"), body, now) {
		t.Errorf("the signature %q does not hold", got.Header.Get("X-Steelthread-Signature"))
	}
	if verified("other", got.Header.Get("X-Steelthread-Signature"), body, now) {
		t.Error("the signature holds under another secret")
	}
}

func TestAnswersThatParkAndAnswersThatAreTriedAgain(t *testing.T) {
	for status, parked := range map[int]bool{400: true, 401: true, 404: true, 409: true, 422: true, 408: false, 425: false, 429: false, 500: false, 503: false, 302: false} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere.invalid/")
			w.WriteHeader(status)
		}))
		_, err := NewERP(srv.URL, "s").Deliver(t.Context(), message)
		srv.Close()
		var d dead
		if err == nil || errors.As(err, &d) != parked {
			t.Errorf("%d: %v, parked must be %v", status, err, parked)
		}
	}
	if _, err := NewERP("http://127.0.0.1:1", "s").Deliver(t.Context(), message); err == nil || errors.As(err, new(dead)) {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err := NewERP("://", "s").Deliver(t.Context(), message); !errors.As(err, new(dead)) {
		t.Errorf("an address that is none: %v", err)
	}
}
