package api

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// TestWaitOutlastsTheBodysDeadline sends a command whose answer takes longer than its body may: it ends in 202, not in
// a connection that was given up.
func TestWaitOutlastsTheBodysDeadline(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Read, d.Limits.Wait = 100*time.Millisecond, 500*time.Millisecond })
	h.temporal.update = answering(nil, errSilent)
	server := httptest.NewServer(h)
	defer server.Close()
	for _, key := range []string{"", "k1"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+strings.Replace(stepDone, "~", Base, 1), strings.NewReader(`{"scan":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+tokenOf(mes.RoleOperator))
		req.Header.Set(headerTerminal, terminalToken("ST20"))
		req.Header.Set(headerKey, key)
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusAccepted || err != nil {
			t.Errorf("answered %d %s %v", resp.StatusCode, body, err)
		}
	}
}

// TestSlowBody stalls in the middle of a body: the request ends with its time, and holds nothing any longer.
func TestSlowBody(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Read = 100 * time.Millisecond })
	server := httptest.NewServer(h)
	defer server.Close()
	for _, path := range []string{Base + "/work-orders", Base + "/scans"} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: mes\r\nContent-Length: 100\r\nIdempotency-Key: k\r\nAuthorization: Bearer "+tokenOf(mes.RoleAdmin)+"\r\n\r\n{")
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		head := make([]byte, 12)
		if _, err := io.ReadFull(c, head); err != nil || string(head) != "HTTP/1.1 408" {
			t.Errorf("%s answered %q %v", path, head, err)
		}
		_ = c.Close()
	}
}
