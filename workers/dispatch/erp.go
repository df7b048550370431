package dispatch

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Webhook posts messages to a partner, signed so that the receiver knows who wrote them and when:
//
//	X-Steelthread-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">
//	Idempotency-Key: <the message's key, the same at each attempt>
type Webhook struct {
	Partner string // as it stands in errors: the ERP
	URL     string
	Secret  string
	HTTP    *http.Client
	Now     func() time.Time
}

// ERP is the webhook that takes confirmations.
type ERP = Webhook

// NewERP makes the sender of confirmations.
func NewERP(url, secret string) *ERP { return NewWebhook("the ERP", url, secret) }

// NewWebhook makes a sender; it follows no redirect, since a signed body goes only where it was meant to.
func NewWebhook(partner, url, secret string) *Webhook {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Webhook{Partner: partner, URL: url, Secret: secret, HTTP: &http.Client{CheckRedirect: stay}, Now: time.Now}
}

// Sign gives the signature header's value for a body at a time.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", t, body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Deliver sends one message. An answer that says that the message itself is wrong parks it; everything else is tried
// again.
func (e *Webhook) Deliver(ctx context.Context, m mes.Message) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(m.Payload))
	if err != nil {
		return "", Dead(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", m.Key)
	req.Header.Set("X-Steelthread-Kind", m.Kind)
	req.Header.Set("X-Steelthread-Signature", Sign(e.Secret, e.Now(), m.Payload))
	res, err := e.HTTP.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1000))
	answer := fmt.Sprintf("%d %s", res.StatusCode, bytes.TrimSpace(text))
	switch {
	case res.StatusCode < 300:
		return answer, nil // the status is the answer, even when its text broke off
	case res.StatusCode >= 400 && res.StatusCode < 500 && !worthRetrying(res.StatusCode):
		return "", Dead(fmt.Errorf("%s refused it: %s", e.Partner, answer))
	case err != nil:
		return "", err
	}
	return "", fmt.Errorf("%s answered %s", e.Partner, answer)
}

// worthRetrying tells of the client errors that may pass by themselves.
func worthRetrying(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return false
}
