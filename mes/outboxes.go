package mes

import (
	"context"
	"encoding/json"
	"time"
)

// MessageState is where an outbox message stands.
type MessageState string

// The states of a message.
const (
	MessagePending   MessageState = "pending"
	MessageDelivered MessageState = "delivered"
	MessageDead      MessageState = "dead" // parked until a person re-sends it
)

// MessageView is an outbox message as people read it.
type MessageView struct {
	ID          int64           `json:"id"`
	Destination Destination     `json:"destination"`
	Kind        string          `json:"kind"`
	Key         string          `json:"key"`
	Subject     string          `json:"subject"`
	Payload     json.RawMessage `json:"payload"`
	State       MessageState    `json:"state"`
	Attempts    int             `json:"attempts"`
	NextAttempt *time.Time      `json:"next_attempt,omitempty"` // while pending
	LastError   string          `json:"last_error,omitempty"`
	Answer      string          `json:"answer,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	DeliveredAt *time.Time      `json:"delivered_at,omitempty"`
}

// MessageFilter narrows a list of messages, newest first; Text searches subject and key.
type MessageFilter struct {
	Paging
	Destination Destination
	State       MessageState
	Subject     string
}

// OutboxDepth is how much waits for one destination.
type OutboxDepth struct {
	Destination Destination `json:"destination"`
	Pending     int64       `json:"pending"`
	Dead        int64       `json:"dead"`
	Oldest      *time.Time  `json:"oldest,omitempty"` // the oldest pending message's creation
}

// Outboxes shows the outbox to people and lets them re-send.
type Outboxes interface {
	// List reads a page of messages. Codes: unprocessable (cursor).
	List(ctx context.Context, f MessageFilter) (Page[MessageView], error)
	// Get reads one message. Codes: not_found.
	Get(ctx context.Context, id int64) (MessageView, error)
	// Resend makes a dead message due again, under its old key. Codes: not_found, conflict (not dead), unprocessable.
	Resend(ctx context.Context, id int64, by Actor, reason string) (MessageView, error)
	// Depth counts what waits, per destination.
	Depth(ctx context.Context) ([]OutboxDepth, error)
}
