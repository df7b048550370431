package mes

import (
	"fmt"
	"strings"
	"time"
	"unicode"
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

// Identity is the number that the plant knows the thing by: the serial before the lot before the plain code.
func (s Scan) Identity() string {
	switch {
	case s.Serial != "":
		return s.Serial
	case s.Lot != "":
		return s.Lot
	}
	return s.Raw
}

const groupSeparator = "\x1d" // FNC1 as scanners transmit it

// fixedLength is the length of the data of the application identifiers that carry no separator.
// The key is the identifier's first two digits (GS1 General Specifications, figure 7.8.5-2).
var fixedLength = map[string]int{"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2,
	"31": 8, "32": 8, "33": 8, "34": 8, "35": 8, "36": 8}

// variable lists the identifiers of variable length that a plant meets: batch, serial, counts, customer's part, order.
var variable = map[string]bool{"10": true, "21": true, "22": true, "30": true, "37": true,
	"240": true, "241": true, "400": true, "91": true, "92": true, "93": true, "94": true, "95": true, "96": true, "97": true, "98": true, "99": true}

// ParseScan reads a scanner's text. GS1 strings are known by their symbology identifier, by brackets around the first
// identifier, or by a group separator; all else is a plain code of 1 to 64 printable characters.
func ParseScan(text string) (Scan, error) {
	raw := strings.TrimSpace(text)
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
	if raw == "" || len(raw) > 64 {
		return Scan{}, fmt.Errorf("a code has 1 to 64 characters, this has %d", len(raw))
	}
	for _, r := range raw {
		if !unicode.IsPrint(r) {
			return Scan{}, fmt.Errorf("the code holds a character that can't be printed")
		}
	}
	return Scan{Raw: raw}, nil
}

// parseBracketed reads the human-readable form, (01)04012345678901(21)0042.
func parseBracketed(raw string) (Scan, error) {
	s := Scan{Raw: raw}
	rest := raw
	for rest != "" {
		ai, tail, ok := strings.Cut(strings.TrimPrefix(rest, "("), ")")
		if !strings.HasPrefix(rest, "(") || !ok {
			return Scan{}, fmt.Errorf("the brackets of %q do not match", raw)
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
	if n, ok := fixedLength[rest[:2]]; ok {
		end := 2 + n
		if len(rest) < end {
			return "", "", "", fmt.Errorf("identifier %s needs %d characters", rest[:2], n)
		}
		return rest[:2], rest[2:end], strings.TrimPrefix(rest[end:], groupSeparator), nil
	}
	for _, n := range []int{2, 3} {
		if len(rest) > n && variable[rest[:n]] {
			value, tail, _ = strings.Cut(rest[n:], groupSeparator)
			return rest[:n], value, tail, nil
		}
	}
	return "", "", "", fmt.Errorf("identifier %s is not known here", rest[:2])
}

// set stores one element; identifiers that a plant does not need are read and left.
func (s *Scan) set(ai, value string) error {
	if value == "" || len(value) > 90 {
		return fmt.Errorf("identifier %s has no usable data", ai)
	}
	switch ai {
	case "00":
		s.SSCC = value
		return checkDigit(ai, value)
	case "01":
		s.GTIN = value
		return checkDigit(ai, value)
	case "10":
		s.Lot = value
		return within20(ai, value)
	case "21":
		s.Serial = value
		return within20(ai, value)
	case "17":
		return s.setExpiry(value)
	case "30", "37":
		q, err := ParseDecimal(value)
		if err != nil || q.IsNegative() {
			return fmt.Errorf("identifier %s is not a count: %q", ai, value)
		}
		s.Quantity = &q
	}
	return nil
}

func within20(ai, value string) error {
	if len(value) > 20 {
		return fmt.Errorf("identifier %s is longer than 20 characters", ai)
	}
	return nil
}

// setExpiry reads YYMMDD; day 00 means the last day of the month. The date ends at midnight UTC of the next day.
// Years 69 to 99 read as 19xx, as Go's two-digit years do: no living material carries them.
func (s *Scan) setExpiry(value string) error {
	lastDay := len(value) == 6 && value[4:] == "00"
	if lastDay {
		value = value[:4] + "01"
	}
	t, err := time.Parse("060102", value)
	if err != nil {
		return fmt.Errorf("the expiry date %q is not a date", value)
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
	if CheckDigit(value[:len(value)-1]) != value[len(value)-1] {
		return fmt.Errorf("the check digit of %s does not fit; scan it again", value)
	}
	return nil
}

// CheckDigit computes the GS1 modulo-10 check digit of digits; it returns '?' when a character is not a digit.
func CheckDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := digits[len(digits)-1-i]
		if d < '0' || d > '9' {
			return '?'
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
