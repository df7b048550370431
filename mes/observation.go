package mes

import (
	"fmt"
	"time"
)

// Observation is what one record says about a process: measured values, or counts of what was found. Control charts take
// what is theirs from it. It is told once per key; telling it again changes nothing.
type Observation struct {
	// Key is the record's own. Values of one characteristic are told apart by their place.
	Key  string `json:"key"`
	Site string `json:"site"`
	// Product, Operation and Step say where a step record comes from, Plan which inspection plan a sample follows.
	Product   string `json:"product,omitempty"`
	Operation string `json:"operation,omitempty"`
	Step      string `json:"step,omitempty"`
	Plan      string `json:"plan,omitempty"`
	Lot       string `json:"lot,omitempty"`
	Station   string `json:"station,omitempty"`
	Device    string `json:"device,omitempty"`
	// At is when the record ended.
	At     time.Time       `json:"at"`
	Values []ObservedValue `json:"values"`
}

// ObservedValue is one measured value or one count.
type ObservedValue struct {
	Characteristic string  `json:"characteristic"`
	Value          Decimal `json:"value"`
	Unit           string  `json:"unit,omitempty"`
	// Inspected makes it a count: Value units or defects were found in so many inspected ones.
	Inspected int      `json:"inspected,omitempty"`
	Lower     *Decimal `json:"lower,omitempty"`
	Upper     *Decimal `json:"upper,omitempty"`
	// Failed says that the value was judged not to conform.
	Failed bool `json:"failed,omitempty"`
	// Bad marks a value whose quality is not good. It makes no point.
	Bad bool `json:"bad,omitempty"`
	// At is when it was measured, where that is known.
	At time.Time `json:"at,omitzero"`
}

// ObservedStep is a step's record as control charts see it. A record without a judgement says nothing about the process.
func ObservedStep(key, site, product, lot string, s StepRecord) (Observation, bool) {
	if s.Result != ResultPass && s.Result != ResultFail {
		return Observation{}, false
	}
	o := Observation{Key: key, Site: site, Product: product, Operation: s.Operation, Step: s.Step, Lot: lot, Station: s.Station, Device: s.Device, At: s.EndedAt}
	for _, v := range s.Values {
		o.Values = append(o.Values, ObservedValue{Characteristic: v.Characteristic, Value: v.Value, Unit: v.Unit, Lower: v.Lower, Upper: v.Upper, Failed: v.Result == ResultFail, At: v.At})
	}
	// The step's own result counts as one inspected piece, under no characteristic's name.
	whole := ObservedValue{Inspected: 1, Failed: s.Result == ResultFail}
	if whole.Failed {
		whole.Value = One
	}
	o.Values = append(o.Values, whole)
	return o, true
}

// Moment is when the n-th value came, counted from 0.
func (o Observation) Moment(n int) time.Time {
	if at := o.Values[n].At; !at.IsZero() {
		return at
	}
	return o.At
}

// Validate refuses what no caller of ours may tell.
func (o Observation) Validate() error {
	if o.Key == "" || o.Site == "" || o.At.IsZero() {
		return fmt.Errorf("observation %q of site %q has no key, site or time", o.Key, o.Site)
	}
	return nil
}
