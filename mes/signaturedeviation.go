package mes

import (
	"fmt"
	"slices"
)

func (d *deviations) signatures(of []Signature) {
	for _, s := range of {
		if s.State != SignatureValid {
			d.add(DeviatedVoided, s.At, s.Name, "signature", s.ID, joined(string(s.Meaning)+" by "+s.Name, string(s.State), s.Why))
		}
	}
}

// unsigned finds steps that passed, and were left, without a valid signature for each that the plan asks for.
func (d *deviations) unsigned(h LotHistory) {
	for _, v := range h.Operations {
		i := slices.IndexFunc(h.Route, func(p PlannedVisit) bool { return p.Operation == v.Operation })
		if i < 0 || v.State != "completed" {
			continue
		}
		for _, p := range h.Route[i].Steps {
			for _, s := range v.Steps {
				if s.Step != p.Step || s.Result != ResultPass || len(p.Sign) == 0 {
					continue
				}
				if n := h.signed(SignedRecord{SignedStep, fmt.Sprintf("%s/%s/%d", h.Lot, stepRef(v.Operation, v.Visit, s.Step), s.Attempt)}); n < len(p.Sign) {
					d.add(DeviatedUnsigned, s.At, s.Operator, "step", stepRef(v.Operation, v.Visit, s.Step), fmt.Sprintf("%s: %d of %d signatures are valid", s.Name, n, len(p.Sign)))
				}
			}
		}
	}
}

// decisions finds what took effect without the valid signatures that it needed: the end of a review, or of a hold.
func (d *deviations) decisions(h LotHistory, of []RecordDecision) {
	for _, x := range of {
		n := 0
		if x.Record != "" {
			n = h.signed(SignedRecord{x.Noun, x.Record})
		}
		if n >= x.Needs {
			continue
		}
		noun, ref, what := "step", stepRef(x.Operation, x.Visit, x.Step), "Review"
		if x.Noun == SignedHoldRelease {
			noun, ref, what = "lot", h.Lot, "End of hold"
		}
		d.add(DeviatedUnsigned, x.At, x.By, noun, ref, fmt.Sprintf("%s: %d of %d signatures are valid", what, n, x.Needs))
	}
}

// signed counts the valid signatures of a record.
func (h LotHistory) signed(record SignedRecord) int {
	n := 0
	for _, s := range h.Signatures {
		if s.Record == record && s.State == SignatureValid {
			n++
		}
	}
	return n
}
