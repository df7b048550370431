package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// listenTo opens a stream over a real connection and hands its lines on.
func (h *house) listenTo(role mes.Role) (lines <-chan string, stop func()) {
	h.t.Helper()
	server := httptest.NewServer(h)
	h.t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(h.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", server.URL+Base+"/events", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenOf(role))
	resp, err := server.Client().Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/event-stream" {
		h.t.Fatalf("status %d, %s", resp.StatusCode, kind)
	}
	out := make(chan string, 100)
	go func() {
		defer close(out)
		defer func() { _ = resp.Body.Close() }() // the stream is over
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			out <- s.Text()
		}
	}()
	h.t.Cleanup(cancel)
	return out, cancel
}

// awaits reads lines until one holds the text.
func awaits(t *testing.T, lines <-chan string, text string) string {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the stream ended before %q", text)
			}
			if strings.Contains(line, text) {
				return line
			}
		case <-late:
			t.Fatalf("%q did not come", text)
		}
	}
}

func TestEvents(t *testing.T) {
	h := newHouse(t)
	h.feed()
	lines, stop := h.listenTo(mes.RoleOperator)
	awaits(t, lines, "event: now")
	h.events.feed <- mes.Event{Kind: mes.EventOrder, ID: "OTHER", Site: "ELSEWHERE"}
	h.events.feed <- mes.Event{Kind: mes.EventOrder, ID: "4711", Site: "HAM"}
	if line := awaits(t, lines, "data: {\"kind\""); line != `data: {"kind":"order","id":"4711"}` {
		t.Errorf("told %q", line)
	}
	stop()
	deadline := time.Now().Add(10 * time.Second)
	for h.hub.count() > 0 {
		if time.Now().After(deadline) {
			t.Fatal("a client that went is still counted")
		}
		h.events.feed <- mes.Event{Kind: mes.EventOrder, ID: "x"}
	}
}

// TestSlowClientIsDropped fills a client's buffer: it is dropped, and the others are still told.
func TestSlowClientIsDropped(t *testing.T) {
	h := newHub(nil, 2, func(mes.Event) {})
	slow, leaveSlow, err := h.join(listener{site: "HAM"})
	if err != nil {
		t.Fatal(err)
	}
	quick, leave, err := h.join(listener{site: "HAM"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.join(listener{site: "HAM"}); mes.CodeOf(err) != mes.CodeTooMany {
		t.Errorf("a third of two clients: %v", err)
	}
	for range clientBuffer + 1 {
		h.tell(mes.Event{Kind: mes.EventLot, ID: "L1"})
		<-quick
	}
	n := 0
	for range slow {
		n++
	}
	if n != clientBuffer || h.count() != 1 {
		t.Errorf("the slow client got %d events, %d clients are left", n, h.count())
	}
	leaveSlow() // it may still say so itself
	leave()
	if h.count() != 0 {
		t.Errorf("%d clients are left", h.count())
	}
}

// TestStreamTellsOfALoss breaks the store's stream: the hub opens it again and says that something may be missed.
func TestStreamTellsOfALoss(t *testing.T) {
	h := newHub(&brokenEvents{}, 1, func(mes.Event) {})
	events, leave, err := h.join(listener{site: "HAM"})
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- h.run(ctx) }()
	select {
	case e := <-events:
		if e.Kind != mes.EventLost {
			t.Errorf("told %+v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing was told")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type brokenEvents struct{}

func (brokenEvents) Listen(context.Context) (<-chan mes.Event, error) {
	ch := make(chan mes.Event)
	close(ch)
	return ch, nil
}
