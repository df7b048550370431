package mes

import "time"

const (
	// flickerWindow and flickerChanges: a signal that changes this often in this time is broken, not busy. A driver samples five
	// times a second, so it sees no more than a few changes of a second's fifty.
	flickerWindow  = 5 * time.Second
	flickerChanges = 10
	// swingLimit is how long a signal may swing faster than its debounce before what it showed most of the time counts.
	swingLimit = 10 * time.Second
)

// debounce lets a signal through once it has kept its value for a while. It remembers one value and one candidate, however
// often the signal changes.
type debounce struct {
	hold   time.Duration
	known  bool
	stable string
	raw    string
	at     time.Time // when raw began, by the time that is believed
	seen   time.Time // when raw began, by our own clock
	left   time.Time // when the signal left its stable value
	spent  map[string]time.Duration
	window time.Time
	swings int
	broken bool
	calm   time.Time // last change
}

// see takes a value.
func (d *debounce) see(v string, at, now time.Time) {
	if v == d.raw && !d.seen.IsZero() {
		return
	}
	if now.Sub(d.window) > flickerWindow {
		d.window, d.swings = now, 0
	}
	d.swings++
	d.calm = now
	if !d.seen.IsZero() && d.spent != nil {
		d.spent[d.raw] += now.Sub(d.seen)
	}
	d.raw, d.at, d.seen = v, at, now
	if d.spent == nil && (!d.known || v != d.stable) {
		d.spent, d.left = map[string]time.Duration{}, now
	}
}

// settle gives the value that counts from a time on, if it is another than before.
func (d *debounce) settle(now time.Time) (v string, at time.Time, changed bool) {
	if d.seen.IsZero() || d.broken {
		return "", at, false
	}
	v, at = d.raw, d.at
	switch {
	case now.Sub(d.seen) >= d.hold:
		d.spent = nil
	case d.spent != nil && now.Sub(d.left) >= swingLimit:
		v, at = d.prevailing(now), d.left
		d.spent, d.left = map[string]time.Duration{}, now
	default:
		return "", at, false
	}
	if d.known && v == d.stable {
		return "", at, false
	}
	d.known, d.stable = true, v
	return v, at, true
}

// prevailing is what the signal showed for the longest time since it left its stable value.
func (d *debounce) prevailing(now time.Time) string {
	d.spent[d.raw] += now.Sub(d.seen)
	d.seen = now
	best := d.raw
	for v, t := range d.spent {
		if t > d.spent[best] || t == d.spent[best] && v < best {
			best = v
		}
	}
	return best
}

// flickers tells when a signal begins to flicker, and when it has become calm.
func (d *debounce) flickers(now time.Time) (began, ended bool) {
	switch {
	case !d.broken && d.swings >= flickerChanges && now.Sub(d.window) <= flickerWindow:
		d.broken = true
		return true, false
	case d.broken && now.Sub(d.calm) >= max(flickerWindow, 2*d.hold):
		d.broken, d.swings, d.spent, d.known = false, 0, nil, false
		return false, true
	}
	return false, false
}
