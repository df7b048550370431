// Package bridge carries what devices say by themselves to the API: cameras' results, and the state and live values of
// every device. It goes out over HTTP with a service token, so that an edge node needs no database and no open port.
package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// API is the edge's way to the API.
type API struct {
	URL   string // scheme, host and port
	Token string
	HTTP  *http.Client
}

// NewAPI makes a client with time-outs that suit a plant's network.
func NewAPI(url, token string) *API {
	return &API{URL: url, Token: token, HTTP: &http.Client{Timeout: 10 * time.Second}}
}

// StatusError is an answer that is no success.
type StatusError struct {
	Status int
	Body   string
}

func (e *StatusError) Error() string { return fmt.Sprintf("the API answered %d: %s", e.Status, e.Body) }

// Final tells that sending the same again would get the same answer.
func (e *StatusError) Final() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusForbidden:
		return false // the last two: a token can be renewed, and then nothing was lost
	}
	return e.Status >= 400 && e.Status < 500
}

// Get reads path into out.
func (a *API) Get(ctx context.Context, path string, out any) error {
	return a.do(ctx, http.MethodGet, path, nil, out)
}

// Post sends in to path; out may be nil.
func (a *API) Post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return a.do(ctx, http.MethodPost, path, body, out)
}

// PostRaw sends a JSON body as it is.
func (a *API) PostRaw(ctx context.Context, path string, body []byte) error {
	return a.do(ctx, http.MethodPost, path, body, nil)
}

// PostBytes sends a body that is no JSON.
func (a *API) PostBytes(ctx context.Context, path string, body []byte) error {
	return a.send(ctx, http.MethodPost, path, "application/octet-stream", body, nil)
}

func (a *API) do(ctx context.Context, method, path string, body []byte, out any) error {
	return a.send(ctx, method, path, "application/json", body, out)
}

func (a *API) send(ctx context.Context, method, path, kind string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, a.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	res, err := a.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 2000))
		return &StatusError{Status: res.StatusCode, Body: string(text)}
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}
