package mes

// Paging is the part that every list filter shares. Lists are read by key, not by offset, so a page stays right while
// rows are added in front of it.
type Paging struct {
	// Text is searched in the list's numbers and names, without regard to case.
	Text string
	// Sort names a column of the list, with "-" before it for descending; empty is the list's own order. A column that
	// the list does not know is refused (unprocessable).
	Sort string
	// Limit is the page's length: 0 means 50, and it never exceeds MaxPage.
	Limit int
	// Cursor is Next of the page before. A cursor that was made for another sort is refused (unprocessable).
	Cursor string
}

// MaxPage is the longest page of a list.
const MaxPage = 500

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// Total counts all rows that the filter finds, on this page and after it.
	Total int64 `json:"total"`
	// Next is the cursor of the following page, empty after the last one.
	Next string `json:"next"`
}

// Size is the page length that the rules allow for what was asked.
func (p Paging) Size() int {
	if p.Limit <= 0 {
		return 50
	}
	return min(p.Limit, MaxPage)
}
