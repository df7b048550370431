package mes

import (
	"slices"
	"strings"
	"time"
)

// AsBuilt is the as-built record of a lot: what was done, by whom, with what, and what was measured.
type AsBuilt struct {
	Lot        string           `json:"lot"`
	Material   string           `json:"material"`
	Order      string           `json:"order"`
	Revision   string           `json:"revision"` // of the routing
	Operations []BuiltOperation `json:"operations"`
	// Signatures stand under quality's decisions on the lot; those of a step stand at the step.
	Signatures []Signature `json:"signatures"`
}

// PassedInReview begins the note of a step that quality passed, and so nobody performed.
const PassedInReview = "Passed in review: "

// Performers are the accounts that worked on the lot, each once: who started its operations and who did its steps.
func (b AsBuilt) Performers() []string {
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, o := range b.Operations {
		add(o.Operator)
		for _, s := range o.Steps {
			if !strings.HasPrefix(s.Note, PassedInReview) {
				add(s.Operator)
			}
		}
	}
	return out
}

// BuiltOperation is one visit to an operation, in the order in which they began.
type BuiltOperation struct {
	Operation string      `json:"operation"`
	Name      string      `json:"name"`
	Visit     int         `json:"visit"`
	State     string      `json:"state"`
	Station   string      `json:"station"`
	Operator  string      `json:"operator,omitempty"`
	QueuedAt  time.Time   `json:"queued_at"`
	StartedAt *time.Time  `json:"started_at,omitempty"`
	EndedAt   *time.Time  `json:"ended_at,omitempty"`
	Rework    bool        `json:"rework,omitempty"` // an operation of a rework routing
	Steps     []BuiltStep `json:"steps"`
}

// BuiltStep is one attempt at one step, as it was recorded.
type BuiltStep struct {
	Step       string           `json:"step"`
	Kind       StepKind         `json:"kind"`
	Name       string           `json:"name"`
	Attempt    int              `json:"attempt"`
	Result     StepResult       `json:"result"`
	Station    string           `json:"station"`
	Operator   string           `json:"operator,omitempty"`
	Device     string           `json:"device,omitempty"`
	Program    int              `json:"program,omitempty"`
	Gauge      string           `json:"gauge,omitempty"` // that a person measured with
	ByHand     bool             `json:"by_hand,omitempty"`
	Note       string           `json:"note,omitempty"`
	Revision   string           `json:"revision,omitempty"` // of the routing that the step was done by
	StartedAt  time.Time        `json:"started_at"`
	At         time.Time        `json:"at"`
	Values     []BuiltValue     `json:"values"`
	Components []BuiltComponent `json:"components"`
	Vision     *VisionView      `json:"vision,omitempty"`
	Signatures []Signature      `json:"signatures,omitempty"`
}

// BuiltValue is one value with the limits that it was judged by.
type BuiltValue struct {
	Characteristic string     `json:"characteristic"`
	Name           string     `json:"name"`
	Sample         int        `json:"sample,omitempty"`
	Value          Decimal    `json:"value"`
	Unit           string     `json:"unit,omitempty"`
	Lower          *Decimal   `json:"lower,omitempty"`
	Upper          *Decimal   `json:"upper,omitempty"`
	Result         StepResult `json:"result"`
	At             *time.Time `json:"at,omitempty"`
}

// BuiltComponent is one component lot's part in this lot.
type BuiltComponent struct {
	Lot         string  `json:"lot"`
	Material    string  `json:"material"`
	Name        string  `json:"name,omitempty"` // as master data has it now; a history record leaves it out
	Quantity    Decimal `json:"quantity"`
	Unit        string  `json:"unit"`
	Supplier    string  `json:"supplier,omitempty"`
	SupplierLot string  `json:"supplier_lot,omitempty"`
}
