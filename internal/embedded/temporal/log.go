//go:build !slim

package temporal

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// quietFor is how long a message is not repeated. When PostgreSQL is away, every loop of every service says so several
// times a second; one line per message and interval tells as much.
const quietFor = 10 * time.Second

// known are warnings about what is so on purpose.
var known = []string{
	"HTTP API port has not been set", // Nexus, which the MES does not use
}

// logger passes Temporal's warnings and errors on to slog. Below that Temporal talks about itself.
type logger struct {
	out  *slog.Logger
	tags []any
	said *said
}

// said remembers when each message was last written. Temporal's messages are constants, so they are few.
type said struct {
	mu      sync.Mutex
	last    map[string]time.Time
	skipped map[string]int
	hushed  bool
}

var (
	_ log.Logger     = (*logger)(nil)
	_ log.WithLogger = (*logger)(nil)
)

func newLogger(out *slog.Logger) *logger {
	return &logger{out: out.With("part", "temporal"), said: &said{last: map[string]time.Time{}, skipped: map[string]int{}}}
}

// due reports whether the message may be written now, and how often it was kept back since the last time.
func (s *said) due(msg string, now time.Time) (skipped int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hushed {
		return 0, false
	}
	if now.Sub(s.last[msg]) < quietFor {
		s.skipped[msg]++
		return 0, false
	}
	skipped = s.skipped[msg]
	s.last[msg], s.skipped[msg] = now, 0
	return skipped, true
}

// hush ends the talk for good: services that stop one after the other complain about each other.
func (l *logger) hush() {
	l.said.mu.Lock()
	defer l.said.mu.Unlock()
	l.said.hushed = true
}

func (l *logger) write(level slog.Level, msg string, tags []tag.Tag) {
	if !l.out.Enabled(context.Background(), level) || isKnown(msg) {
		return
	}
	skipped, ok := l.said.due(msg, time.Now())
	if !ok {
		return
	}
	attrs := append(slices.Clone(l.tags), attributes(tags)...)
	if skipped > 0 {
		attrs = append(attrs, "repeated", skipped)
	}
	l.out.Log(context.Background(), level, msg, attrs...)
}

func isKnown(msg string) bool {
	return slices.ContainsFunc(known, func(prefix string) bool { return strings.HasPrefix(msg, prefix) })
}

func attributes(tags []tag.Tag) []any {
	attrs := make([]any, 0, 2*len(tags))
	for _, t := range tags {
		attrs = append(attrs, t.Key(), t.Value())
	}
	return attrs
}

func (l *logger) Debug(string, ...tag.Tag) {}
func (l *logger) Info(string, ...tag.Tag)  {}

func (l *logger) Warn(msg string, tags ...tag.Tag)  { l.write(slog.LevelWarn, msg, tags) }
func (l *logger) Error(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// DPanic is for states that Temporal considers impossible and survives in production.
func (l *logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// Panic must not return.
func (l *logger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic("temporal: " + msg)
}

// Fatal must not return either: Temporal's code goes on as if the state it complains about could not occur. Ending the
// process is safe at any moment; the service manager starts it again.
func (l *logger) Fatal(msg string, tags ...tag.Tag) {
	l.out.Error(msg, append(slices.Clone(l.tags), attributes(tags)...)...)
	os.Exit(1)
}

// With returns a logger that adds tags to every line.
func (l *logger) With(tags ...tag.Tag) log.Logger {
	return &logger{out: l.out, tags: append(slices.Clone(l.tags), attributes(tags)...), said: l.said}
}
