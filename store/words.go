package store

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/steelthread/steelthread/mes"
)

// words keeps one copy of each text and number of a large answer, in which few different ones come many times.
type words struct {
	texts   map[string]string
	numbers map[string]mes.Decimal
}

func newWords() words {
	return words{texts: map[string]string{}, numbers: map[string]mes.Decimal{}}
}

// into reads a text column.
func (w words) into(to *string) *sharedText { return &sharedText{w.texts, to} }

// number reads a numeric column. Decimals never change, so they can be shared.
func (w words) number(to *mes.Decimal) *sharedNumber { return &sharedNumber{w.numbers, to} }

type sharedText struct {
	known map[string]string
	to    *string
}

// ScanBytes takes a column's bytes; pgx hands text over this way.
func (s *sharedText) ScanBytes(b []byte) error {
	text, ok := s.known[string(b)] // looking up makes no copy
	if !ok {
		text = string(b)
		s.known[text] = text
	}
	*s.to = text
	return nil
}

type sharedNumber struct {
	known map[string]mes.Decimal
	to    *mes.Decimal
}

// scanShared reads numbers that were read before without taking them apart again.
type scanShared struct{ next pgtype.ScanPlan }

// Scan reads a number.
func (p scanShared) Scan(src []byte, dst any) error {
	s := dst.(*sharedNumber)
	d, ok := s.known[string(src)]
	if !ok {
		if err := p.next.Scan(src, (*number)(&d)); err != nil {
			return err
		}
		s.known[string(src)] = d
	}
	*s.to = d
	return nil
}
