package plant

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Client speaks the API as one account: a person's session or a service's token.
type Client struct {
	Account string
	base    string
	token   string
	// password signs what this person's own decisions ask a signature for.
	password string
	http     *http.Client
	// station is whose terminal the requests come from, empty at a desk; terminal finds its token.
	station  string
	terminal func(ctx context.Context, station string) (string, error)
}

// At is the same account at a station's registered terminal. It signed in at a desk, so that its session goes with it.
func (c *Client) At(station string) *Client {
	there := *c
	there.station = station
	return &there
}

// NewClient makes a client that is not signed in. base is the system's URL.
func NewClient(base string) *Client {
	jar, _ := cookiejar.New(nil)
	tr := &http.Transport{MaxIdleConns: 128, MaxIdleConnsPerHost: 128, IdleConnTimeout: time.Minute}
	return &Client{base: strings.TrimSuffix(base, "/"), http: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: tr}}
}

// WithToken makes a client of a service account.
func (c *Client) WithToken(account, token string) *Client {
	next := NewClient(c.base)
	next.Account, next.token = account, token
	return next
}

// Request is one call. Body is sent as JSON, or as it is when it is a string or bytes.
type Request struct {
	Method, Path string
	Body         any
	// Key is the Idempotency-Key; empty sends none.
	Key     string
	Headers map[string]string
}

// Reply is an answer, whatever its status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Problem is an RFC 9457 answer.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	What   string `json:"what"`
	Kept   string `json:"kept"`
	Do     string `json:"do"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
	RequestID string `json:"request_id"`
}

// Problem decodes a refusal; fields that are missing stay empty.
func (r *Reply) Problem() Problem {
	var p Problem
	_ = json.Unmarshal(r.Body, &p)
	return p
}

// OK tells a 2xx answer that is final.
func (r *Reply) OK() bool { return r.Status/100 == 2 && r.Status != http.StatusAccepted }

// Into decodes the body, and returns the refusal as an error when the answer is not 2xx.
func (r *Reply) Into(v any) error {
	if r.Status/100 != 2 {
		return fmt.Errorf("status %d: %s", r.Status, bytes.TrimSpace(r.Body))
	}
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("decode %q: %w", r.Body, err)
	}
	return nil
}

// Send makes one call once. The error tells that no whole answer came back.
func (c *Client) Send(ctx context.Context, q Request) (*Reply, error) {
	req, err := c.request(ctx, q)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func (c *Client) request(ctx context.Context, q Request) (*http.Request, error) {
	var body io.Reader
	kind := "application/json"
	switch b := q.Body.(type) {
	case nil:
		kind = ""
	case string:
		body = strings.NewReader(b)
	case []byte:
		body = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	path := q.Path
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	req, err := http.NewRequestWithContext(ctx, q.Method, path, body)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("Content-Type", kind)
	set("Idempotency-Key", q.Key)
	if c.token != "" {
		set("Authorization", "Bearer "+c.token)
	}
	if c.station != "" {
		token, err := c.terminal(ctx, c.station)
		if err != nil {
			return nil, fmt.Errorf("terminal at %s: %w", c.station, err)
		}
		set("X-Terminal", token)
	}
	for name, value := range q.Headers {
		set(name, value)
	}
	return req, nil
}

// Get reads a path under /api/v1 into v.
func (c *Client) Get(ctx context.Context, path string, v any) error {
	r, err := c.Send(ctx, Request{Method: http.MethodGet, Path: "/api/v1" + path})
	if err != nil {
		return err
	}
	if err := r.Into(v); err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}

// Post sends a command once.
func (c *Client) Post(ctx context.Context, path string, body any, key string) (*Reply, error) {
	if body == nil {
		body = struct{}{}
	}
	return c.Send(ctx, Request{Method: http.MethodPost, Path: "/api/v1" + path, Body: body, Key: key})
}

// Insist sends a command until it has a final answer: a lost connection, a server error, and "not yet" (202) are
// followed by the same command under the same key, as any careful client of the API does. Where the decision waits for a
// signature, a person gives it.
func (c *Client) Insist(ctx context.Context, path string, body any, key string) (*Reply, error) {
	r, err := c.insist(ctx, path, body, key)
	if err != nil || !r.OK() || c.password == "" {
		return r, err
	}
	return c.signOwn(ctx, r, key)
}

func (c *Client) insist(ctx context.Context, path string, body any, key string) (*Reply, error) {
	var last string
	var reply *Reply
	err := Until(ctx, func() string {
		r, err := c.Post(ctx, path, body, key)
		switch {
		case err != nil:
			last = err.Error()
		case r.Status == http.StatusAccepted || r.Status >= 500 || r.Status == http.StatusTooManyRequests:
			last = fmt.Sprintf("status %d: %s", r.Status, r.Body)
		default:
			reply, last = r, ""
		}
		return last
	})
	if err != nil {
		return nil, fmt.Errorf("POST %s as %s with key %s: %w", path, c.Account, key, err)
	}
	return reply, nil
}

// Login signs a person in.
func (c *Client) Login(ctx context.Context, user, password string) error {
	r, err := c.Post(ctx, "/login", map[string]string{"user": user, "password": password}, "")
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("sign in as %s: status %d: %s", user, r.Status, r.Body)
	}
	c.Account, c.password = user, password
	return nil
}

// signOwn signs the request that a decision has made, where it made one.
func (c *Client) signOwn(ctx context.Context, decided *Reply, key string) (*Reply, error) {
	var d struct {
		Request *mes.SignatureRequest `json:"request"`
	}
	if json.Unmarshal(decided.Body, &d) != nil || d.Request == nil || d.Request.State != mes.RequestOpen || len(d.Request.Needs) != 1 {
		return decided, nil
	}
	r, err := c.Sign(ctx, *d.Request, key+":sign")
	if err != nil || !r.OK() {
		return r, err
	}
	return decided, nil
}

// Sign gives the next signature of a request in this person's name.
func (c *Client) Sign(ctx context.Context, r mes.SignatureRequest, key string) (*Reply, error) {
	need, _, _ := r.NextNeed()
	body := map[string]string{"user": c.Account, "password": c.password, "meaning": string(need.Meaning), "hash": r.Hash}
	return c.insist(ctx, "/signature-requests/"+r.ID+"/sign", body, key)
}

// Stream reads a stream of server-sent events line by line until ctx ends.
func (c *Client) Stream(ctx context.Context, path string) (<-chan string, error) {
	req, err := c.request(ctx, Request{Method: http.MethodGet, Path: path, Headers: map[string]string{"Accept": "text/event-stream"}})
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Jar: c.http.Jar, Transport: c.http.Transport}).Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, fmt.Errorf("GET %s answers %s", path, resp.Status)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines, nil
}
