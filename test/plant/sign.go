package plant

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/steelthread/steelthread/mes"
)

// sign gives the next signature that a lot's step waits for: the operator's own, or quality's.
func (c *Crew) sign(ctx context.Context, l mes.LotView, operator *Client, key string) (*Reply, error) {
	r, err := StepRequest(ctx, operator, l.Lot)
	if err != nil || r == nil {
		return &Reply{Status: http.StatusOK}, err // signed meanwhile
	}
	by := operator
	if need, _, _ := r.NextNeed(); need.Role == mes.RoleQuality {
		by = c.Quality
	}
	return by.Sign(ctx, *r, key)
}

// StepRequest finds the open request for the signatures of a lot's step; nil when there is none.
func StepRequest(ctx context.Context, c *Client, lot string) (*mes.SignatureRequest, error) {
	var page mes.Page[mes.SignatureRequest]
	err := Until(ctx, func() string {
		if err := c.Get(ctx, "/signature-requests?state=open&noun=step&q="+url.QueryEscape(lot), &page); err != nil {
			return err.Error()
		}
		return ""
	})
	for _, r := range page.Items {
		if strings.HasPrefix(r.Record.ID, lot+"/") {
			return &r, err
		}
	}
	return nil, err
}
