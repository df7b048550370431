package mes

import "github.com/shopspring/decimal"

// Decimal is an exact decimal number. Quantities and measured values are decimals from the API to the database column
// and back; a binary float never touches one. It reads a JSON number or string and writes a string.
type Decimal = decimal.Decimal

// Zero and One spare callers the import of the decimal library.
var (
	Zero = decimal.Zero
	One  = decimal.NewFromInt(1)
)

// Count makes a decimal of a whole number.
func Count(n int64) Decimal { return decimal.NewFromInt(n) }

// ParseDecimal reads a decimal in plain or scientific notation.
func ParseDecimal(s string) (Decimal, error) { return decimal.NewFromString(s) }

// MustDecimal reads a literal; it is meant for tests and constants and panics on anything else.
func MustDecimal(s string) Decimal { return decimal.RequireFromString(s) }

// FromFloat takes a machine's floating-point reading as its shortest exact decimal.
func FromFloat(f float64) Decimal { return decimal.NewFromFloat(f) }

// FromFloat32 does the same for a machine's single-precision reading, so that 2.5 stays 2.5.
func FromFloat32(f float32) Decimal { return decimal.NewFromFloat32(f) }
