package mes_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

const gs = "\x1d"

func TestParseScan(t *testing.T) {
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]mes.Scan{
		"HSG-0042":                                {},
		"  HSG-0042\r\n":                          {Raw: "HSG-0042"},
		"0104012345678901":                        {},
		"Größe 7":                                 {},
		"(01)04012345678901(21)0042":              {GTIN: "04012345678901", Serial: "0042"},
		"(01)04012345678901(10)L7":                {GTIN: "04012345678901", Lot: "L7"},
		"]C10104012345678901210042":               {GTIN: "04012345678901", Serial: "0042"},
		"]d2010401234567890110L7" + gs + "210042": {GTIN: "04012345678901", Lot: "L7", Serial: "0042"},
		gs + "10L7" + gs + "17261231":             {Lot: "L7", Expires: &end},
		"(10)L7(17)261200":                        {Lot: "L7", Expires: &end},
		"]Q310L7" + gs + "3750":                   {Lot: "L7", Quantity: decp("50")},
		"]e0" + gs + "3008" + gs + "10L7":         {Lot: "L7", Quantity: decp("8")},
		"]C13103001250" + "10L7":                  {Lot: "L7"}, // net weight is read and left
		"]C1240AB-7" + gs + "10L7":                {Lot: "L7"}, // so is what a plant does not know
		"]C14104012345000009" + "10L7":            {Lot: "L7"}, // ship-to carries no separator
		"(400)PO-7(10)L7":                         {Lot: "L7"},
	} {
		got, err := mes.ParseScan(text)
		if want.Raw == "" {
			want.Raw = text
		}
		if err != nil || !same(got, want) {
			t.Errorf("%q: %+v, %v\nwant %+v", text, got, err, want)
		}
	}
}

// same compares what scans say; two decimals of one value may differ in form.
func same(a, b mes.Scan) bool {
	if (a.Quantity == nil) != (b.Quantity == nil) || a.Quantity != nil && !a.Quantity.Equal(*b.Quantity) {
		return false
	}
	a.Quantity, b.Quantity = nil, nil
	return reflect.DeepEqual(a, b)
}

func TestParseScanRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "nothing was scanned",
		" \t ":                           "nothing was scanned",
		strings.Repeat("x", 65):          "a code has 1 to 64 characters, this has 65",
		strings.Repeat("]C110L7", 90):    "longer than 400 characters",
		"A\x00B":                         "can't be printed",
		"]C110A\x00B":                    "can't be printed",
		"A\xffB":                         "not text",
		"]C1":                            "the code is empty",
		gs:                               "the code is empty",
		"]C110":                          "ends within an element",
		"]C1AB12":                        `no GS1 identifier begins with "AB"`,
		"]C1010401234567890":             "identifier 01 needs 14 characters",
		"(01)0401234567890":              "identifier 01 needs 14 digits",
		"(01)04012345678902":             "check digit of 04012345678902 does not fit",
		"(01)ABCDEFGHIJKLM?":             "identifier 01 takes digits only",
		"(00)340123450000000007":         "check digit",
		"(10)" + strings.Repeat("L", 21): "identifier 10 is longer than 20 characters",
		"(21)" + strings.Repeat("9", 21): "identifier 21 is longer than 20 characters",
		"(21)":                           "identifier 21 has no usable data",
		"(01":                            "the brackets of (01 do not match",
		"(10)L7 tail)(":                  "brackets",
		"(XY)L7":                         `"XY" is no GS1 identifier`,
		"(17)261301":                     "the expiry date 261301 is not a date",
		"(17)260230":                     "the expiry date 260230 is not a date",
		"(17)2612":                       "the expiry date 2612 is not a date",
		"(17)261300":                     "the expiry date 261300 is not a date",
		"(37)1e9":                        "identifier 37 is not a count: 1e9",
		"(30)-1":                         "identifier 30 is not a count",
		"(37)123456789":                  "identifier 37 is not a count",
		"(21)0042(21)0043":               "two labels were read as one, 0042 and 0043; scan them one by one",
		"]C110L7" + gs + "10L8":          "two labels were read as one, L7 and L8",
		"]C111" + "26" + gs + "231":      "identifier 11 ends too early",
	} {
		got, err := mes.ParseScan(text)
		if err == nil || !strings.Contains(err.Error(), want) || !reflect.DeepEqual(got, mes.Scan{}) {
			t.Errorf("%q: %+v, %v\nwant %q", text, got, err, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	for text, want := range map[string]string{
		"HSG-0042":                                 "HSG-0042",
		"(01)04012345678901(10)L7(21)0042":         "0042",
		"(01)04012345678901(10)L7":                 "L7",
		"(00)340123450000000000":                   "340123450000000000",
		"(01)04012345678901":                       "04012345678901",
		"]C1240A" + gs + "241B":                    "]C1240A241B",
		"(00)340123450000000000(01)04012345678901": "340123450000000000",
	} {
		s, err := mes.ParseScan(text)
		if err != nil || s.Identity() != want {
			t.Errorf("%q is %q, %v; want %q", text, s.Identity(), err, want)
		}
	}
}

// What this system prints, it reads, in both forms that scanners transmit.
func TestLabelsAreReadAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{13}`).Draw(t, "gtin")
		gtin := body + string(mes.CheckDigit(body))
		id := rapid.StringMatching(`[A-Za-z0-9._-]{1,20}`).Draw(t, "id")
		expires := rapid.StringMatching(`2[0-9](0[1-9]|1[0-2])(0[0-9]|1[0-9]|2[0-8])`).Draw(t, "expiry")
		printed, err := mes.ParseScan(mes.SerialLabel(gtin, id) + "(17)" + expires)
		if err != nil || printed.GTIN != gtin || printed.Serial != id || printed.Identity() != id || printed.Expires == nil {
			t.Fatalf("%+v, %v", printed, err)
		}
		sent, err := mes.ParseScan("]d221" + id + gs + "17" + expires + "01" + gtin)
		printed.Raw, sent.Raw = "", ""
		if err != nil || !same(sent, printed) {
			t.Fatalf("%+v, %v; want %+v", sent, err, printed)
		}
		lot, err := mes.ParseScan(mes.LotLabel(gtin, id))
		if err != nil || lot.Lot != id || lot.Identity() != id {
			t.Fatalf("%+v, %v", lot, err)
		}
	})
}

// A misread digit never becomes another product.
func TestCheckDigit(t *testing.T) {
	for digits, want := range map[string]byte{"0401234567890": '1', "629104150021": '3', "": '0', "12a": 0} {
		if got := mes.CheckDigit(digits); got != want {
			t.Errorf("%q: %q, want %q", digits, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{13}`).Draw(t, "gtin")
		gtin := []byte(body + string(mes.CheckDigit(body)))
		i := rapid.IntRange(0, 13).Draw(t, "at")
		gtin[i] = '0' + (gtin[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if s, err := mes.ParseScan("(01)" + string(gtin)); err == nil {
			t.Fatalf("one wrong digit was read as %+v", s)
		}
	})
}

// FuzzParseScan: whatever a scanner sends, it is read whole or refused; and what is read can be stored and shown.
func FuzzParseScan(f *testing.F) {
	for _, seed := range []string{"HSG-0042", "(01)04012345678901(21)0042", "]C10104012345678901210042", "]d210L7" + gs + "17261231" + gs + "3750",
		gs + "00340123450000000000", "(17)261200", "]C1", "(((", "]Q3\xff", "A\x00", "(01)ABCDEFGHIJKLM?", "]C13103001250", "]C1240A" + gs, "00", "(21)a(21)b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := mes.ParseScan(text)
		if err != nil {
			if !reflect.DeepEqual(s, mes.Scan{}) || strings.ContainsFunc(err.Error(), hidden) {
				t.Fatalf("%q: %+v, %q", text, s, err)
			}
			return
		}
		id := s.Identity()
		if id == "" || !utf8.ValidString(id) || strings.ContainsFunc(id, hidden) {
			t.Fatalf("%q is known as %q", text, id)
		}
		if len(s.Lot) > 20 || len(s.Serial) > 20 || len(s.Raw) > 400 || s.Quantity != nil && s.Quantity.GreaterThan(mes.Count(99_999_999)) {
			t.Fatalf("%q: %+v", text, s)
		}
		for _, number := range []string{s.GTIN, s.SSCC} {
			if number != "" && mes.CheckDigit(number[:len(number)-1]) != number[len(number)-1] {
				t.Fatalf("%q: the check digit of %s", text, number)
			}
		}
		if again, err := mes.ParseScan(s.Raw); err != nil || !same(again, s) {
			t.Fatalf("%q is read as %+v, and that as %+v, %v", text, s, again, err)
		}
	})
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }
