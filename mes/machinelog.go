package mes

import (
	"slices"
	"time"
)

// lasts tells whether a stretch goes on beyond a time.
func (s StateStretch) lasts(at time.Time) bool { return s.Until == nil || s.Until.After(at) }

// Touched tells whether a person has said something about the stretch.
func (s StateStretch) Touched() bool {
	return s.Reason != "" || s.Note != "" || s.State != s.Observed || s.Source == FromPerson
}

// Splice puts what became known of a machine into its log, and gives the log as it is then. log is a run of stretches without a
// gap, oldest first, the last one open; in is what was seen from in.From on. It may be older than what the log ends with: then it
// holds until the next thing that was seen. Stretches in which the edge node was not heard give way. continues says that what
// was before in lasted until in began. A person's word about the past stands against a late one of the machine.
//
// Stretches keep their ID where they keep their beginning; new ones have ID 0.
func Splice(log []StateStretch, in StateStretch, continues bool) []StateStretch {
	before := log
	log = cutAt(slices.Clone(log), in.From)
	k := slices.IndexFunc(log, func(s StateStretch) bool { return !s.From.Before(in.From) })
	switch {
	case k < 0:
		in.Until = nil
		return append(log, in)
	case log[k].From.After(in.From):
		until := log[k].From
		in.Until = &until
		end := k
		for end < len(log) && log[end].Absent {
			in.Until, end = log[end].Until, end+1
		}
		return joinAt(slices.Insert(slices.Delete(log, k, end), k, in), k+1)
	case log[k].Source == FromPerson && !log[k].Absent && log[k].Until != nil:
		return before
	}
	end := k + 1
	for log[k].Absent && end < len(log) && log[end].Absent {
		end++
	}
	until := log[end-1].Until
	if !log[k].Absent && log[k].Observed == in.Observed && log[k].Source == in.Source {
		log[k].Until = until
	} else {
		in.ID, in.Version, in.Until = log[k].ID, log[k].Version, until
		log[k] = in
	}
	log = slices.Delete(log, k+1, end)
	if begin := k; continues {
		for begin > 0 && log[begin-1].Absent {
			begin--
		}
		if begin > 0 && begin < k {
			from := log[k].From
			log[begin-1].Until = &from
			log = slices.Delete(log, begin, k)
			k = begin
		}
	}
	return joinAt(joinAt(log, k+1), k)
}

// cutAt divides the stretch that a time falls into.
func cutAt(log []StateStretch, at time.Time) []StateStretch {
	for i, s := range log {
		if s.From.Before(at) && s.lasts(at) {
			rest := s
			rest.ID, rest.Version, rest.From = 0, 0, at
			log[i].Until = &at
			return slices.Insert(log, i+1, rest)
		}
	}
	return log
}

// joinAt makes one of the stretches before and at i when they say the same and nobody has a word about either that would be lost.
func joinAt(log []StateStretch, i int) []StateStretch {
	if i < 1 || i >= len(log) {
		return log
	}
	a, b := log[i-1], log[i]
	same := a.Observed == b.Observed && a.Source == b.Source && a.Absent == b.Absent && (b.Alarm == "" || a.Alarm == b.Alarm)
	copied := b.ID == 0 && a.State == b.State && a.Reason == b.Reason && a.Note == b.Note // the rest of what was cut just now
	if !same || !copied && (b.Touched() || a.Source == FromPerson) {
		return log
	}
	log[i-1].Until = b.Until
	return slices.Delete(log, i, i+1)
}
