package mes_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// monday is the time at which the tests play.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

const lot1 = "INV-000001"

func dec(s string) mes.Decimal { return mes.MustDecimal(s) }

func decp(s string) *mes.Decimal {
	d := dec(s)
	return &d
}

// rule says a refusal by its code and a part of its text, "" for none.
type rule struct {
	code mes.Code
	what string
}

func (w rule) check(t *testing.T, err error) {
	t.Helper()
	switch {
	case w.code == "" && err != nil:
		t.Errorf("refused: %v", err)
	case w.code != "" && err == nil:
		t.Errorf("accepted, want %s: %s", w.code, w.what)
	case w.code != "" && (mes.CodeOf(err) != w.code || !strings.Contains(err.Error(), w.what)):
		t.Errorf("refused with %s: %v\nwant %s: %s", mes.CodeOf(err), err, w.code, w.what)
	}
	if err != nil {
		wellSaid(t, err)
	}
}

var slips = regexp.MustCompile(`\.\.|  | \.|: ?\.|,\.|;\.|%!|\(MISSING\)|^[a-z]|\n`)

// sayer is what testing.T and rapid.T have in common here.
type sayer interface {
	Helper()
	Errorf(format string, args ...any)
}

// wellSaid holds a refusal against the house's way of speaking: whole sentences, each part in its place, no word twice.
func wellSaid(t sayer, err error) {
	t.Helper()
	var e *mes.Error
	if !errors.As(err, &e) {
		t.Errorf("%v is no refusal", err)
		return
	}
	if e.What == "" || e.Code == "" {
		t.Errorf("%+v says nothing", e)
	}
	for _, part := range []string{e.What, e.Kept, e.Do} {
		if part != "" && (!strings.HasSuffix(part, ".") || slips.MatchString(part) || stutters(part)) {
			t.Errorf("reads badly: %q", part)
		}
	}
	if text := strings.ToLower(err.Error()); strings.Contains(text, "please") || strings.Contains(text, "invalid") || strings.Contains(err.Error(), "%!") {
		t.Errorf("not how we speak: %q", text)
	}
	if e.Code == mes.CodeUnprocessable && len(e.Fields) == 0 && e.Do == "" {
		t.Errorf("%q names no field and nothing to do", e.What)
	}
	for _, f := range e.Fields {
		if f.Field == "" || f.Message == "" || strings.HasSuffix(f.Message, ".") {
			t.Errorf("field reads badly: %+v", f)
		}
	}
}

// stutters finds a word that is said twice in a row.
func stutters(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '.' })
	for i := 1; i < len(words); i++ {
		if words[i] == words[i-1] && words[i] > "9" {
			return true
		}
	}
	return false
}

// anyRouting draws a routing that Validate takes: every kind of step, every rule for failures.
func anyRouting() *rapid.Generator[mes.Routing] {
	return rapid.Custom(func(t *rapid.T) mes.Routing {
		r := mes.Routing{Product: "INV", Revision: "A", LotSize: mes.Count(rapid.Int64Range(1, 9).Draw(t, "lot size")),
			LotPattern: "INV-{n}", LotDigits: 6, Window: rapid.IntRange(1, 9).Draw(t, "window")}
		for i := range rapid.IntRange(1, 4).Draw(t, "operations") {
			id := fmt.Sprint(10 * (i + 1))
			o := mes.Operation{ID: id, Name: "Operation " + id, Stations: []string{"ST" + id}, OnFail: anyFailRule(t, i)}
			if rapid.Bool().Draw(t, "second station") {
				o.Stations = append(o.Stations, "SU"+id)
			}
			for j := range rapid.IntRange(1, 4).Draw(t, "steps") {
				o.Steps = append(o.Steps, anyStep(t, fmt.Sprintf("%s-%d", id, j+1)))
			}
			r.Operations = append(r.Operations, o)
		}
		return r
	})
}

func anyFailRule(t *rapid.T, at int) mes.FailRule {
	rule := mes.FailRule{Then: rapid.SampledFrom([]mes.FailPolicy{mes.FailScrap, mes.FailReview}).Draw(t, "then")}
	if rapid.Bool().Draw(t, "reworks") {
		rule.ReworkTo = fmt.Sprint(10 * (rapid.IntRange(0, at).Draw(t, "rework to") + 1))
		rule.MaxReworks = rapid.IntRange(1, 3).Draw(t, "max reworks")
	}
	return rule
}

var kinds = []mes.StepKind{mes.StepConfirm, mes.StepScan, mes.StepMeasure, mes.StepDevice, mes.StepVision, mes.StepLabel}

func anyStep(t *rapid.T, id string) mes.Step {
	s := mes.Step{ID: id, Name: "Step named " + id, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	gauge := mes.Characteristic{ID: "width", Name: "Width", Unit: "mm", Lower: decp("9.5"), Upper: decp("10.5")}
	switch s.Kind {
	case mes.StepScan:
		s.Component = &mes.ComponentNeed{Material: "SC", Quantity: mes.Count(rapid.Int64Range(1, 8).Draw(t, "need"))}
	case mes.StepMeasure:
		s.Characteristics, s.Sample = []mes.Characteristic{gauge}, rapid.IntRange(0, 5).Draw(t, "sample")
	case mes.StepDevice:
		s.Characteristics, s.Device = []mes.Characteristic{gauge}, "TC-"+id
		s.Repeats, s.ByHand = rapid.IntRange(0, 2).Draw(t, "repeats"), rapid.Bool().Draw(t, "by hand")
	case mes.StepVision:
		s.Device, s.MinConfidence = "CAM-"+id, dec("0.85")
		s.OnSilence = rapid.SampledFrom([]mes.SilencePolicy{mes.SilenceHold, mes.SilenceAsk, mes.SilenceRetry}).Draw(t, "on silence")
		s.MaxShots = rapid.IntRange(0, 3).Draw(t, "max shots")
	case mes.StepLabel:
		s.Device = "PR-" + id
	}
	return s
}

// readings gives a value for every characteristic of every sampled piece.
func readings(s mes.Step, pieces, value mes.Decimal) []mes.Reading {
	var out []mes.Reading
	for n := 1; n <= s.Samples(pieces); n++ {
		for _, c := range s.Characteristics {
			out = append(out, mes.Reading{Characteristic: c.ID, Value: value, Sample: n})
		}
	}
	return out
}
