package workflowtest

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// CAPAs is an in-memory mes.CAPALedger by the rules of package mes. People's commands are given with Do.
type CAPAs struct {
	Now func() time.Time
	// Data answers what the defect data say of a period.
	Data func(from, until time.Time) mes.CAPAReading

	mu     sync.Mutex
	capas  map[string]mes.CAPA
	alerts []string
	keys   map[string]bool
	looks  int
	reads  []mes.CAPAReading
	fails  int
}

var _ mes.CAPALedger = (*CAPAs)(nil)

// NewCAPAs makes an empty ledger.
func NewCAPAs() *CAPAs {
	return &CAPAs{Now: time.Now, capas: map[string]mes.CAPA{}, keys: map[string]bool{}, Data: func(from, until time.Time) mes.CAPAReading { return mes.CAPAReading{From: from, Until: until} }}
}

// Put stores a CAPA as it is.
func (s *CAPAs) Put(c mes.CAPA) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capas[c.ID] = c
}

// Do changes a CAPA by a rule.
func (s *CAPAs) Do(id string, rule func(mes.CAPA) (mes.CAPA, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := rule(s.capas[id])
	if err == nil {
		s.capas[id] = c
	}
	return err
}

// Get reads one.
func (s *CAPAs) Get(id string) mes.CAPA {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.capas[id]
}

// Fail makes the next n calls fail, as when the database is away.
func (s *CAPAs) Fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = n
}

// Alerts lists what was raised, each as "kind thing account/role", in order.
func (s *CAPAs) Alerts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.alerts...)
}

// Looks counts how often the records were read, Reads the readings of the defect data.
func (s *CAPAs) Looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks
}

// Reads lists the readings of the defect data.
func (s *CAPAs) Reads() []mes.CAPAReading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]mes.CAPAReading(nil), s.reads...)
}

func (s *CAPAs) find(id string) (mes.CAPA, error) {
	if s.fails > 0 {
		s.fails--
		return mes.CAPA{}, errAway
	}
	c, ok := s.capas[id]
	if !ok {
		return c, mes.NotFound("CAPA", id)
	}
	return c, nil
}

// OpenCAPAs lists all that have not ended.
func (s *CAPAs) OpenCAPAs(context.Context) ([]mes.CAPAChanged, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []mes.CAPAChanged
	for id, c := range s.capas {
		if !c.State.Ended() {
			out = append(out, mes.CAPAChanged{Site: Site, CAPA: id})
		}
	}
	return out, nil
}

// Remind raises what is due, once.
func (s *CAPAs) Remind(_ context.Context, _, id string) (mes.CAPAWait, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	c, err := s.find(id)
	if err != nil {
		return mes.CAPAWait{}, err
	}
	now := s.Now()
	due, _ := c.DueReminders(now)
	for _, r := range due {
		if !s.keys[r.Key] {
			s.keys[r.Key] = true
			s.alerts = append(s.alerts, string(r.Kind)+" "+r.Thing+" "+r.Account+string(r.Role))
		}
	}
	return c.Waits(now), nil
}

// Check reads the data once their time has come.
func (s *CAPAs) Check(_ context.Context, _, id string) (mes.CAPAWait, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(id)
	if err != nil {
		return mes.CAPAWait{}, err
	}
	now := s.Now()
	if e := c.Record.Effect; c.State == mes.CAPAWatching && !now.Before(e.CheckAt) {
		r := s.Data(e.Since, e.CheckAt)
		s.reads = append(s.reads, r)
		if c, err = c.Read(r, now); err != nil {
			return mes.CAPAWait{}, err
		}
		s.capas[id] = c
	}
	return c.Waits(now), nil
}

// Register gives the activities of CAPAs to a test or a worker.
func (s *CAPAs) Register(r worker.ActivityRegistry) {
	contract.RemindCAPA.Register(r, func(ctx context.Context, in contract.CAPAInput) (mes.CAPAWait, error) {
		out, err := s.Remind(ctx, in.Site, in.CAPA)
		return out, contract.Carry(err)
	})
	contract.CheckCAPA.Register(r, func(ctx context.Context, in contract.CAPAInput) (mes.CAPAWait, error) {
		out, err := s.Check(ctx, in.Site, in.CAPA)
		return out, contract.Carry(err)
	})
}

// Walk gives a CAPA the commands of its team, as one rule after the other: to the signature of its plan, and from there
// into the effectiveness check.
type Walk struct {
	*CAPAs
	ID string
	// Criterion is what the plan agrees on.
	Criterion mes.CAPACriterion
	// Due is when the actions are due.
	Due time.Duration
}

// Plan completes what is left of D1 to D5.
func (w Walk) Plan() error {
	return w.Do(w.ID, func(c mes.CAPA) (mes.CAPA, error) {
		now, by := w.Now(), mes.Actor{ID: "arne"}
		c.Owner = "arne"
		cause := func(text string) *mes.CAPACause {
			return &mes.CAPACause{Whys: []string{"why", "because"}, Text: text, Verified: "switched on and off"}
		}
		k := w.Criterion
		k.Baseline = &mes.CAPAReading{Events: 14, Pieces: mes.Count(3040)}
		content := map[mes.Discipline]mes.CAPAContent{
			mes.D1: {Team: []mes.CAPAMember{{Account: "arne"}, {Account: "oscar"}}},
			mes.D2: {Problem: &mes.CAPAProblem{What: "leaks", Extent: "14 of 3,040", Limits: []mes.IsNot{{Is: "corner 3", Not: "corner 1"}}}},
			mes.D3: {Containment: &mes.CAPAContainment{None: "all were scrapped"}},
			mes.D4: {Occurrence: cause("screw order"), Escape: cause("clamp")},
			mes.D5: {Plan: &mes.CAPAPlan{Text: "over a thicker seal", Criterion: &k}},
		}
		var err error
		for d := mes.D1; d <= mes.D5; d++ {
			if c.Done(d) {
				continue
			}
			if c, err = c.Write(d, content[d]); err != nil {
				return c, err
			}
			if d == mes.D5 {
				for i, against := range []string{mes.CauseOccurrence, mes.CauseEscape} {
					id := "A" + mes.Count(int64(c.Iteration*10+i)).String()
					if c, _, err = c.AddTask(id, mes.NewCAPATask{D: mes.D6, Title: "against " + against, Against: against, Owner: "oscar", DueAt: now.Add(w.Due)}, by, now); err != nil {
						return c, err
					}
				}
			}
			if c, err = c.Complete(d, by, now); err != nil {
				return c, err
			}
		}
		return c, nil
	})
}

// Implement signs the plan, carries its actions out, has them verified, and begins the effectiveness check.
func (w Walk) Implement() error {
	return w.Do(w.ID, func(c mes.CAPA) (mes.CAPA, error) {
		now, oscar, quinn := w.Now(), mes.Actor{ID: "oscar"}, mes.Actor{ID: "quinn"}
		c, err := c.PlanSigned("quinn", now)
		if err != nil {
			return c, err
		}
		for _, t := range c.Tasks {
			if c, _, err = c.DoTask(t.ID, "done", []mes.CAPAEvidence{{Hash: "h", Name: "proof.pdf"}}, oscar, now); err != nil {
				return c, err
			}
			if c, _, err = c.VerifyTask(t.ID, true, "seen", nil, quinn, now); err != nil {
				return c, err
			}
		}
		text := "0 of 300"
		if c, err = c.Write(mes.D6, mes.CAPAContent{Verified: &text}); err != nil {
			return c, err
		}
		return c.Complete(mes.D6, mes.Actor{ID: "arne"}, now)
	})
}

// Close prevents, closes and signs.
func (w Walk) Close() error {
	return w.Do(w.ID, func(c mes.CAPA) (mes.CAPA, error) {
		now, by := w.Now(), mes.Actor{ID: "arne"}
		var err error
		for d, n := range map[mes.Discipline]mes.CAPAContent{
			mes.D7: {Prevention: &mes.CAPAPrevention{Text: "PFMEA", Similar: []mes.CAPASimilar{{Product: "KIT"}}}},
			mes.D8: {Closure: &mes.CAPAClosure{Lessons: "look at the clamp", Recognition: "Oscar"}},
		} {
			if c, err = c.Write(d, n); err != nil {
				return c, err
			}
		}
		for _, d := range []mes.Discipline{mes.D7, mes.D8} {
			if c, err = c.Complete(d, by, now); err != nil {
				return c, err
			}
		}
		return c.ClosureSigned("quinn", now)
	})
}
