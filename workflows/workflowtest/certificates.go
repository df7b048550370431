package workflowtest

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Certificates is an in-memory mes.QualificationLedger: certificates, and the reminders that went out, by their keys.
type Certificates struct {
	Now func() time.Time

	mu    sync.Mutex
	held  []mes.Certificate
	keys  map[string]bool
	out   []string
	looks int
	fails int
}

var _ mes.QualificationLedger = (*Certificates)(nil)

// NewCertificates makes an empty ledger.
func NewCertificates() *Certificates { return &Certificates{Now: time.Now, keys: map[string]bool{}} }

// Give adds a certificate of a person that ends after so long; reminders go out 30 and 7 days before.
func (c *Certificates) Give(id int64, person string, ends time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	end := c.Now().Add(ends)
	c.held = append(c.held, mes.Certificate{ID: id, Account: person, Skill: "ESD", Level: 1, ExpiresAt: &end})
}

// Take removes a certificate, as a withdrawal or renewal does.
func (c *Certificates) Take(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, h := range c.held {
		if h.ID == id {
			c.held = append(c.held[:i:i], c.held[i+1:]...)
			return
		}
	}
}

// Fail makes the next n calls fail, as when the database is away.
func (c *Certificates) Fail(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails = n
}

// Out are the keys of the reminders that went out, in their order.
func (c *Certificates) Out() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.out...)
}

// Looks counts how often the records were read.
func (c *Certificates) Looks() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// Remind raises what is due, once each.
func (c *Certificates) Remind(context.Context, string) (mes.Reminded, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails > 0 {
		c.fails--
		return mes.Reminded{}, errors.New("the database is away")
	}
	c.looks++
	now := c.Now()
	due, next := mes.Reminders(c.held, map[string][]int{"ESD": {30, 7}}, now)
	out := mes.Reminded{Next: next, Now: now}
	for _, d := range due {
		if !c.keys[d.Key()] {
			c.keys[d.Key()] = true
			c.out = append(c.out, d.Key())
			out.Raised++
		}
	}
	return out, nil
}

// Register gives the activities of a QualificationWatch this ledger.
func (c *Certificates) Register(r worker.ActivityRegistry) {
	contract.RemindQualifications.Register(r, func(ctx context.Context, in contract.QualificationWatchInput) (mes.Reminded, error) {
		return c.Remind(ctx, in.Site)
	})
}
