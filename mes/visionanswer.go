package mes

import (
	"context"
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
	Place    string `json:"place"` // station, rack or zone, as the sender calls it; a site's stock where it is empty
	Material string `json:"material"`
	// Name is the material's, empty where this plant does not know the material.
	Name    string  `json:"name,omitempty"`
	Unit    string  `json:"unit,omitempty"`
	Counted Decimal `json:"counted"`
	// Ledger is the stock by the ledger; nil where the material is not known.
	Ledger     *Decimal      `json:"ledger,omitempty"`
	Difference *Decimal      `json:"difference,omitempty"` // counted less ledger
	Image      string        `json:"image,omitempty"`
	CapturedAt time.Time     `json:"captured_at"`
	ReceivedAt time.Time     `json:"received_at"`
	Answer     *VisionAnswer `json:"answer,omitempty"`
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
