package autopilot

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// client is one account at the API: a person with a session, or a program with a token.
type client struct {
	base           string
	http           *http.Client
	user, password string
	token          string
	// terminal is the token of the station's terminal that commands come from; empty at a desk.
	terminal string
}

// at is the same person at a station's terminal. They signed in at a desk, so that their session is not the terminal's.
func (c *client) at(terminal string) *client {
	there := *c
	there.terminal = terminal
	return &there
}

func newClient(base, user, password, token string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &client{base: base, user: user, password: password, token: token, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}, nil
}

// refusal is an answer that says no.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail) }

// refused tells whether err is an answer that says no, and not a failure to reach anybody.
func refused(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.Status < 500 && r.Status != http.StatusTooManyRequests
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, "application/json", nil, "", out)
}

// command posts under a fresh key and repeats it under the same key until there is a final answer.
func (c *client) command(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.insist(ctx, path, "application/json", body, out)
}

// decide gives a command whose effect may wait for a signature, and signs it in the same person's name.
func (c *client) decide(ctx context.Context, path string, in any) error {
	var d struct {
		Request *mes.SignatureRequest `json:"request"`
	}
	if err := c.command(ctx, path, in, &d); err != nil || d.Request == nil {
		return err
	}
	return c.sign(ctx, *d.Request)
}

// sign gives the next signature of a request.
func (c *client) sign(ctx context.Context, r mes.SignatureRequest) error {
	need, _, ok := r.NextNeed()
	if !ok {
		return nil
	}
	in := map[string]string{"user": c.user, "password": c.password, "meaning": string(need.Meaning), "hash": r.Hash}
	return c.command(ctx, "/signature-requests/"+r.ID+"/sign", in, nil)
}

func (c *client) insist(ctx context.Context, path, kind string, body []byte, out any) error {
	key := "auto-" + rand.Text()[:16]
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := c.do(ctx, http.MethodPost, path, kind, body, key, out)
		if err == nil || refused(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// do sends one request, and signs in first where the session is missing or over.
func (c *client) do(ctx context.Context, method, path, kind string, body []byte, key string, out any) error {
	err := c.send(ctx, method, path, kind, body, key, out)
	var r *refusal
	if c.user == "" || !errors.As(err, &r) || r.Status != http.StatusUnauthorized {
		return err
	}
	if err := c.login(ctx); err != nil {
		return err
	}
	return c.send(ctx, method, path, kind, body, key, out)
}

func (c *client) login(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"user": c.user, "password": c.password})
	if err != nil {
		return err
	}
	return c.at("").send(ctx, http.MethodPost, "/login", "application/json", body, "", nil)
}

// errPending says that the command is under way but has no final answer yet.
var errPending = errors.New("no final answer yet")

func (c *client) send(ctx context.Context, method, path, kind string, body []byte, key string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if c.terminal != "" {
		req.Header.Set("X-Terminal", c.terminal)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusAccepted:
		return errPending
	case res.StatusCode/100 == 2 && (out == nil || len(text) == 0):
		return nil
	case res.StatusCode/100 == 2:
		return json.Unmarshal(text, out)
	}
	r := &refusal{Status: res.StatusCode}
	if json.Unmarshal(text, r) != nil || r.Detail == "" {
		r.Status, r.Detail = res.StatusCode, string(text[:min(len(text), 200)])
	}
	return r
}
