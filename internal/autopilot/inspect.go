package autopilot

import (
	"context"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// inspect goes through inspections that people have left alone: it draws the sample, looks at each piece, and has the
// decision computed. The same lot is always found alike.
func (p *pilot) inspect(ctx context.Context) (bool, error) {
	var page mes.Page[mes.Inspection]
	if err := p.quality.get(ctx, "/inspections?state=due,running&sort=opened_at&limit=20", &page); err != nil {
		return false, err
	}
	for _, i := range page.Items {
		theirs := i.State == mes.InspectionRunning && !ours(i.StartedBy)
		if theirs || time.Since(i.OpenedAt) < patience || i.Sample.Size == 0 {
			continue
		}
		if err := p.inspectOne(ctx, i); err != nil && !passing(err) {
			return false, err
		}
	}
	return false, nil
}

func (p *pilot) inspectOne(ctx context.Context, i mes.Inspection) error {
	at := "/inspections/" + url.PathEscape(i.ID)
	if i.State == mes.InspectionDue {
		if err := p.quality.decide(ctx, at+"/start", map[string]string{}); err != nil {
			return err
		}
	}
	var v mes.InspectionView
	if err := p.quality.get(ctx, at, &v); err != nil {
		return err
	}
	gauges, err := p.gauges(ctx)
	if err != nil {
		return err
	}
	for piece := 1; piece <= v.Sample.Size; piece++ {
		entries := found(v, piece, gauges)
		if len(entries) == 0 {
			continue
		}
		if !p.take(ctx, 2*time.Second) {
			return ctx.Err()
		}
		if err := p.quality.decide(ctx, at+"/entries", map[string]any{"entries": entries}); err != nil {
			return err
		}
	}
	return p.quality.decide(ctx, at+"/decide", map[string]string{})
}

// gauges are those that may be used now, by their kind.
func (p *pilot) gauges(ctx context.Context) (map[string]string, error) {
	var page mes.Page[mes.Gauge]
	out := map[string]string{}
	err := p.quality.get(ctx, "/gauges?limit=200", &page)
	for _, g := range page.Items {
		if g.State == mes.GaugeFit || g.State == mes.GaugeDueSoon {
			out[g.Kind] = g.ID
		}
	}
	return out, err
}

// entry is what is found on a piece, as the API takes it.
type entry struct {
	Piece          int     `json:"piece"`
	Characteristic string  `json:"characteristic"`
	Value          *string `json:"value,omitempty"`
	Good           *bool   `json:"good,omitempty"`
	Gauge          string  `json:"gauge,omitempty"`
}

// found is what stands out on one piece and is not entered yet. About one lot in twenty has a bad piece.
func found(v mes.InspectionView, piece int, gauges map[string]string) []entry {
	var out []entry
	for _, c := range v.Content.Characteristics {
		known := slices.ContainsFunc(v.Entries, func(e mes.InspectionEntry) bool { return e.Piece == piece && e.Characteristic == c.ID })
		if known || c.Samples > 0 && piece > c.Samples {
			continue
		}
		e := entry{Piece: piece, Characteristic: c.ID, Gauge: gauges[c.Gauge]}
		if c.Kind == mes.Attribute {
			good := piece != 2 || dice(v.Lot)%20 != 0
			e.Good = &good
		} else {
			text := measured(c, dice(v.Lot+c.ID+strconv.Itoa(piece))).String()
			e.Value = &text
		}
		out = append(out, e)
	}
	return out
}

func dice(of string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(of)) // never fails
	return h.Sum32()
}

// measured lies well inside the limits; with one limit only, a little inside it.
func measured(c mes.PlanCharacteristic, n uint32) mes.Decimal {
	share := mes.Count(int64(30+n%41)).DivRound(mes.Count(100), 4)
	switch {
	case c.Lower != nil && c.Upper != nil:
		return c.Lower.Add(c.Upper.Sub(*c.Lower).Mul(share)).Round(2)
	case c.Lower != nil:
		return c.Lower.Add(share)
	}
	return c.Upper.Sub(share)
}
