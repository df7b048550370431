package mes

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes/msa"
)

// GaugeStudy is a gauge R&R study: every operator measures every part several times, without seeing the values before.
type GaugeStudy struct {
	ID             string     `json:"id"`
	Site           string     `json:"site"`
	Gauge          string     `json:"gauge"`
	Characteristic string     `json:"characteristic"`
	Unit           string     `json:"unit,omitempty"`
	Lower          *Decimal   `json:"lower,omitempty"` // of the tolerance
	Upper          *Decimal   `json:"upper,omitempty"`
	Operators      []string   `json:"operators"`
	Parts          []string   `json:"parts"`
	Trials         int        `json:"trials"`
	Done           int        `json:"done"` // readings that are there
	Needed         int        `json:"needed"`
	CreatedBy      string     `json:"created_by"`
	CreatedAt      time.Time  `json:"created_at"`
	ClosedAt       *time.Time `json:"closed_at,omitempty"`
	ClosedBy       string     `json:"closed_by,omitempty"`
	Conclusion     string     `json:"conclusion,omitempty"`
}

// GaugeReading is one reading. It is never changed: a correction is a further one, and the newest counts.
type GaugeReading struct {
	Operator int       `json:"operator"` // index into Operators
	Part     int       `json:"part"`     // index into Parts
	Trial    int       `json:"trial"`    // from 1
	Value    Decimal   `json:"value"`
	Reason   string    `json:"reason,omitempty"` // of a correction
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// GaugeStudyView is a study with its readings, and what it says once all are there.
type GaugeStudyView struct {
	GaugeStudy
	Readings []GaugeReading `json:"readings"` // those that count
	// Range and ANOVA are the two evaluations; nil while readings are missing.
	Range        *msa.Result `json:"range,omitempty"`
	ANOVA        *msa.Result `json:"anova,omitempty"`
	RangeVerdict msa.Verdict `json:"range_verdict,omitempty"`
	ANOVAVerdict msa.Verdict `json:"anova_verdict,omitempty"`
}

// Validate names every field that cannot work.
func (s GaugeStudy) Validate() error {
	var f Faults
	f.Check(!blank(s.Gauge), "gauge", "is missing")
	f.Check(!blank(s.Characteristic), "characteristic", "is missing")
	f.Check(s.Lower == nil || s.Upper == nil || s.Lower.LessThan(*s.Upper), "lower", "must be below the upper limit")
	names(&f, "operators", s.Operators, msa.MinOperators, msa.MaxOperators)
	names(&f, "parts", s.Parts, msa.MinParts, msa.MaxParts)
	f.Check(s.Trials >= msa.MinTrials && s.Trials <= msa.MaxTrials, "trials", "must be from %d to %d", msa.MinTrials, msa.MaxTrials)
	return f.Err("The study was not stored.")
}

func names(f *Faults, field string, list []string, least, most int) {
	f.Check(len(list) >= least && len(list) <= most, field, "must be from %d to %d", least, most)
	for i, n := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		f.Check(!blank(n), at, "is missing")
		f.Check(!slices.Contains(list[:i], n), at, "is named twice")
	}
}

// Tolerance is the width of the tolerance, 0 when a side is open.
func (s GaugeStudy) Tolerance() float64 {
	if s.Lower == nil || s.Upper == nil {
		return 0
	}
	return s.Upper.Sub(*s.Lower).InexactFloat64()
}

// Accepts names what is wrong with readings; a correction needs a reason.
func (v GaugeStudyView) Accepts(rs []GaugeReading) error {
	if v.ClosedAt != nil {
		return Refuse(CodeConflict, fmt.Sprintf("%s was concluded by %s.", v.ID, v.ClosedBy), nothingStored, "Begin another study.")
	}
	var f Faults
	f.Check(len(rs) > 0, "readings", "at least one is needed")
	type cell struct{ o, p, t int }
	known := map[cell]bool{}
	for _, r := range v.Readings {
		known[cell{r.Operator, r.Part, r.Trial}] = true
	}
	for i, r := range rs {
		at := fmt.Sprintf("readings[%d]", i)
		f.Check(r.Operator >= 0 && r.Operator < len(v.Operators), at+".operator", "must be from 0 to %d", len(v.Operators)-1)
		f.Check(r.Part >= 0 && r.Part < len(v.Parts), at+".part", "must be from 0 to %d", len(v.Parts)-1)
		f.Check(r.Trial >= 1 && r.Trial <= v.Trials, at+".trial", "must be from 1 to %d", v.Trials)
		c := cell{r.Operator, r.Part, r.Trial}
		f.Check(!known[c] || !blank(r.Reason), at+".reason", "is missing: there is a reading already")
		known[c] = true
	}
	return f.Err(nothingStored)
}

// Evaluate fills the evaluations once every reading is there.
func (v GaugeStudyView) Evaluate() GaugeStudyView {
	v.Needed = len(v.Operators) * len(v.Parts) * v.Trials
	v.Done = len(v.Readings)
	if v.Done < v.Needed {
		return v
	}
	d := make(msa.Data, len(v.Operators))
	for o := range d {
		d[o] = make([][]float64, len(v.Parts))
		for p := range d[o] {
			d[o][p] = make([]float64, v.Trials)
		}
	}
	for _, r := range v.Readings {
		d[r.Operator][r.Part][r.Trial-1] = r.Value.InexactFloat64()
	}
	if r, err := msa.AverageRange(d, v.Tolerance()); err == nil {
		v.Range, v.RangeVerdict = &r, r.Judge()
	}
	if r, err := msa.ANOVA(d, v.Tolerance()); err == nil {
		v.ANOVA, v.ANOVAVerdict = &r, r.Judge()
	}
	return v
}

// GaugeStudyFilter narrows the list of studies, newest first.
type GaugeStudyFilter struct {
	Paging
	Site  string
	Gauge string
	Open  bool
}

// GaugeStudies keeps gauge R&R studies.
type GaugeStudies interface {
	// List reads a page. Codes: unprocessable (cursor).
	List(ctx context.Context, f GaugeStudyFilter) (Page[GaugeStudy], error)
	// Get reads one whole, evaluated where all readings are there. Codes: not_found.
	Get(ctx context.Context, site, id string) (GaugeStudyView, error)
	// Create begins one. Codes: not_found (gauge), conflict (gauge not usable), unprocessable.
	Create(ctx context.Context, key, site string, by Actor, s GaugeStudy) (GaugeStudyView, error)
	// Enter stores readings, all or none; the gauge must be usable at this moment. Codes: not_found, conflict, unprocessable.
	Enter(ctx context.Context, key, site string, by Actor, id string, rs []GaugeReading) (GaugeStudyView, error)
	// Close concludes a complete study with a word. Codes: not_found, conflict, unprocessable.
	Close(ctx context.Context, key, site string, by Actor, id, conclusion string) (GaugeStudyView, error)
}
