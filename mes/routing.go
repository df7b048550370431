package mes

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// StepKind says who brings a step's result.
type StepKind string

// The kinds of step.
const (
	StepConfirm StepKind = "confirm" // the operator says that it is done
	StepScan    StepKind = "scan"    // the operator scans a component, which is consumed into the lot
	StepMeasure StepKind = "measure" // the operator enters values, checked against limits
	StepDevice  StepKind = "device"  // a machine runs one cycle and answers with values
	StepVision  StepKind = "vision"  // a camera's verdict is awaited
	StepLabel   StepKind = "label"   // a printer prints, the operator scans the printed label
)

// Automatic tells that the workflow works on the step itself, without waiting for an operator's command.
func (k StepKind) Automatic() bool { return k == StepDevice || k == StepVision }

// SilencePolicy says what happens when an awaited verdict does not come in time. None of them is a pass.
type SilencePolicy string

// The policies.
const (
	SilenceHold  SilencePolicy = "hold"  // put the lot on hold for quality
	SilenceAsk   SilencePolicy = "ask"   // ask the operator: take the picture again, or send to review
	SilenceRetry SilencePolicy = "retry" // take the picture again up to MaxShots, then ask
)

// FailPolicy says where a lot goes when its reworks are used up.
type FailPolicy string

// The policies.
const (
	FailScrap  FailPolicy = "scrap"
	FailReview FailPolicy = "review"
)

// Characteristic is one measured or tested property with its limits. A nil limit is open.
type Characteristic struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Unit   string   `json:"unit,omitempty"`
	Target *Decimal `json:"target,omitempty"`
	Lower  *Decimal `json:"lower,omitempty"`
	Upper  *Decimal `json:"upper,omitempty"`
}

// title names the characteristic to a person.
func (c Characteristic) title() string {
	if c.Name == "" {
		return c.ID
	}
	return c.Name
}

// Within tells whether v lies inside the limits, the limits included.
func (c Characteristic) Within(v Decimal) bool {
	return (c.Lower == nil || v.GreaterThanOrEqual(*c.Lower)) && (c.Upper == nil || v.LessThanOrEqual(*c.Upper))
}

// ComponentNeed is what a scan step consumes into each piece of the lot.
type ComponentNeed struct {
	Material string `json:"material"`
	// Quantity per piece of the lot.
	Quantity Decimal `json:"quantity"`
}

// Step is one thing to do within an operation.
type Step struct {
	ID          string   `json:"id"`
	Kind        StepKind `json:"kind"`
	Name        string   `json:"name"`
	Instruction string   `json:"instruction,omitempty"`
	// Picture is the hash of a stored image or drawing.
	Picture string `json:"picture,omitempty"`

	Component       *ComponentNeed   `json:"component,omitempty"`
	Characteristics []Characteristic `json:"characteristics,omitempty"`
	// Gauge is the kind of gauge that a person measures with; the record names which one it was.
	Gauge string `json:"gauge,omitempty"`
	// Sample is how many pieces of the lot are measured, or all of a smaller lot; 0 means one set of values for the lot.
	Sample int `json:"sample,omitempty"`

	// Device is the machine, camera or printer by its ID.
	Device  string `json:"device,omitempty"`
	Program int    `json:"program,omitempty"`
	// Repeats is how often a machine repeats its cycle after values out of limits. A person may measure again until the
	// values are good or a defect is reported; each attempt is recorded.
	Repeats int `json:"repeats,omitempty"`
	// ByHand allows the operator to enter the values when the machine stays silent.
	ByHand bool `json:"by_hand,omitempty"`

	MinConfidence Decimal       `json:"min_confidence,omitzero"`
	TimeoutS      int           `json:"timeout_s,omitempty"`
	OnSilence     SilencePolicy `json:"on_silence,omitempty"`
	MaxShots      int           `json:"max_shots,omitempty"`

	// Qualification is asked of whoever completes the step, besides the operation's.
	Qualification *QualificationNeed `json:"qualification,omitempty"`

	// Label is the ZPL template's name.
	Label string `json:"label,omitempty"`

	// Document is the ID of the work instruction that is read at this step. An order freezes the revision that is in
	// force at its release.
	Document string `json:"document,omitempty"`
	// Sign are the signatures that the step's record needs before the lot may go on.
	Sign []SignatureNeed `json:"sign,omitempty"`
}

// Timeout is how long the step waits for its answer.
func (s Step) Timeout() time.Duration {
	if s.TimeoutS <= 0 {
		return 30 * time.Second
	}
	return time.Duration(s.TimeoutS) * time.Second
}

// Samples is how many pieces of a lot are measured when so many are left in it: no more than there are.
func (s Step) Samples(pieces Decimal) int {
	n := Count(int64(max(s.Sample, 1)))
	if pieces.Ceil().LessThan(n) {
		n = pieces.Ceil()
	}
	return max(int(n.IntPart()), 1)
}

// title names the step to a person.
func (s Step) title() string {
	if s.Name == "" {
		return s.ID
	}
	return s.ID + " (" + s.Name + ")"
}

// FailRule sends a failed lot back to an earlier operation, a bounded number of times.
type FailRule struct {
	ReworkTo   string     `json:"rework_to,omitempty"`
	MaxReworks int        `json:"max_reworks,omitempty"`
	Then       FailPolicy `json:"then"`
}

// QualificationNeed is the certificate that an operation asks of its operator.
type QualificationNeed struct {
	ID    string `json:"id"`
	Level int    `json:"level"`
}

// validate names what is wrong with a need; none is fine.
func (n *QualificationNeed) validate(f *Faults, at string) {
	if n == nil {
		return
	}
	f.Check(!blank(n.ID), at+".id", "is missing")
	f.Check(n.Level >= 1 && n.Level <= 9, at+".level", "must be from 1 to 9")
}

// Operation is one visit to a station.
type Operation struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Stations []string `json:"stations"`
	// PlannedS is the planned run time per piece in seconds (ISO 22400 PRU).
	PlannedS      int                `json:"planned_s,omitempty"`
	Qualification *QualificationNeed `json:"qualification,omitempty"`
	Steps         []Step             `json:"steps"`
	OnFail        FailRule           `json:"on_fail"`
	// Confirm asks for a partial confirmation to the ERP when the operation is completed.
	Confirm bool `json:"confirm,omitempty"`
	// Rework names the rework routing that the operation comes from, in a routing that was composed for a lot.
	Rework string `json:"rework,omitempty"`
}

// Routing is how a product is made: operations in sequence, each with steps. A revision never changes once approved;
// an order freezes one at its release.
type Routing struct {
	Product  string `json:"product"`
	Revision string `json:"revision"`
	// LotSize is how many pieces travel as one lot; 1 for serialised products.
	LotSize Decimal `json:"lot_size"`
	// LotPattern makes lot numbers: {n} becomes the next number of the product, with as many digits as LotDigits.
	LotPattern string `json:"lot_pattern"`
	LotDigits  int    `json:"lot_digits"`
	// Window is how many lots of one order may be in process at the same time.
	Window     int         `json:"window"`
	Operations []Operation `json:"operations"`
}

// At finds an operation by ID.
func (r Routing) At(operation string) (int, Operation, bool) {
	i := slices.IndexFunc(r.Operations, func(o Operation) bool { return o.ID == operation })
	if i < 0 {
		return 0, Operation{}, false
	}
	return i, r.Operations[i], true
}

// At finds a step by ID.
func (o Operation) At(step string) (int, Step, bool) {
	i := slices.IndexFunc(o.Steps, func(s Step) bool { return s.ID == step })
	if i < 0 {
		return 0, Step{}, false
	}
	return i, o.Steps[i], true
}

func (o Operation) has(step string) bool {
	_, _, ok := o.At(step)
	return ok
}

// routingID is what operations and steps may be called: their IDs stand in addresses and in the keys of pictures.
var routingID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// lotPattern is what lot numbers may be made of, so that a scanner reads them as they are.
var lotPattern = regexp.MustCompile(`^[A-Za-z0-9._-]*(\{n\}[A-Za-z0-9._-]*)?$`)

// maxLabelled is how long a lot or serial number on a GS1 label may be.
const maxLabelled = 20

func (r Routing) validateNumbers(f *Faults) {
	f.Check(r.LotPattern != "", "lot_pattern", "is missing")
	f.Check(lotPattern.MatchString(r.LotPattern), "lot_pattern", "must be letters, digits, points, dashes or underscores, with one {n} for the number")
	f.Check(r.LotDigits >= 0 && r.LotDigits <= maxLabelled, "lot_digits", "must be from 0 to %d", maxLabelled)
	if len(*f) == 0 {
		f.Check(len(r.LotID(1)) <= maxLabelled, "lot_pattern", "%s is longer than the %d characters that fit on a label", r.LotID(1), maxLabelled)
	}
}

// Validate names every field of the routing that cannot work.
func (r Routing) Validate() error {
	var f Faults
	f.Check(r.Product != "", "product", "is missing")
	f.Check(r.Revision != "", "revision", "is missing")
	f.Check(r.LotSize.IsPositive(), "lot_size", "must be above 0")
	r.validateNumbers(&f)
	f.Check(r.Window > 0, "window", "must be above 0")
	f.Check(len(r.Operations) > 0, "operations", "at least one is needed")
	seen := map[string]int{}
	for i, o := range r.Operations {
		o.validate(&f, fmt.Sprintf("operations[%d]", i), seen)
		seen[o.ID] = i
	}
	return f.Err(fmt.Sprintf("Routing %q rev %q is refused.", r.Product, r.Revision))
}

// validate names what is wrong with an operation; earlier has those before it.
func (o Operation) validate(f *Faults, at string, earlier map[string]int) {
	_, dup := earlier[o.ID]
	f.Check(o.ID != "" && !dup, at+".id", "must be given and unique")
	f.Check(o.ID == "" || routingID.MatchString(o.ID), at+".id", idForm)
	f.Check(len(o.Stations) > 0 && !slices.Contains(o.Stations, ""), at+".stations", "at least one is needed, each with its ID")
	f.Check(len(o.Steps) > 0, at+".steps", "at least one is needed")
	f.Check(o.Rework == "", at+".rework", "is set where a lot is sent into rework, not in a document")
	o.Qualification.validate(f, at+".qualification")
	o.OnFail.validate(f, at+".on_fail", earlier, o.ID)
	steps := map[string]bool{}
	for j, s := range o.Steps {
		s.validate(f, fmt.Sprintf("%s.steps[%d]", at, j), steps)
		steps[s.ID] = true
	}
}

const idForm = "must be letters, digits, points, dashes or underscores"

func (rule FailRule) validate(f *Faults, at string, earlier map[string]int, self string) {
	f.Check(rule.Then == FailScrap || rule.Then == FailReview, at+".then", "must be %q or %q", FailScrap, FailReview)
	if rule.ReworkTo != "" {
		_, ok := earlier[rule.ReworkTo]
		f.Check(ok || rule.ReworkTo == self, at+".rework_to", "%q is neither this operation nor an earlier one", rule.ReworkTo)
		f.Check(rule.MaxReworks > 0, at+".max_reworks", "must be above 0, so that rework ends")
	}
}

func (s Step) validate(f *Faults, at string, seen map[string]bool) {
	f.Check(s.ID != "" && !seen[s.ID], at+".id", "must be given and unique within the operation")
	f.Check(s.ID == "" || routingID.MatchString(s.ID), at+".id", idForm)
	f.Check(s.Sample == 0 || s.Kind == StepMeasure && s.Sample > 0, at+".sample", "is the number of pieces that a person measures at a measuring step")
	f.Check(s.Gauge == "" || s.Kind == StepMeasure && routingID.MatchString(s.Gauge), at+".gauge", "is the kind of gauge that a person uses at a measuring step")
	switch s.Kind {
	case StepConfirm:
	case StepScan:
		f.Check(s.Component != nil, at+".component", "is missing")
		if s.Component != nil {
			f.Check(s.Component.Material != "", at+".component.material", "is missing")
			f.Check(s.Component.Quantity.IsPositive(), at+".component.quantity", "must be above 0")
		}
	case StepMeasure:
		f.Check(len(s.Characteristics) > 0, at+".characteristics", "at least one is needed")
	case StepDevice:
		f.Check(s.Device != "", at+".device", "is missing")
		f.Check(len(s.Characteristics) > 0, at+".characteristics", "at least one is needed")
	case StepVision:
		f.Check(s.Device != "", at+".device", "names no camera")
		f.Check(s.MinConfidence.IsPositive() && s.MinConfidence.LessThanOrEqual(One), at+".min_confidence", "must be above 0 and at most 1")
		f.Check(slices.Contains([]SilencePolicy{SilenceHold, SilenceAsk, SilenceRetry}, s.OnSilence), at+".on_silence", "must be hold, ask or retry")
	case StepLabel:
		f.Check(s.Device != "", at+".device", "names no printer")
	default:
		f.Add(at+".kind", "%q is not a kind of step", s.Kind)
	}
	ValidateNeeds(f, at+".sign", s.Sign)
	s.Qualification.validate(f, at+".qualification")
	f.Check(s.Qualification == nil || !s.Kind.Automatic() || s.ByHand, at+".qualification", "nobody is asked at a step that a machine or camera completes")
	given := map[string]bool{}
	for k, c := range s.Characteristics {
		at := fmt.Sprintf("%s.characteristics[%d]", at, k)
		f.Check(c.ID != "" && !given[c.ID], at+".id", "must be given and unique within the step")
		f.Check(c.Lower == nil || c.Upper == nil || c.Lower.LessThanOrEqual(*c.Upper), at, "lower limit is above the upper one")
		f.Check(c.Target == nil || c.Within(*c.Target), at+".target", "lies outside the limits")
		given[c.ID] = true
	}
}
