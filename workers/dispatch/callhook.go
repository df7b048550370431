package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// CallHook tells one receiver of calls, signed as the ERP's confirmations are. Its address comes from the settings of this
// process and from nowhere else: no record, and no caller of the API, can name another.
type CallHook struct {
	post *Webhook
	now  func() time.Time
}

// NewCallHook makes the sender; without an address there is none.
func NewCallHook(url, secret string) *CallHook {
	if url == "" {
		return nil
	}
	return &CallHook{post: NewWebhook("the receiver of calls", url, secret), now: time.Now}
}

// Deliver sends one message. One that is too old to help is parked.
func (w *CallHook) Deliver(ctx context.Context, m mes.Message) (string, error) {
	if w == nil {
		return "", Dead(errors.New("no receiver of calls is set up (MES_CALL_WEBHOOK_URL)"))
	}
	if age := w.now().Sub(m.Created); age > staleCall {
		return "", Dead(fmt.Errorf("it is %s old and helps nobody any more", age.Round(time.Minute)))
	}
	return w.post.Deliver(ctx, m)
}
