package store

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// DefectCodes keeps a site's tree of codes.
type DefectCodes struct{ db }

var _ mes.DefectCodes = (*DefectCodes)(nil)

// Tree lists the codes, parents before children.
func (d *DefectCodes) Tree(ctx context.Context, site string) (mes.DefectTree, error) {
	t, err := defectTree(ctx, d.q, site)
	return t, translate(err)
}

func defectTree(ctx context.Context, q *sqlcgen.Queries, site string) (mes.DefectTree, error) {
	rows, err := q.DefectCodes(ctx, site)
	if err != nil {
		return nil, err
	}
	all := make(mes.DefectTree, len(rows))
	for i, r := range rows {
		all[i] = mes.DefectCode{Code: r.Code, Parent: r.Parent, Name: r.Name, Severity: mes.Severity(r.Severity), PieceCost: r.PieceCost, Active: r.Active,
			Version: r.Version, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt}
	}
	return under(all, ""), nil
}

// under lists the codes below a parent, each with its own below it.
func under(all mes.DefectTree, parent string) mes.DefectTree {
	out := mes.DefectTree{}
	for _, c := range all {
		if c.Parent == parent {
			out = append(append(out, c), under(all, c.Code)...)
		}
	}
	return out
}

// Put makes or changes a code.
func (d *DefectCodes) Put(ctx context.Context, key, site string, by mes.Actor, c mes.DefectCode, reason string) (mes.DefectCode, error) {
	key = "defect-code/" + site + "/" + c.Code + "#" + key
	var out mes.DefectCode
	err := d.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		if err := w.LockDefectCodes(ctx, site); err != nil {
			return err
		}
		var err error
		if out, err = w.putDefectCode(ctx, key, site, by, c, reason); err != nil {
			return err
		}
		return w.remember(ctx, key, c.Code, out)
	})
	return out, err
}

// putDefectCode stores a code under the tree's lock. A change needs a reason, a new code does not.
func (w *work) putDefectCode(ctx context.Context, key, site string, by mes.Actor, c mes.DefectCode, reason string) (mes.DefectCode, error) {
	tree, err := defectTree(ctx, w.Queries, site)
	if err != nil {
		return c, err
	}
	was, known := tree.At(c.Code)
	if err := c.Validate(tree); err != nil {
		return c, err
	}
	if c.Version != was.Version {
		return c, mes.Refuse(mes.CodeConflict, fmt.Sprintf("Defect code %s was changed by somebody else.", c.Code), "Your change was not stored.", "Look at it again, and change it anew.")
	}
	if known && reason == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return c, f.Err("The defect code was not changed.")
	}
	now, err := w.Now(ctx)
	if err != nil {
		return c, err
	}
	c.Version, c.ChangedBy, c.ChangedAt = was.Version+1, by.ID, now
	err = w.PutDefectCode(ctx, sqlcgen.PutDefectCodeParams{Site: site, Code: c.Code, Parent: c.Parent, Name: c.Name, Severity: string(c.Severity), PieceCost: c.PieceCost,
		Active: c.Active, Version: c.Version, ChangedBy: by.ID, ChangedAt: now})
	if err != nil {
		return c, err
	}
	var before any
	if known {
		before = was
	}
	w.tell(site, mes.EventDefectCode, c.Code)
	return c, w.audit(by, "defect_code_stored", "defect_code", c.Code, reason, key, before, c)
}

// checkDefect refuses a defect whose code the site does not use.
func (r *recording) checkDefect(ctx context.Context) error {
	if r.e.Kind != mes.EntryDefect || r.e.Code == "" {
		return nil
	}
	tree, err := defectTree(ctx, r.Queries, r.e.Site)
	if err != nil || tree.Reportable(r.e.Code) {
		return err
	}
	return mes.Unreportable(r.e.Code)
}

// tellDefect tells the rules of a defect that a person reported.
func (r *recording) tellDefect(ctx context.Context) error {
	if r.e.Kind != mes.EntryDefect {
		return nil
	}
	b := r.e.Before
	return r.quality(ctx, mes.QualityEvent{Key: "defect/" + r.e.Key, Site: r.e.Site, Kind: mes.QualityDefect, Code: r.e.Code, Noun: "lot", Subject: r.e.Lot, Lot: r.e.Lot,
		Product: r.order.Product, Operation: b.Operation, Step: b.Step, Station: b.Station, Text: r.e.Lot + ": " + r.e.Reason, At: r.e.At.Truncate(time.Microsecond)})
}
