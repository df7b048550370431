package mes

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// SafetyEvent is something unsafe that a camera saw: a person without protection, or in a zone.
type SafetyEvent struct {
	ID       string   `json:"id"`
	Camera   string   `json:"camera"`
	Station  string   `json:"station,omitempty"`
	Code     string   `json:"code"` // what was seen: no_helmet, in_zone
	Severity Severity `json:"severity"`
	Lot      string   `json:"lot,omitempty"`
	Model    string   `json:"model,omitempty"`
	// Image is empty unless the camera keeps its pictures: by itself no picture of a person is stored.
	Image       string        `json:"image,omitempty"`
	Picture     Picture       `json:"picture"`
	Predictions []Prediction  `json:"predictions"`
	CapturedAt  time.Time     `json:"captured_at"`
	ReceivedAt  time.Time     `json:"received_at"`
	Answer      *VisionAnswer `json:"answer,omitempty"`
	// Stopped tells that the station is stopped now.
	Stopped bool `json:"stopped"`
}

// StockCount is what a camera counted of a material at a place, beside what the ledger says.
type StockCount struct {
	ID       string `json:"id"`
	Camera   string `json:"camera"`
	Place    string `json:"place"` // station, rack or zone, as the sender calls it
	Material string `json:"material"`
	// Name is the material's, empty where this plant does not know the material.
	Name    string  `json:"name,omitempty"`
	Unit    string  `json:"unit,omitempty"`
	Counted Decimal `json:"counted"`
	// Ledger is the stock by the ledger: of the station where the place is one, else of the whole site, since the ledger
	// knows no racks. It is nil where the material is not known.
	LedgerOf   string        `json:"ledger_of,omitempty"`
	Ledger     *Decimal      `json:"ledger,omitempty"`
	Difference *Decimal      `json:"difference,omitempty"` // counted less ledger
	Image      string        `json:"image,omitempty"`
	CapturedAt time.Time     `json:"captured_at"`
	ReceivedAt time.Time     `json:"received_at"`
	Answer     *VisionAnswer `json:"answer,omitempty"`
}

// CountedIn reads what a sender counted, and where: the number under one of the usual names, else the number of findings.
func CountedIn(measured json.RawMessage, found []Prediction) (n Decimal, place string) {
	n = Count(int64(len(found)))
	var said map[string]json.RawMessage
	if json.Unmarshal(measured, &said) != nil {
		return n, ""
	}
	for _, name := range []string{"itemCount", "item_count", "count", "quantity", "pieces"} {
		var d Decimal
		if raw, ok := said[name]; ok && string(raw) != "null" && json.Unmarshal(raw, &d) == nil && !d.IsNegative() {
			n = d
			break
		}
	}
	for _, name := range []string{"place", "location", "zone", "station"} {
		if raw, ok := said[name]; ok && json.Unmarshal(raw, &place) == nil && place != "" {
			break
		}
	}
	return n, place
}

// CycleIn reads a cycle that a sender told of.
func CycleIn(measured json.RawMessage, at time.Time) Cycle {
	c := Cycle{At: at, Pieces: 1}
	var said map[string]json.RawMessage
	if json.Unmarshal(measured, &said) != nil {
		return c
	}
	number := func(names ...string) float64 {
		for _, name := range names {
			var d Decimal
			if raw, ok := said[name]; ok && string(raw) != "null" && json.Unmarshal(raw, &d) == nil && d.IsPositive() {
				return d.InexactFloat64()
			}
		}
		return 0
	}
	c.Seconds = number("seconds", "cycle_s", "cycle_time", "cycleTime", "duration_s", "duration")
	if n := number("pieces", "count", "itemCount"); n >= 1 && n < 1e6 {
		c.Pieces = int(n)
	}
	return c
}

// AnswerKind is what a person says of a safety event or a count.
type AnswerKind string

// The answers. None of them changes stock or lifts a stop.
const (
	AnswerAcknowledged AnswerKind = "acknowledged" // a safety event was seen to
	AnswerFalseAlarm   AnswerKind = "false_alarm"
	AnswerAccepted     AnswerKind = "accepted" // the difference is explained
	AnswerRecount      AnswerKind = "recount"  // the count is not believed
	AnswerAdjust       AnswerKind = "adjust"   // the stock is to be put right, which a person does by receipt or scrap
)

// VisionAnswer is a person's word on an event.
type VisionAnswer struct {
	ID      string     `json:"id"`
	Event   string     `json:"event"`
	Answer  AnswerKind `json:"answer"`
	Reason  string     `json:"reason"`
	Counted *Decimal   `json:"counted,omitempty"`
	Ledger  *Decimal   `json:"ledger,omitempty"` // as it stood then
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
}

// AnswersTo are the answers that fit a kind of event.
func AnswersTo(k VisionKind) []AnswerKind {
	switch k {
	case VisionSafety:
		return []AnswerKind{AnswerAcknowledged, AnswerFalseAlarm}
	case VisionCount:
		return []AnswerKind{AnswerAccepted, AnswerRecount, AnswerAdjust}
	}
	return nil
}

// ValidateAnswer names what is wrong with an answer to an event of a kind.
func ValidateAnswer(k VisionKind, a AnswerKind, reason string) error {
	var f Faults
	f.Check(slices.Contains(AnswersTo(k), a), "answer", "must be one of %v", AnswersTo(k))
	f.Check(!blank(reason), "reason", "is missing")
	return f.Err("The event stays open.")
}

// VisionEventFilter narrows the lists of safety events and counts, newest first.
type VisionEventFilter struct {
	Paging
	Site     string
	Open     bool // only those that nobody has answered
	Camera   string
	Station  string
	Code     string // what was seen, or the material
	From, To *time.Time
}

// VisionEvents are the uses of vision beside inspection.
type VisionEvents interface {
	// Safety reads a page of safety events. Codes: unprocessable (cursor).
	Safety(ctx context.Context, f VisionEventFilter) (Page[SafetyEvent], error)
	// Counts reads a page of counts. Codes: unprocessable (cursor).
	Counts(ctx context.Context, f VisionEventFilter) (Page[StockCount], error)
	// Answer keeps a person's word on an event, once. Codes: not_found, conflict (answered already), unprocessable.
	Answer(ctx context.Context, key, site, event string, by Actor, a AnswerKind, reason string) (VisionAnswer, error)
	// Cycles reads the cycles that cameras saw, per station. Codes: unprocessable.
	Cycles(ctx context.Context, f CycleFilter) ([]StationCycles, error)
}
