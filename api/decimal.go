package api

import (
	"bytes"
	"reflect"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
)

// Amount is a decimal in a request: a JSON number or a string. It is read from the sent digits themselves and never
// passes through a binary float.
type Amount struct {
	mes.Decimal
	fault string
}

// amountPattern bounds what is read: a decimal of a few dozen digits. An exponent could else ask for a number of a
// billion digits in ten characters.
var amountPattern = regexp.MustCompile(`^-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$`)

// UnmarshalJSON reads a number or a string. What can't be read is refused by Resolve, which knows the field's name.
func (a *Amount) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) >= 2 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	if !amountPattern.Match(b) {
		a.fault = "must be a decimal number, as a JSON number or a string like \"12.50\""
		return nil
	}
	d, err := mes.ParseDecimal(string(b))
	if err != nil {
		a.fault = "must be a decimal number"
		return nil
	}
	a.Decimal = d
	return nil
}

// Resolve refuses what UnmarshalJSON could not read.
func (a *Amount) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if a.fault == "" {
		return nil
	}
	return []error{&huma.ErrorDetail{Location: at.String(), Message: a.fault}}
}

// Schema documents both forms. Huma checks no type here, since Resolve does.
func (Amount) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "Exact decimal, as JSON number or string.", Examples: []any{"12.50", 12.5},
		Extensions: map[string]any{"type": []string{"string", "number"}}}
}

// or returns the amount, or nil where none was sent.
func (a *Amount) or() *mes.Decimal {
	if a == nil {
		return nil
	}
	return &a.Decimal
}

// decimalOut documents a decimal of an answer.
type decimalOut string

// Schema is a string: no client should be led to read it as a float.
func (decimalOut) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "decimal", Pattern: `^-?[0-9]+(\.[0-9]+)?$`}
}

var (
	_ huma.ResolverWithPath = (*Amount)(nil)
	_                       = reflect.TypeFor[decimalOut]
)
