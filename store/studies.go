package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Studies keeps gauge R&R studies.
type Studies struct{ db }

var _ mes.GaugeStudies = (*Studies)(nil)

func studyOf(s sqlcgen.GaugeStudy) mes.GaugeStudy {
	return mes.GaugeStudy{ID: s.ID, Site: s.Site, Gauge: s.Gauge, Characteristic: s.Characteristic, Unit: s.Unit, Lower: s.Lower, Upper: s.Upper, Operators: s.Operators, Parts: s.Parts,
		Trials: s.Trials, CreatedBy: s.CreatedBy, CreatedAt: s.CreatedAt, ClosedAt: s.ClosedAt, ClosedBy: s.ClosedBy, Conclusion: s.Conclusion}
}

// List reads a page of studies.
func (s *Studies) List(ctx context.Context, f mes.GaugeStudyFilter) (mes.Page[mes.GaugeStudy], error) {
	const from = `(SELECT s.*, cardinality(s.operators) * cardinality(s.parts) * s.trials AS needed,
	                 (SELECT count(DISTINCT (r.operator, r.part, r.trial)) FROM gauge_reading r WHERE r.study = s.id) AS done FROM gauge_study s) s`
	l := newListing(from, f.Paging, sorts{"": {{"s.created_at", "timestamptz", true}}}, column{"s.id", "text", true})
	l.where("s.site = ?", f.Site).where("s.gauge = ?", f.Gauge).when(f.Open, "s.closed_at IS NULL")
	l.search(f.Text, "s.id", "s.gauge", "s.characteristic")
	const columns = "s.id, s.site, s.gauge, s.characteristic, s.unit, s.lower, s.upper, s.operators, s.parts, s.trials, s.done, s.needed, s.created_by, s.created_at, s.closed_at, s.closed_by, s.conclusion"
	return page(ctx, s.db, l, columns, func(r *mes.GaugeStudy) []any {
		return []any{&r.ID, &r.Site, &r.Gauge, &r.Characteristic, &r.Unit, &r.Lower, &r.Upper, &r.Operators, &r.Parts, &r.Trials, &r.Done, &r.Needed, &r.CreatedBy, &r.CreatedAt,
			&r.ClosedAt, &r.ClosedBy, &r.Conclusion}
	})
}

// Get reads one study, evaluated where all readings are there.
func (s *Studies) Get(ctx context.Context, site, id string) (mes.GaugeStudyView, error) {
	row, err := s.q.StudyByID(ctx, sqlcgen.StudyByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.GaugeStudyView{}, missing(err, "Study", id)
	}
	v, err := studyView(ctx, s.q, row)
	return v, translate(err)
}

func studyView(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.GaugeStudy) (mes.GaugeStudyView, error) {
	v := mes.GaugeStudyView{GaugeStudy: studyOf(row), Readings: []mes.GaugeReading{}}
	rows, err := q.ReadingsOf(ctx, row.ID)
	for _, r := range rows {
		v.Readings = append(v.Readings, mes.GaugeReading{Operator: r.Operator, Part: r.Part, Trial: r.Trial, Value: r.Value, Reason: r.Reason, By: r.EnteredBy, At: r.At})
	}
	return v.Evaluate(), err
}

// Create begins a study with a gauge that may be used.
func (s *Studies) Create(ctx context.Context, key, site string, by mes.Actor, in mes.GaugeStudy) (mes.GaugeStudyView, error) {
	if err := in.Validate(); err != nil {
		return mes.GaugeStudyView{}, err
	}
	var id string
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, "study/"+key, &id); found || err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.measureWith(ctx, site, in.Gauge, "", "gauge", now); err != nil {
			return err
		}
		row, err := w.AddStudy(ctx, sqlcgen.AddStudyParams{Key: key, Site: site, Gauge: in.Gauge, Characteristic: in.Characteristic, Unit: in.Unit, Lower: in.Lower, Upper: in.Upper,
			Operators: in.Operators, Parts: in.Parts, Trials: in.Trials, CreatedBy: by.ID})
		if err != nil {
			return err
		}
		id = row.ID
		w.tell(site, mes.EventStudy, id)
		if err := w.audit(by, "study_begun", "gauge_study", id, "", key, nil, in); err != nil {
			return err
		}
		return w.remember(ctx, "study/"+key, id, id)
	})
	if err != nil {
		return mes.GaugeStudyView{}, err
	}
	return s.Get(ctx, site, id)
}

// on runs a command on a locked study, once per key.
func (s *Studies) on(ctx context.Context, key, site, id string, do func(w *work, v mes.GaugeStudyView) error) (mes.GaugeStudyView, error) {
	err := s.change(ctx, func(w *work) error {
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		row, err := w.LockStudy(ctx, sqlcgen.LockStudyParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Study", id)
		}
		v, err := studyView(ctx, w.Queries, row)
		if err != nil {
			return err
		}
		if err := do(w, v); err != nil {
			return err
		}
		w.tell(site, mes.EventStudy, id)
		return w.remember(ctx, key, id, id)
	})
	if err != nil {
		return mes.GaugeStudyView{}, err
	}
	return s.Get(ctx, site, id)
}

// Enter stores readings, all or none.
func (s *Studies) Enter(ctx context.Context, key, site string, by mes.Actor, id string, rs []mes.GaugeReading) (mes.GaugeStudyView, error) {
	return s.on(ctx, "reading/"+site+"/"+id+"#"+key, site, id, func(w *work, v mes.GaugeStudyView) error {
		if err := v.Accepts(rs); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		values := make([]*mes.Decimal, len(rs))
		for i := range rs {
			values[i] = &rs[i].Value
		}
		if err := w.measureWith(ctx, site, v.Gauge, "", "readings", now, values...); err != nil {
			return err
		}
		var reasons []string
		for _, r := range rs {
			err := w.later.AddReading(ctx, sqlcgen.AddReadingParams{Study: id, Operator: r.Operator, Part: r.Part, Trial: r.Trial, Value: r.Value, Reason: r.Reason, EnteredBy: by.ID})
			if err != nil {
				return err
			}
			if r.Reason != "" {
				reasons = append(reasons, r.Reason)
			}
		}
		return w.audit(by, "study_measured", "gauge_study", id, strings.Join(reasons, "; "), key, map[string]any{"done": v.Done}, map[string]any{"readings": rs})
	})
}

// Close concludes a complete study.
func (s *Studies) Close(ctx context.Context, key, site string, by mes.Actor, id, conclusion string) (mes.GaugeStudyView, error) {
	var f mes.Faults
	f.Check(strings.TrimSpace(conclusion) != "", "conclusion", "is missing")
	if err := f.Err("The study stays open."); err != nil {
		return mes.GaugeStudyView{}, err
	}
	return s.on(ctx, "conclude/"+site+"/"+id+"#"+key, site, id, func(w *work, v mes.GaugeStudyView) error {
		if v.ClosedAt != nil || v.Done < v.Needed {
			what := fmt.Sprintf("%s has %d of %d readings.", id, v.Done, v.Needed)
			if v.ClosedAt != nil {
				what = fmt.Sprintf("%s was concluded by %s.", id, v.ClosedBy)
			}
			return mes.Refuse(mes.CodeConflict, what, "Nothing was changed.", "Look at it again.")
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.later.CloseStudy(ctx, sqlcgen.CloseStudyParams{ID: id, ClosedBy: by.ID, ClosedAt: &now, Conclusion: conclusion}); err != nil {
			return err
		}
		return w.audit(by, "study_concluded", "gauge_study", id, conclusion, key, nil, map[string]any{"range": v.Range, "anova": v.ANOVA})
	})
}
