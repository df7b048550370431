package mes

import "slices"

// MatchVerdict decides what a camera's answer means for a lot that stands at p in its routing. stands is the station of
// the camera, empty for one that nobody knows. stops is true for an answer that comes late and is not a clear pass: the
// lot must not go on before quality has looked at it. A camera that does not stand where the lot is inspected, or where
// it waits, says nothing about it: its answer is kept as unknown, and the lot goes on waiting.
func MatchVerdict(v VisionResult, r Routing, p Progress, stands string) (m Match, stops bool) {
	s, known := r.Inspection(v, stands)
	if !known {
		return MatchUnknown, false
	}
	if p.awaits(v) {
		if p.Station != stands {
			return MatchUnknown, false
		}
		return MatchWaiting, false
	}
	judged := JudgeVerdict(s, Verdict{Result: v.Verdict, Confidence: v.Confidence})
	gone := p.State == LotScrapped || p.State == LotVoid || p.State == LotMerged || p.State == LotShipped
	return MatchLate, judged != ResultPass && !gone
}

// Inspection finds the vision step that the camera answers to, at a station of the operation. A sender need not name the
// operation.
func (r Routing) Inspection(v VisionResult, stands string) (Step, bool) {
	for _, o := range r.Operations {
		if v.Operation != "" && v.Operation != o.ID || !slices.Contains(o.Stations, stands) {
			continue
		}
		if _, s, ok := o.At(v.Step); ok && s.Kind == StepVision && s.Device == v.Camera {
			return s, true
		}
	}
	return Step{}, false
}

// awaits tells whether this very picture is awaited, and from this camera.
func (p Progress) awaits(v VisionResult) bool {
	at := p.State == LotRunning || p.State == LotPaused
	return at && p.Wait.On == v.Camera && p.Expects(v.Lot, v.Operation, v.Step, v.Shot, v.Key)
}
