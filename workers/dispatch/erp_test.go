package dispatch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// The expected value is from: printf '1764000000.{"order":"WO-1"}' | openssl dgst -sha256 -hmac secret
func TestSign(t *testing.T) {
	const want = "t=1764000000,v1=" + signed
	if got := Sign("secret", time.Unix(1764000000, 0), []byte(`{"order":"WO-1"}`)); got != want {
		t.Errorf("Sign = %s\nwant   %s", got, want)
	}
	if Sign("other", time.Unix(1764000000, 0), []byte(`{"order":"WO-1"}`)) == want {
		t.Error("another secret makes the same signature")
	}
}

func TestERPAnswers(t *testing.T) {
	for status, want := range map[int]string{200: "", 204: "", 302: "again", 400: "dead", 401: "dead", 404: "dead", 408: "again", 409: "dead", 425: "again", 429: "again", 500: "again", 503: "again"} {
		var got http.Header
		var body string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			got, body = r.Header, string(b)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		e := NewERP(server.URL, "secret")
		e.Now = func() time.Time { return time.Unix(1764000000, 0) }
		_, err := e.Deliver(context.Background(), mes.Message{Key: "WO-1/done", Kind: mes.MessageOrderConfirmed, Payload: []byte(`{"order":"WO-1"}`)})
		server.Close()
		if outcome(err) != want {
			t.Errorf("status %d: %v, want %q", status, err, want)
		}
		if got.Get("Idempotency-Key") != "WO-1/done" || body != `{"order":"WO-1"}` || got.Get("X-Steelthread-Signature") != "t=1764000000,v1="+signed {
			t.Errorf("status %d: sent %v %s", status, got, body)
		}
	}
}

const signed = "13493060e4b17ee5ce87173f583af0d5347db0f011e22805fb242f90d049a3c5"

func outcome(err error) string {
	var d dead
	switch {
	case err == nil:
		return ""
	case errors.As(err, &d):
		return "dead"
	}
	return "again"
}

func TestNoERPAnswerIsTriedAgain(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := NewERP(server.URL, "secret").Deliver(context.Background(), mes.Message{Key: "k", Payload: []byte("{}")})
	if outcome(err) != "again" {
		t.Errorf("no connection: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Error("the error tells the secret")
	}
}
