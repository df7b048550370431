package mes

import (
	"math"
	"slices"
	"time"
)

// CycleFilter narrows cycles. Both times are needed.
type CycleFilter struct {
	Site    string
	Station string
	From    time.Time
	To      time.Time
}

// Cycle is one end of a cycle that a camera saw. Seconds is what the camera says that it took; 0 where it only tells that
// a piece went by, and the time since the one before counts.
type Cycle struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
	Pieces  int       `json:"pieces"`
}

// StationCycles are the cycles of one camera at one station in a period.
type StationCycles struct {
	Station string `json:"station"`
	Camera  string `json:"camera"`
	Cycles  int    `json:"cycles"`
	Pieces  int    `json:"pieces"`
	// The times are seconds per cycle, 0 without cycles that have one.
	Median float64 `json:"median_s"`
	Mean   float64 `json:"mean_s"`
	P90    float64 `json:"p90_s"`
	Least  float64 `json:"least_s"`
	Most   float64 `json:"most_s"`
	// Takt is the period's time for each piece, breaks of more than MaxCycle left out.
	Takt float64 `json:"takt_s"`
	// Breaks are the gaps that are too long to be a cycle.
	Breaks    int         `json:"breaks"`
	Histogram []CycleBin  `json:"histogram"`
	Last      *time.Time  `json:"last,omitempty"`
	Series    []CycleMark `json:"series"` // the last 200, oldest first
}

// CycleBin counts the cycles from From to under To seconds.
type CycleBin struct {
	From  float64 `json:"from_s"`
	To    float64 `json:"to_s"`
	Count int     `json:"count"`
}

// CycleMark is one cycle of a series.
type CycleMark struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
}

// MaxCycle is the longest gap between two pieces that counts as a cycle; a longer one is a break.
const MaxCycle = time.Hour

// SumCycles sums up one camera's cycles, which come in the order of their times.
func SumCycles(cycles []Cycle) StationCycles {
	out := StationCycles{Histogram: []CycleBin{}, Series: []CycleMark{}}
	var times []float64
	var busy float64
	for i, c := range cycles {
		out.Cycles++
		out.Pieces += max(c.Pieces, 1)
		s, known := c.Seconds, c.Seconds > 0 && !math.IsInf(c.Seconds, 0)
		if !known && i > 0 {
			s = c.At.Sub(cycles[i-1].At).Seconds()
			known = s > 0
		}
		if !known {
			continue
		}
		if s > MaxCycle.Seconds() {
			out.Breaks++
			continue
		}
		times = append(times, s)
		busy += s
		out.Series = append(out.Series, CycleMark{At: c.At, Seconds: hundredths(s)})
	}
	if n := len(cycles); n > 0 {
		at := cycles[n-1].At
		out.Last = &at
	}
	out.Series = out.Series[max(len(out.Series)-200, 0):]
	if len(times) == 0 {
		return out
	}
	slices.Sort(times)
	out.Least, out.Most = hundredths(times[0]), hundredths(times[len(times)-1])
	out.Median, out.P90, out.Mean = hundredths(quantile(times, 0.5)), hundredths(quantile(times, 0.9)), hundredths(busy/float64(len(times)))
	out.Takt = hundredths(busy / float64(out.Pieces))
	out.Histogram = bins(times)
	return out
}

// quantile interpolates between the two values beside it (R's type 7). sorted is not empty.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

func hundredths(v float64) float64 { return math.Round(100*v) / 100 }

// bins makes a histogram of at most 20 bins of one round width; sorted is not empty.
func bins(sorted []float64) []CycleBin {
	least, most := sorted[0], sorted[len(sorted)-1]
	width := roundUp((most - least) / 12)
	from := math.Floor(least/width) * width
	out := make([]CycleBin, int((most-from)/width)+1)
	for i := range out {
		out[i] = CycleBin{From: hundredths(from + float64(i)*width), To: hundredths(from + float64(i+1)*width)}
	}
	for _, v := range sorted {
		out[min(int((v-from)/width), len(out)-1)].Count++
	}
	return out
}

// roundUp is the next of 1, 2 or 5 times a power of ten, at least a tenth.
func roundUp(v float64) float64 {
	v = math.Max(v, 0.1)
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5, 10} {
		if v <= f*power*(1+1e-9) {
			return f * power
		}
	}
	return 10 * power
}
