package broker

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// quietFor is how long the loss of messages is not reported again; the library reports every single one.
const quietFor = 10 * time.Second

// quotaReached is the library's warning for each message that it drops.
const quotaReached = "client store quota reached"

// shortKeepalive is the library's warning for clients that want to notice a dead line within seconds, as ours do.
const shortKeepalive = "client keepalive is below minimum recommended value and may exhibit connection instability"

// warnings passes on what an operator can act on. The library reports each client that goes away without a goodbye as a
// warning with an empty message, which a plant sees all day, and writes whole packets, images included, into its log.
type warnings struct {
	slog.Handler
	lastQuota *atomic.Int64 // when quotaReached was last written, Unix nanoseconds
}

func newWarnings(h slog.Handler) warnings { return warnings{Handler: h, lastQuota: new(atomic.Int64)} }

// Enabled holds back everything below a warning.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// Handle writes a record that says something new, without the packet.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "" || r.Message == shortKeepalive || r.Message == quotaReached && !w.quotaDue(r.Time) {
		return nil
	}
	short := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	short.AddAttrs(slog.String("part", "broker"))
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "pk" {
			short.AddAttrs(a)
		}
		return true
	})
	return w.Handler.Handle(ctx, short)
}

func (w warnings) quotaDue(now time.Time) bool {
	last := w.lastQuota.Load()
	return now.UnixNano()-last >= int64(quietFor) && w.lastQuota.CompareAndSwap(last, now.UnixNano())
}

// WithAttrs keeps the filter around the derived handler.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs), w.lastQuota}
}

// WithGroup keeps the filter around the derived handler.
func (w warnings) WithGroup(name string) slog.Handler {
	return warnings{w.Handler.WithGroup(name), w.lastQuota}
}
