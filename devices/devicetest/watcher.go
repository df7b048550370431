package devicetest

import (
	"sync"
	"testing"

	"github.com/steelthread/steelthread/devices"
)

// watcher records what a subscription tells.
type watcher struct {
	mu     sync.Mutex
	values map[string]devices.Value
	bad    map[string]bool
}

func watch(t *testing.T, m devices.Machine, tags ...string) *watcher {
	t.Helper()
	w := &watcher{}
	w.reset()
	if err := m.Subscribe(t.Context(), tags, w.hear); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *watcher) hear(v devices.Value) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.values[v.Tag] = v
	w.bad[v.Tag] = w.bad[v.Tag] || v.Quality == devices.Bad
}

func (w *watcher) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.values, w.bad = map[string]devices.Value{}, map[string]bool{}
}

func (w *watcher) last(tag string) devices.Value {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.values[tag]
}

func (w *watcher) seen(tag string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.values[tag]
	return ok
}

func (w *watcher) wasBad(tag string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bad[tag]
}
