package mes

import (
	"fmt"
	"strings"
)

// LotID makes the n-th lot number of the routing's product from its pattern.
func (r Routing) LotID(n int64) string {
	number := fmt.Sprintf("%0*d", max(r.LotDigits, 1), n)
	if !strings.Contains(r.LotPattern, "{n}") {
		return r.LotPattern + number
	}
	return strings.ReplaceAll(r.LotPattern, "{n}", number)
}

// NextLot is how many pieces the next lot gets: a full lot, or what is left.
func (r Routing) NextLot(notStarted Decimal) Decimal {
	if notStarted.LessThan(r.LotSize) {
		return notStarted
	}
	return r.LotSize
}

// ShotKey is the identity of one picture: of this visit, this step, this attempt and this shot.
func ShotKey(lot string, p Progress) string {
	return fmt.Sprintf("%s/%s/%d/%s/%d/%d", lot, p.Operation, p.Visit, p.Step, p.Attempt, p.Wait.Shot)
}
