package sim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxSkew is how far a message's time stamp may lie from the ERP's clock before it counts as a replay.
const maxSkew = 5 * time.Minute

// Message is one message that the ERP has received.
type Message struct {
	Key        string          `json:"key"`
	ReceivedAt time.Time       `json:"received_at"`
	Verified   bool            `json:"verified"`
	Why        string          `json:"why,omitempty"`
	Duplicates int             `json:"duplicates"`
	Body       json.RawMessage `json:"body"`
}

// erp is a small ERP's inbox. It takes signed messages, keeps each key once, and shows what arrived.
type erp struct {
	opts   Options
	secret string
	faults *faults
	log    *slog.Logger
	ln     net.Listener
	server *http.Server
	file   *os.File
	cmms   *cmms

	mu       sync.Mutex
	messages []Message
	byKey    map[string]int
}

func newERP(o Options, secret string, f *faults, port int) (*erp, error) {
	e := &erp{opts: o, secret: secret, faults: f, log: o.Logger.With("part", "erp"), byKey: map[string]int{}}
	if err := e.openFile(); err != nil {
		return nil, err
	}
	var err error
	if e.ln, err = listen(o.Host, port); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhook", e.receive)
	mux.HandleFunc("GET /messages", e.show)
	if e.cmms, err = newCMMS(o, e.verify); err != nil {
		return nil, errors.Join(err, e.ln.Close())
	}
	mux.HandleFunc("POST /maintenance", e.cmms.receive)
	mux.HandleFunc("GET /maintenance", e.cmms.show)
	e.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = e.server.Serve(e.ln) }() // ends when the plant shuts it down
	return e, nil
}

func listen(host string, port int) (net.Listener, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil && port != 0 {
		ln, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return ln, err
}

func (e *erp) url() string { return "http://" + e.ln.Addr().String() }

func (e *erp) close() error {
	return errors.Join(e.server.Close(), e.file.Close(), e.cmms.file.Close())
}

// openFile reads what arrived in earlier runs. A line with a key that is known already is a duplicate.
func (e *erp) openFile() error {
	path := e.opts.path("erp", "messages.jsonl")
	if f, err := os.Open(path); err == nil {
		dec := json.NewDecoder(f)
		for {
			var m Message
			if dec.Decode(&m) != nil {
				break
			}
			e.keep(m)
		}
		f.Close()
	}
	var err error
	e.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return err
}

// keep adds a message, or counts it when a verified one with its key is there. It reports what stood before.
func (e *erp) keep(m Message) (before *Message) {
	if i, ok := e.byKey[m.Key]; ok && m.Verified {
		old := e.messages[i]
		e.messages[i].Duplicates++
		return &old
	}
	if m.Verified {
		e.byKey[m.Key] = len(e.messages)
	}
	e.messages = append(e.messages, m)
	return nil
}

// receive takes one message. It answers 200 only when the message is on disk; the same key again is answered alike, the
// same key with another body with 409.
func (e *erp) receive(w http.ResponseWriter, r *http.Request) {
	if e.faults.on("ERP", Silence) {
		<-r.Context().Done()
		return
	}
	if !sleep(r.Context(), e.faults.late("ERP")) {
		return
	}
	if e.faults.use("ERP", FailTimes) {
		http.Error(w, "the ERP is being maintained", http.StatusServiceUnavailable)
		return
	}
	if e.faults.use("ERP", RefuseTimes) {
		http.Error(w, "the ERP does not know this order", http.StatusUnprocessableEntity)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil {
		http.Error(w, "the message is too long", http.StatusRequestEntityTooLarge)
		return
	}
	m := Message{Key: r.Header.Get("Idempotency-Key"), ReceivedAt: time.Now().UTC(), Body: body}
	if !json.Valid(body) {
		http.Error(w, "the message is no JSON", http.StatusBadRequest)
		return
	}
	if err := e.verify(r.Header.Get("X-Steelthread-Signature"), body, m.ReceivedAt); err != nil {
		m.Why = err.Error()
	}
	if m.Key == "" && m.Why == "" {
		m.Why = "no Idempotency-Key"
	}
	m.Verified = m.Why == ""
	e.store(w, m)
}

func (e *erp) store(w http.ResponseWriter, m Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	line, err := json.Marshal(m)
	if err == nil {
		_, err = e.file.Write(append(line, '\n'))
	}
	if err != nil {
		e.log.Error("message is not kept", "error", err)
		http.Error(w, "the message could not be kept", http.StatusInternalServerError)
		return
	}
	before := e.keep(m)
	switch {
	case !m.Verified:
		http.Error(w, m.Why, http.StatusUnauthorized)
	case before != nil && compact(before.Body) != compact(m.Body):
		http.Error(w, "this key came with another body before", http.StatusConflict)
	default:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "{\"received\":%q}\n", m.Key)
	}
}

func compact(b json.RawMessage) string {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return string(b)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// verify checks a signature of the form t=<unix>,v1=<hex of HMAC-SHA256 over "t.body">.
func (e *erp) verify(header string, body []byte, now time.Time) error {
	var stamp, sum string
	for _, part := range strings.Split(header, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch k {
		case "t":
			stamp = v
		case "v1":
			sum = v
		}
	}
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || sum == "" {
		return errors.New("no readable signature")
	}
	if d := now.Sub(time.Unix(unix, 0)); d > maxSkew || d < -maxSkew {
		return fmt.Errorf("the signature's time is %s off", d.Round(time.Second))
	}
	mac := hmac.New(sha256.New, []byte(e.secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	got, err := hex.DecodeString(sum)
	if err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return errors.New("the signature does not fit")
	}
	return nil
}

// show lists the messages, newest first.
func (e *erp) show(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	items := make([]Message, 0, len(e.messages))
	for i := len(e.messages) - 1; i >= 0; i-- {
		items = append(items, e.messages[i])
	}
	e.mu.Unlock()
	total := len(items)
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n >= 0 && n < len(items) {
		items = items[:n]
	}
	reply(w, map[string]any{"items": items, "total": total})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// shutdown lets answers that are under way out.
func shutdown(s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return s.Close()
	}
	return nil
}
