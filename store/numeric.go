package store

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"

	"github.com/steelthread/steelthread/mes"
)

// exactNumbers teaches a connection to carry decimals as PostgreSQL's own binary numbers. Without it they travel as
// text both ways, which is as exact, but is what large genealogies then spend their time on.
func exactNumbers(c *pgx.Conn) {
	c.TypeMap().RegisterType(&pgtype.Type{Name: "numeric", OID: pgtype.NumericOID, Codec: numericCodec{}})
}

// numericCodec is pgx's codec for numeric with a short way for decimals.
type numericCodec struct{ pgtype.NumericCodec }

// PlanScan reads decimals directly.
func (c numericCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	switch target.(type) {
	case *mes.Decimal:
		return scanNumber{c.NumericCodec.PlanScan(m, oid, format, new(number))}
	case *sharedNumber:
		return scanShared{c.NumericCodec.PlanScan(m, oid, format, new(number))}
	}
	return c.NumericCodec.PlanScan(m, oid, format, target)
}

// PlanEncode writes decimals directly.
func (c numericCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(mes.Decimal); !ok {
		return c.NumericCodec.PlanEncode(m, oid, format, value)
	}
	return encodeNumber{c.NumericCodec.PlanEncode(m, oid, format, number{})}
}

type scanNumber struct{ next pgtype.ScanPlan }

// Scan reads a decimal.
func (p scanNumber) Scan(src []byte, dst any) error {
	return p.next.Scan(src, (*number)(dst.(*mes.Decimal)))
}

type encodeNumber struct{ next pgtype.EncodePlan }

// Encode writes a decimal.
func (p encodeNumber) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(number(value.(mes.Decimal)), buf)
}

var errNotANumber = errors.New("the database holds something that is no number")

// number is a decimal as pgx reads and writes it.
type number mes.Decimal

// ScanNumeric takes a number that PostgreSQL sent. Not-a-number and the infinities are no quantities.
func (n *number) ScanNumeric(v pgtype.Numeric) error {
	if !v.Valid || v.NaN || v.InfinityModifier != pgtype.Finite {
		return errNotANumber
	}
	*n = number(decimal.NewFromBigInt(v.Int, v.Exp))
	return nil
}

// NumericValue gives the number to PostgreSQL.
func (n number) NumericValue() (pgtype.Numeric, error) {
	d := mes.Decimal(n)
	return pgtype.Numeric{Int: d.Coefficient(), Exp: d.Exponent(), Valid: true}, nil
}
