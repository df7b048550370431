package sampling

import (
	"slices"
	"strings"
)

// letters are the code letters; S stands only in the table of tightened inspection.
const letters = "ABCDEFGHJKLMNPQRS"

// lotsUpTo are the upper ends of the lot sizes in table 1; the last row has none.
var lotsUpTo = []int{8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10000, 35000, 150000, 500000}

// codes is table 1: a row for each range of lot sizes, a column for each level.
var codes = strings.Fields(`AAAAAAB AAAAABC AABBBCD ABBCCDE BBCCCEF BBCDDFG BCDEEGH BCDEFHJ CCEFGJK CDEGHKL CDFGJLM CDFHKMN DEGJLNP DEGJMPQ DEHKNQR`)

func letterFor(lot int, level Level) int {
	row, _ := slices.BinarySearch(lotsUpTo, lot)
	return strings.IndexByte(letters, codes[row][slices.Index(Levels, level)])
}

// master is one of the tables 2-A, 2-B and 2-C. Their acceptance numbers run along diagonals: a step down to the next
// letter and a step left to the next tighter AQL keep the number. So one list by row plus column is the whole table.
type master struct {
	sizes    []int
	accepts  map[int]int // by row + column
	last     int         // the last row of the table
	up       int         // the diagonal whose arrow points up, 0 when none does
	greatest int         // arrows beyond this diagonal point up
}

var masters = map[Mode]master{
	Normal: {
		sizes:   []int{2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000},
		accepts: map[int]int{14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21}, last: 15, up: 15, greatest: 24,
	},
	Tightened: {
		sizes:   []int{2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150},
		accepts: map[int]int{15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18}, last: 16, greatest: 24,
	},
	Reduced: {
		sizes:   []int{2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800},
		accepts: map[int]int{14: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10}, last: 15, up: 15, greatest: 24,
	},
}

// find follows the arrows from a cell to the plan that is used.
func (t master) find(row, col int) (at, ac int) {
	d := row + col
	step := 1
	if d == t.up || d > t.greatest {
		step = -1
	}
	for _, s := range []int{step, -step} { // an arrow that leads out of the table is followed the other way
		for r := row; r >= 0 && r <= t.last; r += s {
			if ac, ok := t.accepts[r+col]; ok {
				return r, ac
			}
		}
	}
	return t.last, 0 // every column has a plan: never reached
}
