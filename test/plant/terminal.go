package plant

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
)

// terminals are those that a test registered beside the demo's.
type terminals struct {
	mu     sync.Mutex
	tokens map[string]string
}

// terminal is the token of a station's terminal: the demo's, or one that a supervisor registers now.
func (p *Plant) terminal(ctx context.Context, station string) (string, error) {
	info, err := p.Info()
	if err != nil {
		return "", err
	}
	if token := info.Terminals[station]; token != "" {
		return token, nil
	}
	p.registered.mu.Lock()
	defer p.registered.mu.Unlock()
	if token := p.registered.tokens[station]; token != "" {
		return token, nil
	}
	token, err := p.register(ctx, info, station)
	if err == nil {
		if p.registered.tokens == nil {
			p.registered.tokens = map[string]string{}
		}
		p.registered.tokens[station] = token
	}
	return token, err
}

func (p *Plant) register(ctx context.Context, info RunInfo, station string) (string, error) {
	for _, l := range info.Logins {
		r, err := NewClient(p.Base).Post(ctx, "/terminals", map[string]any{"station": station, "name": "Test at " + station + " " + rand.Text()[:6],
			"idle_minutes": 480, "user": l.User, "password": l.Password, "program": true, "reason": "for the test"}, "")
		if err != nil {
			return "", err
		}
		if r.Status == http.StatusForbidden {
			continue // somebody who may not
		}
		var out struct{ Token string }
		return out.Token, r.Into(&out)
	}
	return "", errors.New("nobody of the known logins may register a terminal")
}
