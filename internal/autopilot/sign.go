package autopilot

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// sign gives the signature that a lot's step waits for, where it is this account's to give.
func (p *pilot) sign(ctx context.Context, as *client, lot string, effort time.Duration) (bool, error) {
	r, err := p.asked(ctx, as, "&q="+url.QueryEscape(lot), func(r mes.SignatureRequest) bool { return strings.HasPrefix(r.Record.ID, lot+"/") })
	if err != nil || r == nil || !p.take(ctx, effort) {
		return false, err
	}
	err = as.sign(ctx, *r)
	if passing(err) {
		return false, nil // somebody was quicker
	}
	return err == nil, err
}

// asked finds an open request of a step that the autopilot has done, and whose next signature is this account's.
func (p *pilot) asked(ctx context.Context, as *client, narrow string, fits func(mes.SignatureRequest) bool) (*mes.SignatureRequest, error) {
	var page mes.Page[mes.SignatureRequest]
	if err := as.get(ctx, "/signature-requests?state=open&noun=step&limit=100"+narrow, &page); err != nil {
		return nil, err
	}
	for _, r := range page.Items {
		need, _, ok := r.NextNeed()
		if ok && ours(r.PerformedBy) && (need.Role == mes.RoleQuality) == (as == p.quality) && fits(r) {
			return &r, nil
		}
	}
	return nil, nil
}

// verify looks at what the autopilot's own line has signed, and signs it for quality. What people have done is people's to
// verify.
func (p *pilot) verify(ctx context.Context) (bool, error) {
	r, err := p.asked(ctx, p.quality, "", func(mes.SignatureRequest) bool { return true })
	if err != nil || r == nil || !p.take(ctx, 5*time.Second) {
		return false, err
	}
	err = p.quality.sign(ctx, *r)
	if passing(err) {
		return false, nil
	}
	return err == nil, err
}
