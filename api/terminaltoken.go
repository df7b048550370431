package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

const (
	// terminalCookie makes a browser a terminal; scripts can't read it.
	terminalCookie = "steelthread_terminal"
	// headerTerminal makes a program a terminal. The token never stands in an address, which ends up in logs.
	headerTerminal = "X-Terminal"
	// headerQuiet marks what a screen asks by itself, long after the last touch.
	headerQuiet = "X-Quiet"
	// terminalAge is how long a browser keeps its cookie without a visit; each visit renews it. Browsers keep none longer.
	terminalAge = 400 * 24 * time.Hour
	// seenEvery is how often a terminal's use is noted.
	seenEvery = time.Minute
)

// atTerminal finds out at which terminal the request was made. A token that is not known, or no longer, makes no terminal.
func (s *Server) atTerminal(req *http.Request, r *request) error {
	token := req.Header.Get(headerTerminal)
	if cookie, err := req.Cookie(terminalCookie); token == "" && err == nil {
		token, r.terminalCookie = cookie.Value, cookie.Value
	}
	if !auth.LooksLikeToken(token) {
		return nil
	}
	// A command asks the database, so that a revocation holds at once and in every process; a look believes for a moment.
	looking := req.Method == http.MethodGet || req.Method == http.MethodHead
	t, found, err := s.terminals.byToken(req.Context(), auth.HashToken(token), looking)
	if err != nil || !found {
		return err
	}
	r.terminal, r.station = &t, t.Station
	return nil
}

// knownTerminals remembers for a moment which terminal a token belongs to, and when each was last noted as used.
type knownTerminals struct {
	s     *Server
	mu    sync.Mutex
	known map[string]knownTerminal
	seen  map[string]time.Time
}

type knownTerminal struct {
	mes.Terminal
	until time.Time
}

func newTerminals(s *Server) *knownTerminals {
	return &knownTerminals{s: s, known: map[string]knownTerminal{}, seen: map[string]time.Time{}}
}

func (k *knownTerminals) byToken(ctx context.Context, hash string, believe bool) (mes.Terminal, bool, error) {
	now := k.s.Now()
	k.mu.Lock()
	known, ok := k.known[hash]
	k.mu.Unlock()
	if believe && ok && now.Before(known.until) {
		return known.Terminal, true, nil
	}
	t, err := k.s.Terminals.ByToken(ctx, hash)
	k.mu.Lock()
	if err != nil {
		delete(k.known, hash)
	} else {
		if len(k.known) > 10_000 {
			clear(k.known)
		}
		k.known[hash] = knownTerminal{t, now.Add(identityAge)}
	}
	k.mu.Unlock()
	if mes.CodeOf(err) == mes.CodeNotFound {
		return mes.Terminal{}, false, nil
	}
	if err != nil {
		return mes.Terminal{}, false, err
	}
	return t, true, k.note(ctx, t.ID, now)
}

// note writes that the terminal was used, at most once a minute.
func (k *knownTerminals) note(ctx context.Context, id string, now time.Time) error {
	k.mu.Lock()
	due := now.Sub(k.seen[id]) >= seenEvery
	if due {
		k.seen[id] = now
	}
	k.mu.Unlock()
	if !due {
		return nil
	}
	return k.s.Terminals.Seen(ctx, id)
}

// forget makes this process ask again.
func (k *knownTerminals) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.known)
}

// terminalCookieOf is the header that carries a terminal's token; a negative age takes it away.
func (s *Server) terminalCookieOf(token string, age time.Duration) string {
	c := http.Cookie{Name: terminalCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure(), MaxAge: int(age.Seconds())}
	return c.String()
}
