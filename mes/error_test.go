package mes_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestErrorReadsAsSentences(t *testing.T) {
	for want, e := range map[string]error{
		"The door is open.":                                            mes.Refuse(mes.CodeConflict, "The door is open.", "", ""),
		"The door is open. Nothing moved. Close it.":                   mes.Refuse(mes.CodeConflict, "The door is open.", "Nothing moved.", "Close it."),
		"Lot X is not known here. Check the number, or scan it again.": mes.NotFound("Lot", "X"),
		"No lot is named. Give its number, or scan it.":                mes.NotFound("Lot", ""),
		"It failed. Nothing was stored. Correct the named fields and send it again. a: is bad; b: is worse": mes.Faults{{Field: "a", Message: "is bad"}, {Field: "b", Message: "is worse"}}.Err("It failed."),
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}

func TestCodeOf(t *testing.T) {
	held := mes.Refuse(mes.CodeHeld, "It is on hold.", "", "")
	for _, c := range []struct {
		err  error
		want mes.Code
	}{{nil, ""}, {held, mes.CodeHeld}, {fmt.Errorf("record: %w", held), mes.CodeHeld}, {errors.New("disk full"), mes.CodeInternal}} {
		if got := mes.CodeOf(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	var f mes.Faults
	f.Check(true, "a", "is bad")
	if err := f.Err("It failed."); err != nil {
		t.Errorf("no fault, and yet %v", err)
	}
	f.Check(false, "a", "%d is bad", 7)
	f.Add("b", "is %s", "worse")
	var e *mes.Error
	if err := f.Err("It failed."); !errors.As(err, &e) || e.Code != mes.CodeUnprocessable || len(e.Fields) != 2 || e.Fields[0] != (mes.FieldError{Field: "a", Message: "7 is bad"}) {
		t.Errorf("%+v", e)
	}
}
