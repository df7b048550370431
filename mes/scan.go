package mes

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Scan is what a scanner read: a plain code, or a GS1 element string (GS1 General Specifications, section 3) taken
// apart.
type Scan struct {
	Raw      string     `json:"raw"`
	GTIN     string     `json:"gtin,omitempty"`
	Lot      string     `json:"lot,omitempty"`
	Serial   string     `json:"serial,omitempty"`
	SSCC     string     `json:"sscc,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
	Quantity *Decimal   `json:"quantity,omitempty"`
}

// Identity is the number that the plant knows the thing by: the serial before the lot before the plain code. A label
// without any of them is named by what it does say, so that a person can read it.
func (s Scan) Identity() string {
	for _, id := range []string{s.Serial, s.Lot, s.SSCC, s.GTIN} {
		if id != "" {
			return id
		}
	}
	return strings.ReplaceAll(s.Raw, groupSeparator, "")
}

const groupSeparator = "\x1d" // FNC1 as scanners transmit it

// fixedLength is how much follows the first two digits of the application identifiers that carry no separator
// (GS1 General Specifications, figure 7.8.5-2). All others end at a separator or with the code.
var fixedLength = map[string]int{"00": 18, "01": 14, "02": 14, "03": 14, "04": 16,
	"11": 6, "12": 6, "13": 6, "14": 6, "15": 6, "16": 6, "17": 6, "18": 6, "19": 6, "20": 2,
	"31": 8, "32": 8, "33": 8, "34": 8, "35": 8, "36": 8, "41": 14}

// maxCode and maxPlain bound what is read; no label of a plant comes near the first.
const (
	maxCode  = 400 // bytes
	maxPlain = 64  // characters
)

// ParseScan reads a scanner's text. GS1 strings are known by their symbology identifier, by brackets around the first
// identifier, or by a group separator; all else is a plain code of 1 to 64 printable characters. The error says what is
// wrong, as a clause.
func ParseScan(text string) (Scan, error) {
	raw := strings.TrimSpace(text)
	if err := readable(raw); err != nil {
		return Scan{}, err
	}
	for _, prefix := range []string{"]C1", "]d2", "]Q3", "]e0"} {
		if rest, ok := strings.CutPrefix(raw, prefix); ok {
			return parseElements(raw, strings.TrimPrefix(rest, groupSeparator))
		}
	}
	if strings.HasPrefix(raw, groupSeparator) || strings.Contains(raw, groupSeparator) {
		return parseElements(raw, strings.TrimPrefix(raw, groupSeparator))
	}
	if strings.HasPrefix(raw, "(") {
		return parseBracketed(raw)
	}
	return plain(raw)
}

func plain(raw string) (Scan, error) {
	if n := utf8.RuneCountInString(raw); n > maxPlain {
		return Scan{}, fmt.Errorf("a code has 1 to %d characters, this has %d", maxPlain, n)
	}
	return Scan{Raw: raw}, nil
}

// readable refuses what no scanner sends and no database stores.
func readable(raw string) error {
	switch {
	case raw == "":
		return errors.New("nothing was scanned")
	case len(raw) > maxCode:
		return fmt.Errorf("the code is longer than %d characters", maxCode)
	case !utf8.ValidString(raw):
		return errors.New("the code is not text")
	}
	for _, r := range raw {
		if !unicode.IsPrint(r) && string(r) != groupSeparator {
			return errors.New("the code holds a character that can't be printed")
		}
	}
	return nil
}

// parseBracketed reads the human-readable form, (01)04012345678901(21)0042.
func parseBracketed(raw string) (Scan, error) {
	s := Scan{Raw: raw}
	rest := raw
	for rest != "" {
		ai, tail, ok := strings.Cut(strings.TrimPrefix(rest, "("), ")")
		if !strings.HasPrefix(rest, "(") || !ok {
			return Scan{}, fmt.Errorf("the brackets of %s do not match", raw)
		}
		if len(ai) < 2 || len(ai) > 4 || !digits(ai) {
			return Scan{}, fmt.Errorf("%q is no GS1 identifier", ai)
		}
		value := tail
		rest = ""
		if i := strings.Index(tail, "("); i >= 0 {
			value, rest = tail[:i], tail[i:]
		}
		if err := s.set(ai, value); err != nil {
			return Scan{}, err
		}
	}
	return s, nil
}

// parseElements reads the transmitted form: identifiers run into their data, variable data ends at a separator.
func parseElements(raw, rest string) (Scan, error) {
	s := Scan{Raw: raw}
	if rest == "" {
		return Scan{}, errors.New("the code is empty")
	}
	for rest != "" {
		ai, value, tail, err := nextElement(rest)
		if err != nil {
			return Scan{}, err
		}
		if err := s.set(ai, value); err != nil {
			return Scan{}, err
		}
		rest = tail
	}
	return s, nil
}

func nextElement(rest string) (ai, value, tail string, err error) {
	if len(rest) < 3 {
		return "", "", "", fmt.Errorf("the code ends within an element: %q", rest)
	}
	if !digits(rest[:2]) {
		return "", "", "", fmt.Errorf("no GS1 identifier begins with %q", rest[:2])
	}
	if n, ok := fixedLength[rest[:2]]; ok {
		end := 2 + n
		if len(rest) < end {
			return "", "", "", fmt.Errorf("identifier %s needs %d characters", rest[:2], n)
		}
		return rest[:2], rest[2:end], strings.TrimPrefix(rest[end:], groupSeparator), nil
	}
	value, tail, _ = strings.Cut(rest[2:], groupSeparator)
	return rest[:2], value, tail, nil
}

func digits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// set stores one element; identifiers that a plant does not need are read and left.
func (s *Scan) set(ai, value string) error {
	if value == "" || len(value) > 90 {
		return fmt.Errorf("identifier %s has no usable data", ai)
	}
	if strings.Contains(value, groupSeparator) {
		return fmt.Errorf("identifier %s ends too early", ai)
	}
	switch ai {
	case "00":
		return once(&s.SSCC, value, checkDigit(ai, value))
	case "01":
		return once(&s.GTIN, value, checkDigit(ai, value))
	case "10":
		return once(&s.Lot, value, within20(ai, value))
	case "21":
		return once(&s.Serial, value, within20(ai, value))
	case "17":
		return s.setExpiry(value)
	case "30", "37":
		return s.setQuantity(ai, value)
	}
	return nil
}

// once stores what one label says once, unless a fault is found in it. Two labels read in one breath must not become one
// of them.
func once(field *string, value string, fault error) error {
	if fault != nil {
		return fault
	}
	if *field != "" && *field != value {
		return fmt.Errorf("two labels were read as one, %s and %s; scan them one by one", *field, value)
	}
	*field = value
	return nil
}

func within20(ai, value string) error {
	if len(value) > maxLabelled {
		return fmt.Errorf("identifier %s is longer than %d characters", ai, maxLabelled)
	}
	return nil
}

// setQuantity reads a count, which is up to eight digits.
func (s *Scan) setQuantity(ai, value string) error {
	q, err := ParseDecimal(value)
	if err != nil || len(value) > 8 || !digits(value) {
		return fmt.Errorf("identifier %s is not a count: %s", ai, value)
	}
	s.Quantity = &q
	return nil
}

// setExpiry reads YYMMDD; day 00 means the last day of the month. The date ends at midnight UTC of the next day.
// Years 69 to 99 read as 19xx, as Go's two-digit years do: no living material carries them.
func (s *Scan) setExpiry(value string) error {
	lastDay, day := len(value) == 6 && value[4:] == "00", value
	if lastDay {
		day = value[:4] + "01"
	}
	t, err := time.Parse("060102", day)
	if err != nil {
		return fmt.Errorf("the expiry date %s is not a date", value)
	}
	end := t.AddDate(0, 0, 1)
	if lastDay {
		end = t.AddDate(0, 1, 0)
	}
	s.Expires = &end
	return nil
}

// checkDigit verifies the modulo-10 check digit of GTIN and SSCC (GS1 General Specifications, section 7.9).
func checkDigit(ai, value string) error {
	if len(value) != fixedLength[ai] {
		return fmt.Errorf("identifier %s needs %d digits", ai, fixedLength[ai])
	}
	if !digits(value) {
		return fmt.Errorf("identifier %s takes digits only: %s", ai, value)
	}
	if CheckDigit(value[:len(value)-1]) != value[len(value)-1] {
		return fmt.Errorf("the check digit of %s does not fit; scan it again", value)
	}
	return nil
}

// CheckDigit computes the GS1 modulo-10 check digit of digits; it returns 0 when a character is not a digit.
func CheckDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := digits[len(digits)-1-i]
		if d < '0' || d > '9' {
			return 0
		}
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += int(d-'0') * weight
	}
	return byte('0' + (10-sum%10)%10)
}

// SerialLabel is the GS1 element string of a serialised piece, (01)GTIN(21)serial, in its readable form.
func SerialLabel(gtin, serial string) string { return "(01)" + gtin + "(21)" + serial }

// LotLabel is the GS1 element string of a lot, (01)GTIN(10)lot, in its readable form.
func LotLabel(gtin, lot string) string { return "(01)" + gtin + "(10)" + lot }
