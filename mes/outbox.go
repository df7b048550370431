package mes

import (
	"context"
	"time"
)

// Destination is where an outbox message goes.
type Destination string

// The destinations. Rows are written in the transaction of the state that they tell of.
const (
	ToERP      Destination = "erp"      // signed webhook
	ToWorkflow Destination = "workflow" // start or signal of a workflow
	ToArchive  Destination = "archive"  // export of a closed run's history
	ToMail     Destination = "mail"     // SMTP
	ToWebhook  Destination = "webhook"  // signed, to the one receiver of calls that the settings name
	ToCMMS     Destination = "cmms"     // signed webhook of an outside maintenance system
)

// Message is one outbox row.
type Message struct {
	ID          int64       `json:"id"`
	Destination Destination `json:"destination"`
	Kind        string      `json:"kind"`
	// Key is the receiver's idempotency key.
	Key      string    `json:"key"`
	Subject  string    `json:"subject"` // order number, or workflow ID
	Payload  []byte    `json:"payload"`
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created_at"`
}

// Outbox is the queue as its dispatcher sees it. Lease hands out due messages for the given time, oldest first per
// subject; a crashed dispatcher's messages come back when the lease ends.
type Outbox interface {
	Lease(ctx context.Context, to Destination, limit int, lease time.Duration) ([]Message, error)
	Delivered(ctx context.Context, id int64, answer string) error
	// Failed puts the message back until next; dead parks it until a person re-sends it.
	Failed(ctx context.Context, id int64, reason string, next time.Time, dead bool) error
	// Wake returns a channel that receives when messages may be due, so that delivery does not wait for a poll.
	Wake(ctx context.Context) (<-chan struct{}, error)
}

// Backoff is the wait before attempt n+1 after n failures: 1 s doubling to 5 min.
func Backoff(failures int) time.Duration {
	d := time.Second
	for range min(failures-1, 9) {
		d *= 2
	}
	return min(d, 5*time.Minute)
}

// MaxAttempts is how often a webhook is tried before it is parked as a dead letter: about 3 hours with Backoff.
const MaxAttempts = 45
