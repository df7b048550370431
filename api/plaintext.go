package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

// Text that comes in must be fit to be stored and shown as it was typed: whole UTF-8, without the characters that the
// database can't hold, that change a terminal's or log's lines, or that turn the order of reading around.

// unfit returns the first character of a text that is not taken. Line ends and tabs are: findings have paragraphs.
func unfit(s string) (rune, bool) {
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return r, true
			}
		case r == '\n' || r == '\r' || r == '\t':
		case unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
			return r, true
		}
	}
	return 0, false
}

// plainAddress refuses addresses with such characters before anything looks at them.
func (s *Server) plainAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if r, bad := unfit(u.Path); bad {
			return unfitAddress(r)
		}
		for name, values := range u.Query() {
			for _, v := range append(values, name) {
				if r, bad := unfit(v); bad {
					return unfitAddress(r)
				}
			}
		}
		return next(c)
	}
}

func unfitAddress(r rune) error {
	return mes.Refuse(codeMalformed, fmt.Sprintf("The address holds the character %U, which is not taken.", r), "Nothing was stored.", "Leave it out.")
}

// maxDepth is how deep a request's document may be; ours are four deep.
const maxDepth = 32

// readJSON reads a request's document strictly: plain text only, not deep, and no field twice, since two readers of a
// doubled field may see two values.
func readJSON(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("the text is not whole UTF-8")
	}
	err := strict(json.NewDecoder(bytes.NewReader(data)), 0)
	var bad *unfitValue
	switch {
	case errors.As(err, &bad):
		return fmt.Errorf("body%s %s", bad.at, bad.why)
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	return json.Unmarshal(data, v)
}

// unfitValue says which value is refused. Its place is put together on the way back, so that a deep document costs no more
// than its length.
type unfitValue struct{ at, why string }

func (u *unfitValue) Error() string { return u.why }

// in puts a step in front of the place of a refused value.
func in(step string, err error) error {
	var bad *unfitValue
	if errors.As(err, &bad) {
		bad.at = step + bad.at
	}
	return err
}

// strict walks one value of the document.
func strict(d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return &unfitValue{why: "is too deep"}
	}
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch x := t.(type) {
	case string:
		return plain(x)
	case json.Delim:
		if x == '{' {
			return strictObject(d, depth)
		}
		for i := 0; d.More(); i++ {
			if err := strict(d, depth+1); err != nil {
				return in(fmt.Sprintf("[%d]", i), err)
			}
		}
		_, err = d.Token()
	}
	return err
}

func strictObject(d *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := plain(name); err != nil {
			return err
		}
		if seen[name] {
			return &unfitValue{"." + name, "is given twice"}
		}
		seen[name] = true
		if err := strict(d, depth+1); err != nil {
			return in("."+name, err)
		}
	}
	_, err := d.Token()
	return err
}

func plain(text string) error {
	if r, bad := unfit(text); bad {
		return &unfitValue{why: fmt.Sprintf("holds the character %U, which is not taken", r)}
	}
	return nil
}
