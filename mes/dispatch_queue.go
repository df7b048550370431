package mes

import (
	"cmp"
	"slices"
	"time"
)

// Queues puts the jobs of all stations in order: at each station the ready ones by the rule of its line, and behind them, by
// the same rule, those that wait or are barred. Each job says why it is where it is. A job that several stations may do is in
// the queue of each.
func (f DispatchFacts) Queues() map[string][]LotCard {
	if f.Zone == nil {
		f.Zone = time.UTC
	}
	at := map[string][]*QueuedJob{}
	for i := range f.Jobs {
		for _, s := range f.Jobs[i].Stations {
			at[s] = append(at[s], &f.Jobs[i])
		}
	}
	q := queues{f: f, stations: map[string]StationFacts{}, bars: map[string][]DispatchReason{}, start: map[string]map[string]time.Time{}}
	for _, s := range f.Stations {
		q.stations[s.ID], q.bars[s.ID] = s, f.bars(s)
	}
	judged := map[string][]placed{}
	for _, s := range f.Stations {
		judged[s.ID] = q.judge(s, at[s.ID])
		q.expect(s, judged[s.ID])
	}
	out := map[string][]LotCard{}
	for _, s := range f.Stations {
		out[s.ID] = q.cards(s, judged[s.ID])
	}
	return out
}

// queues is one making of queues.
type queues struct {
	f        DispatchFacts
	stations map[string]StationFacts
	bars     map[string][]DispatchReason
	// start is when a job is expected to start, by station and lot.
	start map[string]map[string]time.Time
}

// placed is a job with its rank and what was found out about it.
type placed struct {
	job     *QueuedJob
	rank    int
	state   JobState
	reasons []DispatchReason
}

// judge ranks a station's jobs and says of each whether it may start. Material goes by rank to those that nothing else keeps
// from starting.
func (q queues) judge(s StationFacts, jobs []*QueuedJob) []placed {
	f, left := q.f, map[string]Decimal{}
	out := make([]placed, 0, len(jobs))
	for i, j := range s.ranked(f.Now, jobs) {
		p := placed{job: j, rank: i + 1}
		p.reasons = slices.Concat(q.bars[s.ID], f.held(j), f.tools(s, j), f.people(s, j))
		p.reasons = append(p.reasons, f.material(j, left, stateOf(p.reasons) == JobReady)...)
		p.state = stateOf(p.reasons)
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b placed) int {
		return cmp.Compare(boolInt(a.state != JobReady), boolInt(b.state != JobReady))
	})
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stateOf is the gravest effect.
func stateOf(reasons []DispatchReason) JobState {
	out := JobReady
	for _, r := range reasons {
		if slices.Index(JobStates, r.Effect) > slices.Index(JobStates, out) {
			out = r.Effect
		}
	}
	return out
}

// expect says when the ready jobs of a station start by planned times: one after the other on as many places as it has.
func (q queues) expect(s StationFacts, jobs []placed) {
	q.start[s.ID] = map[string]time.Time{}
	if len(q.bars[s.ID]) > 0 {
		return
	}
	places := make([]time.Time, max(s.Capacity, 1))
	for i := range places {
		places[i] = q.f.Now
	}
	for _, r := range s.Running {
		i := earliest(places)
		places[i] = places[i].Add(r.Left)
	}
	for _, p := range jobs {
		if p.state != JobReady {
			break
		}
		if s.Capacity == 0 {
			q.start[s.ID][p.job.Lot] = q.f.Now
			continue
		}
		i := earliest(places)
		q.start[s.ID][p.job.Lot] = places[i]
		places[i] = places[i].Add(p.job.Work)
	}
}

// wanted is when a job would start if all that waits at its station did so no longer.
func (q queues) wanted(s StationFacts, jobs []placed, p placed) *time.Time {
	at := q.f.Now
	if s.Capacity == 0 {
		return &at
	}
	var before time.Duration
	for _, r := range s.Running {
		before += r.Left
	}
	for _, o := range jobs {
		if o.rank < p.rank && o.state != JobBarred {
			before += o.job.Work
		}
	}
	at = at.Add(before / time.Duration(s.Capacity))
	return &at
}

func earliest(places []time.Time) int {
	best := 0
	for i, at := range places {
		if at.Before(places[best]) {
			best = i
		}
	}
	return best
}

// cards writes the queue with all reasons, those that keep a job from starting first.
func (q queues) cards(s StationFacts, jobs []placed) []LotCard {
	out := make([]LotCard, 0, len(jobs))
	for i, p := range jobs {
		j := p.job
		d := &Dispatched{Position: i + 1, Rank: p.rank, State: p.state, WorkS: int64(j.Work.Seconds()), LeftS: int64(j.Left.Seconds()),
			SlackS: int64(j.slack(q.f.Now).Seconds()), Place: j.Places[s.ID]}
		if at, ok := q.start[s.ID][j.Lot]; ok {
			d.Start = &at
		}
		if p.state == JobWaits {
			d.Wanted = q.wanted(s, jobs, p)
		}
		explained := slices.Clone(p.reasons)
		if i == 0 && p.state == JobReady && s.Capacity > 0 && len(s.Running) >= s.Capacity {
			explained = append(explained, q.f.say(ReasonBusy, JobReady, nil, "lot", s.Running[0].Lot).about(nounLot, s.Running[0].Lot))
		}
		others, instead := q.others(s, j)
		d.Instead = instead
		d.Reasons = slices.Concat(explained, others, q.f.place(s, j))
		slices.SortStableFunc(d.Reasons, func(a, b DispatchReason) int {
			return cmp.Compare(slices.Index(JobStates, b.Effect), slices.Index(JobStates, a.Effect))
		})
		card := j.Card
		card.Dispatch = d
		out = append(out, card)
	}
	return out
}

// others says where else a job may go: to the station that can start it first while this one may start nothing, and from which
// stations it comes that may not.
func (q queues) others(s StationFacts, j *QueuedJob) (out []DispatchReason, instead string) {
	barred := len(q.bars[s.ID]) > 0
	for _, id := range j.Stations {
		other, known := q.stations[id]
		if id == s.ID || !known {
			continue
		}
		bars := q.bars[id]
		switch {
		case len(bars) > 0 && !barred:
			out = append(out, q.f.say(ReasonFrom, JobReady, bars[0].Since, "station", id, "why", string(bars[0].Code)).about(nounStation, id))
		case len(bars) == 0 && barred && (instead == "" || q.sooner(other.ID, instead, j.Lot)):
			instead = id
		case len(bars) == 0 && !barred:
			out = append(out, q.f.say(ReasonAlso, JobReady, nil, "station", id).about(nounStation, id))
		}
	}
	if instead != "" {
		out = append(out, q.f.say(ReasonInstead, JobReady, nil, "station", instead).about(nounStation, instead))
	}
	return out, instead
}

// sooner tells whether one station starts a job before another does. A station without an expected start comes last.
func (q queues) sooner(a, b, lot string) bool {
	at, aok := q.start[a][lot]
	bt, bok := q.start[b][lot]
	return aok && (!bok || at.Before(bt))
}

// Load is the planned time that a station has before it: what runs, and all jobs that are not barred, shared out by its
// places.
func (s StationFacts) Load(next []LotCard) time.Duration {
	var sum time.Duration
	for _, r := range s.Running {
		sum += r.Left
	}
	for _, c := range next {
		if c.Dispatch != nil && c.Dispatch.State != JobBarred {
			sum += time.Duration(c.Dispatch.WorkS) * time.Second
		}
	}
	return sum / time.Duration(max(s.Capacity, 1))
}
