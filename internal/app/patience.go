package app

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// patience is the pause between two tries to reach what a role needs, at first and at most; it doubles.
const (
	firstPatience = 250 * time.Millisecond
	mostPatience  = 5 * time.Second
)

// untilThere repeats f until it succeeds: after a power cut, roles, database, engine and API come up in any order and
// none of them may need a person. What stands in the way is logged when it changes. It ends with the context.
func untilThere(ctx context.Context, log *slog.Logger, what string, f func(context.Context) error) error {
	pause, said := firstPatience, ""
	for {
		err := f(ctx)
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if said != err.Error() {
			said = err.Error()
			log.Warn("waiting for "+what, "error", err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPatience)
	}
}
