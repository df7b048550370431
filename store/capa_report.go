package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Report reads all that the 8D report shows.
func (s *CAPAs) Report(ctx context.Context, site, id string) (mes.EightD, error) {
	c, err := s.Get(ctx, site, id)
	if err != nil {
		return mes.EightD{}, err
	}
	out := mes.EightD{CAPA: c, Site: site, Signatures: []mes.Signature{}, Audit: []mes.AuditRow{}, Runs: []mes.ArchivedRun{}, People: map[string]string{}}
	if k := c.Record.Plan.Criterion; k != nil {
		out.Criteria = k.Sentence()
	}
	if _, out.Hash, err = canonicalJSON(c); err != nil {
		return out, err
	}
	zone, err := zoneOf(ctx, s.q, site)
	if err != nil {
		return out, translate(err)
	}
	out.Zone = zone.String()
	for _, part := range []func(context.Context, *mes.EightD) error{s.reportSignatures, s.reportAudit, s.reportPeople} {
		if err := part(ctx, &out); err != nil {
			return out, translate(err)
		}
	}
	return out, nil
}

// reportSignatures reads the signatures of every round.
func (s *CAPAs) reportSignatures(ctx context.Context, r *mes.EightD) error {
	all := &Signatures{s.db}
	round := r.CAPA
	for n := 1; n <= r.CAPA.Iteration; n++ {
		round.Iteration = n
		record := r.CAPA.Record
		if n <= len(r.CAPA.Former) {
			record = r.CAPA.Former[n-1].Record
		}
		for _, part := range []mes.CAPASigning{mes.CAPASignPlan, mes.CAPASignVerdict, mes.CAPASignClosure} {
			if record.Requests[part] == "" {
				continue
			}
			found, err := all.Of(ctx, r.CAPA.Site, mes.SignedRecord{Noun: mes.SignedCAPA, ID: round.SignedID(part)})
			if err != nil {
				return err
			}
			r.Signatures = append(r.Signatures, found...)
		}
	}
	return nil
}

func (s *CAPAs) reportAudit(ctx context.Context, r *mes.EightD) error {
	rows, err := s.q.RecordAudit(ctx, sqlcgen.RecordAuditParams{Noun: mes.NounCAPA, Subjects: []string{r.CAPA.ID}})
	if err != nil {
		return err
	}
	for _, a := range rows {
		r.Audit = append(r.Audit, auditRow(a))
	}
	runs, err := s.q.RecordRuns(ctx, []string{"capa/" + r.CAPA.Site + "/" + r.CAPA.ID})
	for _, run := range runs {
		r.Runs = append(r.Runs, runOf(run))
	}
	return err
}

func (s *CAPAs) reportPeople(ctx context.Context, r *mes.EightD) error {
	c := r.CAPA
	ids := []string{c.Owner, c.Manager, c.RaisedBy}
	for _, m := range c.Record.Team {
		ids = append(ids, m.Account)
	}
	for _, t := range c.Tasks {
		ids = append(ids, t.Owner, t.DoneBy, t.VerifiedBy)
	}
	for _, d := range c.Record.Done {
		ids = append(ids, d.By)
	}
	names, err := s.q.RecordPeople(ctx, ids)
	for _, n := range names {
		r.People[n.ID] = n.Name
	}
	site, err2 := s.q.SiteOfCAPA(ctx, c.Site)
	if err2 == nil {
		r.Site = site
	}
	if err != nil {
		return err
	}
	return err2
}
