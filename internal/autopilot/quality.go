package autopilot

import (
	"context"
	"hash/fnv"
	"net/url"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// patience is how long a review, or a lot on hold for its camera, is left to people before the autopilot decides.
const patience = 20 * time.Second

// review decides on lots in review, and looks at lots that their camera has held.
func (p *pilot) review(ctx context.Context) (bool, error) {
	var page mes.Page[mes.LotView]
	if err := p.quality.get(ctx, "/lots?state=review&limit=50", &page); err != nil {
		return false, err
	}
	for _, l := range page.Items {
		if l.Wait == nil || time.Since(l.Wait.Since) < patience || p.pauses.paused(l.Station) {
			continue
		}
		if err := p.lookAt(ctx, l); err != nil && !passing(err) {
			return false, err
		}
	}
	return false, p.unhold(ctx)
}

func (p *pilot) lookAt(ctx context.Context, l mes.LotView) error {
	at := "/lots/" + url.PathEscape(l.Lot)
	if byCamera(l) {
		if err := p.quality.decide(ctx, at+"/release", map[string]string{"reason": "The part was looked at"}); err != nil {
			return err
		}
	} else if len(l.Holds) > 0 {
		return nil // a person's hold is a person's business
	}
	d, reason := decide(l)
	return p.quality.decide(ctx, at+"/review", map[string]string{"decision": string(d), "reason": reason})
}

// decide passes what was only doubtful and splits what failed between rework and scrap. The same lot is always decided
// alike.
func decide(l mes.LotView) (mes.Decision, string) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(l.Lot + l.Operation)) // never fails
	n := h.Sum32() % 10
	switch {
	case strings.Contains(l.Wait.Reason, "unsure") && n < 8:
		return mes.DecidePass, "Looked at the picture: in order"
	case l.Visit < 3 && n < 6:
		return mes.DecideRework, "Do it again"
	}
	return mes.DecideScrap, "Not worth another try"
}

// unhold releases lots that were held because their camera answered late or not at all, once they have been looked at.
func (p *pilot) unhold(ctx context.Context) error {
	var page mes.Page[mes.LotView]
	if err := p.quality.get(ctx, "/lots?held=true&state=queued,running,paused,packed&limit=50", &page); err != nil {
		return err
	}
	for _, l := range page.Items {
		if !byCamera(l) || time.Since(l.Holds[0].At) < patience {
			continue
		}
		err := p.quality.decide(ctx, "/lots/"+url.PathEscape(l.Lot)+"/release", map[string]string{"reason": "The part was looked at"})
		if err != nil && !passing(err) {
			return err
		}
	}
	return nil
}

// byCamera tells that every hold on the lot was laid by the system on account of a camera.
func byCamera(l mes.LotView) bool {
	for _, h := range l.Holds {
		if h.Scope != mes.HoldLot || h.By != "vision" {
			return false
		}
	}
	return len(l.Holds) > 0
}
