package mes

import (
	"context"
	"encoding/json"
	"time"
)

// VisionView is a stored verdict as people read it.
type VisionView struct {
	ID         string          `json:"id"`
	Camera     string          `json:"camera"`
	Key        string          `json:"key"`
	Lot        string          `json:"lot"`
	Operation  string          `json:"operation"`
	Step       string          `json:"step"`
	Shot       int             `json:"shot"`
	Verdict    StepResult      `json:"verdict"`
	Confidence Decimal         `json:"confidence"`
	Model      string          `json:"model"`
	Image      string          `json:"image,omitempty"` // hash of a blob
	Boxes      []Box           `json:"boxes"`
	Measured   json.RawMessage `json:"measured,omitempty"`
	Match      Match           `json:"match"`
	Source     string          `json:"source"`
	CapturedAt time.Time       `json:"captured_at"`
	ReceivedAt time.Time       `json:"received_at"`
	// Overridden is set when quality decided otherwise than the camera; both verdicts stay.
	Overridden *Override `json:"overridden,omitempty"`
}

// Override is a person's decision on a verdict.
type Override struct {
	Decision Decision  `json:"decision"`
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// VisionFilter narrows a list of verdicts. The list is newest first; only Limit and Cursor of Paging are used.
type VisionFilter struct {
	Paging
	Site   string
	Lot    string
	Camera string
	Match  Match
}

// Visions reads stored verdicts.
type Visions interface {
	// Get reads one verdict. Codes: not_found.
	Get(ctx context.Context, site, id string) (VisionView, error)
	// List reads a page of verdicts. Codes: unprocessable (cursor).
	List(ctx context.Context, f VisionFilter) (Page[VisionView], error)
}
