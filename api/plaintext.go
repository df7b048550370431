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

// readJSON reads a request's document strictly: plain text only, and no field twice, since two readers of a doubled
// field may see two values.
func readJSON(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("the text is not whole UTF-8")
	}
	if err := strict(json.NewDecoder(bytes.NewReader(data)), ""); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return json.Unmarshal(data, v)
}

// strict walks one value of the document.
func strict(d *json.Decoder, at string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch x := t.(type) {
	case string:
		return plain(x, at)
	case json.Delim:
		if x == '{' {
			return strictObject(d, at)
		}
		for i := 0; d.More(); i++ {
			if err := strict(d, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

func strictObject(d *json.Decoder, at string) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := plain(name, at); err != nil {
			return err
		}
		if name = at + "." + name; seen[name] {
			return fmt.Errorf("body%s is given twice", name)
		}
		seen[name] = true
		if err := strict(d, name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func plain(text, at string) error {
	if r, bad := unfit(text); bad {
		return fmt.Errorf("body%s holds the character %U, which is not taken", at, r)
	}
	return nil
}
