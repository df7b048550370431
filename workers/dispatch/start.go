package dispatch

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/steelthread/steelthread/mes"
)

// All is what the dispatcher of a core role needs. Several may run side by side: each leases its own messages.
type All struct {
	Outbox  mes.Outbox
	Client  client.Client
	Archive mes.Archive
	// Releases opens the release of a record once its lot or order has ended and its history is kept; nil asks for none.
	Releases mes.Releases
	// ERP is nil where no webhook is configured; confirmations then wait in the outbox.
	ERP *ERP
	// CMMS is nil where no outside maintenance system is configured; what it would be told waits in the outbox.
	CMMS *CMMS
	// Mail and Calls tell people of calls; nil parks what is queued for them, with a word on what to set up.
	Mail  *Mail
	Calls *CallHook
	Log   *slog.Logger
}

// Run delivers for every destination until ctx ends.
func (a All) Run(ctx context.Context) error {
	queues := []Queue{
		{To: mes.ToWorkflow, Deliver: Workflows(a.Client), Timeout: 10 * time.Second, Batch: 32},
		{To: mes.ToArchive, Deliver: Ended(Archive(a.Client, a.Archive), a.Releases), Timeout: 30 * time.Second, Batch: 2},
	}
	queues = append(queues, Queue{To: mes.ToMail, Deliver: a.Mail.Deliver, Timeout: 20 * time.Second, Batch: 4},
		Queue{To: mes.ToWebhook, Deliver: a.Calls.Deliver, Timeout: 10 * time.Second, Batch: 8})
	if a.ERP != nil {
		queues = append(queues, Queue{To: mes.ToERP, Deliver: a.ERP.Deliver, Timeout: 10 * time.Second, Batch: 8})
	}
	if a.CMMS != nil {
		queues = append(queues, Queue{To: mes.ToCMMS, Deliver: a.CMMS.Deliver, Timeout: 10 * time.Second, Batch: 4})
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, q := range queues {
		q.Outbox, q.Log, q.Lease = a.Outbox, a.Log, 2*q.Timeout
		g.Go(func() error { return q.Run(ctx) })
	}
	return g.Wait()
}
