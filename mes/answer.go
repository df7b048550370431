package mes

import (
	"fmt"
	"strings"
	"time"
)

// Measured takes a machine's values for the current device step. Out of limits, the cycle is repeated while repeats
// are left; then the lot fails by its operation's rule. rejected is true when the machine itself says that the piece is
// not good: then it is not, whatever the values are.
func (p Progress) Measured(r Routing, lot string, values []Reading, rejected bool, now time.Time) (Progress, StepDone, error) {
	o, s, ok := p.current(r)
	if !ok || s.Kind != StepDevice || p.Wait.Kind != WaitMachine {
		return p, StepDone{}, Refuse(CodeConflict, fmt.Sprintf("%s waits for no machine.", lot), "Nothing was changed.", "")
	}
	judged, result, over, err := Judge(s, p.Quantity, values)
	if err != nil {
		return p, StepDone{}, err
	}
	if rejected && result == ResultPass {
		result, over = ResultFail, fmt.Sprintf("%s rejects the piece, although its values are within limits", s.Device)
	}
	done := StepDone{Judged: judged, Result: result}
	if result == ResultPass {
		return p.after(o, s, now), done, nil
	}
	if p.Attempt <= s.Repeats {
		next := p.clone()
		next.Attempt++
		next.Wait = waitFor(s, now).because(over)
		return next, done, nil
	}
	return p.fail(r, s.Device, over, now), done, nil
}

func (w Wait) because(reason string) Wait {
	w.Reason = unstopped(reason)
	return w
}

// Silent says that a machine did not answer. The operator is asked; nothing counts as done. Where no machine was asked,
// its silence changes nothing.
func (p Progress) Silent(reason string, now time.Time) Progress {
	if p.Wait.Kind != WaitMachine && p.Wait.Kind != WaitCamera {
		return p
	}
	next := p.clone()
	next.Wait = Wait{Kind: WaitAnswer, On: p.Wait.On, Since: now, Reason: unstopped(reason), Shot: p.Wait.Shot}
	return next
}

// Lost says that a machine's answer is missing although it may have run. Its number is kept, so that the operator's retry
// first asks for the result of the cycle that may be there, and moves nothing twice. Where that finds nothing either, the
// next retry begins a new cycle.
func (p Progress) Lost(reason string, now time.Time) Progress {
	next := p.Silent(reason, now)
	if p.Wait.Kind == WaitMachine && p.Wait.Asked == 0 {
		next.Wait.Seq = p.Wait.Seq
	}
	return next
}

// Printed says that the label is printed; the operator scans it to prove that the right one is on the piece. Where no
// label was asked for, it changes nothing.
func (p Progress) Printed(r Routing, now time.Time) Progress {
	if s, ok := p.CurrentStep(r); !ok || s.Kind != StepLabel || p.Wait.Kind != WaitMachine {
		return p
	}
	next := p.clone()
	next.Wait = Wait{Kind: WaitOperator, On: p.Wait.On, Since: now}
	return next
}

// Retry asks a silent machine or camera once more, on the operator's word.
func (p Progress) Retry(r Routing, lot string, by Actor, operation, step string, now time.Time) (Progress, error) {
	_, s, err := p.atStep(r, lot, by, operation, step)
	if err != nil {
		return p, err
	}
	if p.Wait.Kind != WaitAnswer && !(s.Kind == StepLabel && p.Wait.Kind == WaitOperator) {
		return p, Refuse(CodeConflict, fmt.Sprintf("Step %s waits for no answer, there is nothing to repeat.", s.title()), "Nothing was changed.", "")
	}
	next := p.clone()
	shot := p.Wait.Shot
	next.Wait = waitFor(s, now)
	if s.Kind == StepDevice && p.Wait.Seq != 0 {
		next.Wait.Seq, next.Wait.Asked = p.Wait.Seq, p.Wait.Asked+1
	}
	if s.Kind == StepVision {
		next.Wait.Shot = shot + 1 // so that an answer to an earlier picture is never taken for this one's
	}
	return next, nil
}

// Verdict is a camera's word on the current vision step.
type Verdict struct {
	Result     StepResult `json:"result"`
	Confidence Decimal    `json:"confidence"`
	ResultID   string     `json:"result_id"` // the stored vision result
}

// Seen takes a verdict: pass with enough confidence goes on, fail goes by the operation's rule, everything else goes
// to review. A verdict that comes after the operator was asked still counts.
func (p Progress) Seen(r Routing, lot string, v Verdict, now time.Time) (Progress, StepDone, error) {
	o, s, ok := p.current(r)
	if !ok || s.Kind != StepVision || p.Wait.Kind != WaitCamera && p.Wait.Kind != WaitAnswer {
		return p, StepDone{}, Refuse(CodeConflict, fmt.Sprintf("%s waits for no verdict.", lot), "Nothing was changed.", "")
	}
	judged := JudgeVerdict(s, v)
	done := StepDone{Result: judged}
	switch judged {
	case ResultPass:
		return p.after(o, s, now), done, nil
	case ResultFail:
		return p.fail(r, s.Device, fmt.Sprintf("Step %s: %s says fail", s.title(), s.Device), now), done, nil
	}
	return p.toReview(s.Device, fmt.Sprintf("Step %s: %s", s.title(), doubt(s, v)), now), done, nil
}

// doubt says why a verdict may not count.
func doubt(s Step, v Verdict) string {
	if v.Confidence.LessThan(s.MinConfidence) {
		return fmt.Sprintf("%s is not sure enough, its confidence is %s and %s is needed", s.Device, v.Confidence, s.MinConfidence)
	}
	return fmt.Sprintf("%s could not decide", s.Device)
}

// Expects tells whether a verdict belongs to the picture that the lot waits for. The operation, the shot and the
// picture's key may be missing, as they are from cameras that know only lot and step. A verdict that comes after the
// operator was asked still counts, as long as nothing else has happened to the lot.
func (p Progress) Expects(lot, operation, step string, shot int, key string) bool {
	if p.Wait.Shot == 0 || p.Wait.Kind != WaitCamera && p.Wait.Kind != WaitAnswer {
		return false
	}
	if p.Step != step || operation != "" && operation != p.Operation || shot != 0 && shot != p.Wait.Shot {
		return false
	}
	return !strings.HasPrefix(key, lot+"/") || key == ShotKey(lot, p)
}

// JudgeVerdict applies the step's confidence threshold: an unsure pass or fail is undecided. So is one with a confidence
// above 1, which is a percentage or a mistake.
func JudgeVerdict(s Step, v Verdict) StepResult {
	if v.Confidence.LessThan(s.MinConfidence) || v.Confidence.GreaterThan(One) {
		return ResultUndecided
	}
	if v.Result == ResultPass || v.Result == ResultFail {
		return v.Result
	}
	return ResultUndecided
}

// Unseen says that no verdict came, and applies the step's policy. An empty reason means that the camera's time is up.
// hold is true when the lot must be put on hold.
func (p Progress) Unseen(r Routing, reason string, now time.Time) (next Progress, hold bool) {
	_, s, ok := p.current(r)
	if !ok || p.Wait.Kind != WaitCamera {
		return p, false
	}
	if reason == "" {
		reason = fmt.Sprintf("%s gave no verdict within %d s", s.Device, int(s.Timeout().Seconds()))
	}
	switch s.OnSilence {
	case SilenceRetry:
		if p.Wait.Shot < max(s.MaxShots, 1) {
			next = p.clone()
			next.Wait = Wait{Kind: WaitCamera, On: s.Device, Since: now, Shot: p.Wait.Shot + 1, Reason: unstopped(reason)}
			return next, false
		}
	case SilenceHold:
		return p.toReview(s.Device, reason, now), true
	}
	return p.Silent(reason, now), false
}

// Automatic tells that the lot waits for a machine or camera which the workflow must now ask. Nothing is asked while the
// operation is paused, or while quality decides.
func (p Progress) Automatic() bool {
	return p.State == LotRunning && (p.Wait.Kind == WaitMachine || p.Wait.Kind == WaitCamera)
}
