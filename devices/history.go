package devices

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// History says which of a device's tags are recorded. It is written as "all" or as a list of tags.
type History struct {
	All  bool
	Tags []HistorySpec
}

// HistorySpec names one recorded tag. A number that differs from the last recorded one by no more than Deadband is left out,
// until a minute is over.
type HistorySpec struct {
	Tag      string  `json:"tag"`
	Unit     string  `json:"unit,omitempty"`
	Deadband float64 `json:"deadband,omitempty"`
}

// IsZero reports whether nothing is recorded.
func (h History) IsZero() bool { return !h.All && len(h.Tags) == 0 }

// MarshalJSON writes what UnmarshalJSON reads.
func (h History) MarshalJSON() ([]byte, error) {
	if h.All {
		return []byte(`"all"`), nil
	}
	return json.Marshal(h.Tags)
}

var errHistory = errors.New(`history is "all", or a list of tags, each a name or {tag, unit, deadband}`)

// UnmarshalJSON reads "all", or a list of names and specs.
func (h *History) UnmarshalJSON(b []byte) error {
	*h = History{}
	var word string
	if json.Unmarshal(b, &word) == nil {
		h.All = word == "all"
		if !h.All && word != "" {
			return errHistory
		}
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return errHistory
	}
	for _, item := range list {
		var s HistorySpec
		if json.Unmarshal(item, &s.Tag) != nil {
			dec := json.NewDecoder(bytes.NewReader(item))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&s); err != nil {
				return fmt.Errorf("%w: %w", errHistory, err)
			}
		}
		h.Tags = append(h.Tags, s)
	}
	return nil
}

// DefaultHistoryLimit is how many changes a second of one device are recorded where its configuration says nothing else.
const DefaultHistoryLimit = 1000

// Recorded lists the tags that are recorded, with their units.
func (c Config) Recorded() []HistorySpec {
	units := map[string]string{}
	for _, v := range c.Values {
		units[v.Tag] = v.Unit
	}
	for _, l := range c.Live {
		units[l.Tag] = l.Unit
	}
	specs := slices.Clone(c.History.Tags)
	if c.History.All {
		specs = nil
		for _, tag := range slices.Sorted(maps.Keys(c.Tags)) {
			specs = append(specs, HistorySpec{Tag: tag})
		}
	}
	for i := range specs {
		if specs[i].Unit == "" {
			specs[i].Unit = units[specs[i].Tag]
		}
	}
	return specs
}

func (v *validation) history(c Config) {
	seen := map[string]bool{}
	for i, s := range c.History.Tags {
		v.check(c.Tags[s.Tag] != "" && !seen[s.Tag], fmt.Sprintf("history[%d].tag", i), fmt.Sprintf("%q is not in tags, or stands there twice", s.Tag))
		v.check(s.Deadband >= 0, fmt.Sprintf("history[%d].deadband", i), "is not negative")
		v.check(len(s.Unit) <= 32, fmt.Sprintf("history[%d].unit", i), "is at most 32 bytes")
		seen[s.Tag] = true
	}
	v.check(c.HistoryLimit >= 0 && c.HistoryLimit <= 1_000_000, "history_limit", "is 0 to 1000000 changes a second")
	v.check(c.HistoryLate >= 0, "history_late", "is not negative")
}
