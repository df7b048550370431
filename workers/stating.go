package workers

import (
	"context"
	"log/slog"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// stateEvery is how often shifts that have ended and figures that became wrong are looked for. It costs a few reads.
const stateEvery = 15 * time.Second

// Stating states the figures of shifts when they end, and again when something about them became known late. Every core does it;
// the database lets one at a time.
type Stating struct {
	Ledger mes.FigureLedger
	Sites  mes.Plant
	Log    *slog.Logger
}

// Run works until ctx ends. What fails is tried again at the next turn.
func (s Stating) Run(ctx context.Context) {
	for ctx.Err() == nil {
		s.turn(ctx)
		pause(ctx, stateEvery)
	}
}

func (s Stating) turn(ctx context.Context) {
	sites, err := s.Sites.Sites(ctx)
	if err != nil {
		s.Log.DebugContext(ctx, "figures wait", "error", err)
		return
	}
	for _, site := range sites {
		// A round writes a bounded number; after an outage several follow each other.
		for n := 1; n > 0 && ctx.Err() == nil; {
			if n, err = s.Ledger.State(ctx, site); err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "the figures of a site could not be stated; tried again in a while", "site", site, "error", err)
				break
			}
		}
	}
}
