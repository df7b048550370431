package mes

import (
	"math"
	"time"
)

// Confusion counts how two raters judged the same pictures: the first one's word, then the second one's.
type Confusion struct {
	PassPass           int `json:"pass_pass"`
	PassFail           int `json:"pass_fail"`
	PassUndecided      int `json:"pass_undecided"`
	FailPass           int `json:"fail_pass"`
	FailFail           int `json:"fail_fail"`
	FailUndecided      int `json:"fail_undecided"`
	UndecidedPass      int `json:"undecided_pass"`
	UndecidedFail      int `json:"undecided_fail"`
	UndecidedUndecided int `json:"undecided_undecided"`
}

// Add counts a picture n times. A word that is none of the three counts nowhere.
func (c *Confusion) Add(first, second StepResult, n int) {
	if at := c.at(first, second); at != nil {
		*at += n
	}
}

func (c *Confusion) at(first, second StepResult) *int {
	return map[[2]StepResult]*int{
		{ResultPass, ResultPass}: &c.PassPass, {ResultPass, ResultFail}: &c.PassFail, {ResultPass, ResultUndecided}: &c.PassUndecided,
		{ResultFail, ResultPass}: &c.FailPass, {ResultFail, ResultFail}: &c.FailFail, {ResultFail, ResultUndecided}: &c.FailUndecided,
		{ResultUndecided, ResultPass}: &c.UndecidedPass, {ResultUndecided, ResultFail}: &c.UndecidedFail, {ResultUndecided, ResultUndecided}: &c.UndecidedUndecided,
	}[[2]StepResult{first, second}]
}

// table is the counts as a square.
func (c Confusion) table() [3][3]int {
	return [3][3]int{{c.PassPass, c.PassFail, c.PassUndecided}, {c.FailPass, c.FailFail, c.FailUndecided}, {c.UndecidedPass, c.UndecidedFail, c.UndecidedUndecided}}
}

// Pictures is how many were judged by both.
func (c Confusion) Pictures() (n int) {
	for _, row := range c.table() {
		for _, v := range row {
			n += v
		}
	}
	return n
}

// Agreed is how many were judged alike.
func (c Confusion) Agreed() int { return c.PassPass + c.FailFail + c.UndecidedUndecided }

// Kappa is Cohen's kappa: (observed − expected agreement) / (1 − expected), 1 for full agreement and 0 for no more than
// chance (J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20, 1960).
// ok is false where it says nothing: without pictures, or where both raters always say the same one word.
func (c Confusion) Kappa() (kappa float64, ok bool) {
	t, n := c.table(), float64(c.Pictures())
	if n == 0 {
		return 0, false
	}
	expected := 0.0
	for i := range t {
		row, column := 0, 0
		for j := range t {
			row, column = row+t[i][j], column+t[j][i]
		}
		expected += float64(row) * float64(column) / (n * n)
	}
	if 1-expected < 1e-12 {
		return 0, false
	}
	return (float64(c.Agreed())/n - expected) / (1 - expected), true
}

// AgreementPair says whom an agreement compares.
type AgreementPair string

// The pairs.
const (
	ModelPerson AgreementPair = "model_person" // what the sender said, and what people said
	RulePerson  AgreementPair = "rule_person"  // what counted at the time, and what people said
	ModelRule   AgreementPair = "model_rule"
)

// AgreementFilter narrows the comparison. Days is the length of a period, 7 where it is 0.
type AgreementFilter struct {
	Site   string
	Camera string
	Model  string
	From   time.Time
	To     time.Time
	Days   int
}

// Agreement is how far two raters agree on the pictures of one model version in one period.
type Agreement struct {
	Model    string        `json:"model"`
	Since    time.Time     `json:"since"`
	Until    time.Time     `json:"until"`
	Pair     AgreementPair `json:"pair"`
	Pictures int           `json:"pictures"`
	Agreed   int           `json:"agreed"`
	// Percent is rounded to a tenth.
	Percent float64 `json:"percent"`
	// Kappa is nil where it says nothing.
	Kappa *float64 `json:"kappa,omitempty"`
	Confusion
}

// Rated fills in what follows from the counts.
func (a Agreement) Rated() Agreement {
	a.Pictures, a.Agreed = a.Confusion.Pictures(), a.Confusion.Agreed()
	if a.Pictures > 0 {
		a.Percent = math.Round(1000*float64(a.Agreed)/float64(a.Pictures)) / 10
	}
	if k, ok := a.Confusion.Kappa(); ok {
		k = math.Round(1000*k) / 1000
		a.Kappa = &k
	}
	return a
}
