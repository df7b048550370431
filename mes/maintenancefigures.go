package mes

import "time"

// MaintenanceWindow is what happened to one machine in a window, as its figures are made of it. Times are in seconds.
type MaintenanceWindow struct {
	Station string    `json:"station"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	// OperatingS is how long the machine ran, by its log. Logged tells that the log knows of the window; without it OperatingS is the window less
	// the time in which the machine was out, and says so.
	OperatingS int64 `json:"operating_s"`
	Logged     bool  `json:"logged"`
	// Failures are corrective jobs that took the machine out and whose machine went down in the window; RepairS is the time from going down until
	// the hand-back, within the window.
	Failures int   `json:"failures"`
	RepairS  int64 `json:"repair_s"`
	// CorrectiveS and PreventiveS are the times from the beginning of work until the hand-back, within the window (ISO 22400-2: CMT, PMT).
	CorrectiveS int64 `json:"corrective_s"`
	PreventiveS int64 `json:"preventive_s"`
	// Due are the jobs of plans that fell due in the window, with those that were not made because the one before was still open; InTime were
	// handed back by their date.
	Due    int `json:"due"`
	InTime int `json:"in_time"`
}

// MaintenanceRatio is a figure with what it was divided from and by. A zero divisor gives no value.
type MaintenanceRatio struct {
	Numerator   int64    `json:"numerator"`
	Denominator int64    `json:"denominator"`
	Unit        string   `json:"unit"` // s or 1
	Value       *Decimal `json:"value,omitempty"`
}

// MaintenanceFigures are the key figures of a window.
type MaintenanceFigures struct {
	MaintenanceWindow
	// MTBF is operating time per failure, MTTR time to repair per failure (EN 15341, IEC 60050-192). ISO 22400-2 divides both by failures + 1;
	// here the divisor is the number of failures, and it is shown.
	MTBF MaintenanceRatio `json:"mtbf"`
	MTTR MaintenanceRatio `json:"mttr"`
	// Availability is operating time over operating and repair time: MTBF/(MTBF+MTTR), as a ratio of sums.
	Availability MaintenanceRatio `json:"availability"`
	// Corrective is CMT/(CMT+PMT).
	Corrective MaintenanceRatio `json:"corrective"`
	// Compliance is the share of planned jobs that were handed back by their date.
	Compliance MaintenanceRatio `json:"compliance"`
}

func ratio(n, d int64, unit string) MaintenanceRatio {
	r := MaintenanceRatio{Numerator: n, Denominator: d, Unit: unit}
	if d != 0 {
		v := Count(n).DivRound(Count(d), 6)
		r.Value = &v
	}
	return r
}

// Figures computes the key figures of a window.
func (w MaintenanceWindow) Figures() MaintenanceFigures {
	return MaintenanceFigures{MaintenanceWindow: w,
		MTBF: ratio(w.OperatingS, int64(w.Failures), "s"), MTTR: ratio(w.RepairS, int64(w.Failures), "s"),
		Availability: ratio(w.OperatingS, w.OperatingS+w.RepairS, "1"), Corrective: ratio(w.CorrectiveS, w.CorrectiveS+w.PreventiveS, "1"),
		Compliance: ratio(int64(w.InTime), int64(w.Due), "1")}
}

// Add joins two machines, or two windows of one: every figure of a sum is the ratio of sums.
func (w MaintenanceWindow) Add(o MaintenanceWindow) MaintenanceWindow {
	if o.From.Before(w.From) {
		w.From = o.From
	}
	if o.Until.After(w.Until) {
		w.Until = o.Until
	}
	w.OperatingS, w.Failures, w.RepairS = w.OperatingS+o.OperatingS, w.Failures+o.Failures, w.RepairS+o.RepairS
	w.CorrectiveS, w.PreventiveS, w.Due, w.InTime = w.CorrectiveS+o.CorrectiveS, w.PreventiveS+o.PreventiveS, w.Due+o.Due, w.InTime+o.InTime
	w.Logged = w.Logged && o.Logged
	return w
}
