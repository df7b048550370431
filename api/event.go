package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) eventRoutes() {
	handle(s, route{Method: "GET", Path: "/events", ID: routeEvents, Group: "events", Right: policies.EventRead,
		Short: "What changes, as server-sent events",
		Long: "Each message's data is {kind, id}: kind is order, lot, station, device, outbox, material, vision or alert; read the thing again. " +
			"Kind lost means that messages were missed: read everything again. An event named now brings the server's clock, at the start and every 5 seconds.",
		Answers: eventAnswers},
		s.listen)
}

var eventAnswers = map[string]*huma.Response{"200": {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}}

// routeEvents is the stream of changes; that it is open tells of no hand at the screen.
const routeEvents = "listenEvents"

const (
	heartbeat    = 5 * time.Second
	clientBuffer = 256
	// clientPatience is how long a client may take to read what is sent to it.
	clientPatience = 10 * time.Second
	// stillSignedIn is how often a stream checks that its session has not ended.
	stillSignedIn = 6 // heartbeats
)

func (s *Server) listen(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	who := requestOf(ctx).who
	events, leave, err := s.hub.join(listener{who.Site, who.ID})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer leave()
		s.stream(c, events)
	}}, nil
}

// stream writes events until the client goes, falls behind, or is no longer signed in.
func (s *Server) stream(c huma.Context, events <-chan mes.Event) {
	res := humaecho.Unwrap(c).Response()
	h := res.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	res.WriteHeader(http.StatusOK)
	out := &eventWriter{res: res, control: http.NewResponseController(res.Writer)}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	out.now(s.Now())
	for beats := 1; out.err == nil; {
		select {
		case <-c.Context().Done():
			return
		case <-s.hub.closed:
			return
		case e, ok := <-events:
			if !ok {
				return // it fell behind: the client comes back and reads everything again
			}
			out.event(e)
			if e.Kind == mes.EventTerminal {
				s.terminals.forget()
				if !s.stillIn(c.Context(), humaecho.Unwrap(c).Request()) {
					return
				}
			}
		case <-beat.C:
			out.now(s.Now())
			if beats++; beats%stillSignedIn == 0 && !s.stillIn(c.Context(), humaecho.Unwrap(c).Request()) {
				return
			}
		}
	}
}

// stillIn tells whether the stream's session or token is still good, and the terminal that the session belongs to.
func (s *Server) stillIn(ctx context.Context, req *http.Request) bool {
	was := requestOf(req.Context())
	req, r := req.WithContext(ctx), &request{quiet: true, route: was.route}
	if err := s.atTerminal(req, r); err != nil {
		return true // the database is away, which ends nobody's session
	}
	_, err := s.whoIs(req, r)
	if was.wall {
		return r.terminal != nil // its registration, and no session, let it in
	}
	return mes.CodeOf(err) != mes.CodeUnauthorized
}

// eventWriter writes messages and remembers the first failure.
type eventWriter struct {
	res     http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (w *eventWriter) event(e mes.Event) {
	data, err := json.Marshal(struct {
		Kind mes.EventKind `json:"kind"`
		ID   string        `json:"id"`
	}{e.Kind, e.ID})
	if err != nil {
		w.err = err
		return
	}
	w.write(fmt.Sprintf("data: %s\n\n", data))
}

func (w *eventWriter) now(t time.Time) {
	w.write(fmt.Sprintf(": alive\n\nevent: now\ndata: {\"at\":%q}\n\n", t.UTC().Format(time.RFC3339Nano)))
}

// write sends one message within the client's patience. Test servers have no deadlines, which is no failure.
func (w *eventWriter) write(text string) {
	_ = w.control.SetWriteDeadline(time.Now().Add(clientPatience))
	if _, w.err = w.res.Write([]byte(text)); w.err == nil {
		w.err = w.control.Flush()
	}
}

// hub listens once to the store's events and hands them to every open stream.
type hub struct {
	events  mes.Events
	limit   int
	mu      sync.Mutex
	clients map[chan mes.Event]listener
	heard   func(mes.Event) // told of everything first
	closed  chan struct{}
	once    sync.Once
}

// listener is who stands behind an open stream.
type listener struct{ site, account string }

func newHub(e mes.Events, limit int, heard func(mes.Event)) *hub {
	return &hub{events: e, limit: limit, heard: heard, clients: map[chan mes.Event]listener{}, closed: make(chan struct{})}
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

// join opens a client's channel; leave gives it back.
func (h *hub) join(l listener) (events <-chan mes.Event, leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) >= h.limit {
		return nil, nil, mes.Refuse(mes.CodeTooMany, "Too many screens are open.", "They go on.", "Close one, then open this again.")
	}
	ch := make(chan mes.Event, clientBuffer)
	h.clients[ch] = l
	return ch, func() { h.drop(ch) }, nil
}

func (h *hub) drop(ch chan mes.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, in := h.clients[ch]; in {
		delete(h.clients, ch)
		close(ch)
	}
}

// tell hands an event to the clients of its site. A client whose buffer is full is dropped: nobody waits for it. What
// changed about an account is not for screens; the account's own streams are closed, so that they come back and are
// asked who they are.
func (h *hub) tell(e mes.Event) {
	h.heard(e)
	if e.Kind == mes.EventVisionInbox {
		return // not for screens
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch, l := range h.clients {
		if e.Kind == mes.EventAccount {
			if l.account == e.ID {
				delete(h.clients, ch)
				close(ch)
			}
			continue
		}
		if e.Site != "" && e.Site != l.site {
			continue
		}
		select {
		case ch <- e:
		default:
			delete(h.clients, ch)
			close(ch)
		}
	}
}

// run listens until ctx ends. When the store's stream breaks it is opened again, and the clients are told that they may
// have missed something.
func (h *hub) run(ctx context.Context) error {
	defer h.once.Do(func() { close(h.closed) })
	for {
		events, err := h.events.Listen(ctx)
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "events not heard", "err", err)
		}
		if err == nil {
			for e := range events {
				h.tell(e)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
			h.tell(mes.Event{Kind: mes.EventLost})
		}
	}
}
