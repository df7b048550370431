package store

import (
	"context"
	"encoding/json"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Rules lists the site's rules, the built-in ones where it has none of its own.
func (s *Signatures) Rules(ctx context.Context, site string) ([]mes.SignatureRule, error) {
	rows, err := s.q.RulesForSignatures(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	own := map[mes.SignedNoun]mes.SignatureRule{}
	for _, row := range rows {
		r, err := storedRule(row)
		if err != nil {
			return nil, err
		}
		own[r.Noun] = r
	}
	out := make([]mes.SignatureRule, len(mes.StandardRules))
	for i, r := range mes.StandardRules {
		out[i] = r
		if o, ok := own[r.Noun]; ok {
			out[i] = o
		}
	}
	return out, nil
}

// PutRule stores a site's own rule. Requests that are open keep what they asked for.
func (s *Signatures) PutRule(ctx context.Context, site string, by mes.Actor, r mes.SignatureRule, reason string) (mes.SignatureRule, error) {
	var f mes.Faults
	_, known := mes.StandardRule(r.Noun)
	f.Check(known, "noun", "%q is no kind of record with a rule", r.Noun)
	f.Check(r.Noun != mes.SignedStep || len(r.Needs) == 0, "needs", "of a step stand in its routing")
	f.Check(r.RemindS > 0, "remind_s", "must be above 0")
	f.Check(reason != "", "reason", "is missing")
	mes.ValidateNeeds(&f, "needs", r.Needs)
	if err := f.Err("The rule was not changed."); err != nil {
		return r, err
	}
	if r.Needs == nil {
		r.Needs = []mes.SignatureNeed{}
	}
	needs, err := json.Marshal(r.Needs)
	if err != nil {
		return r, err
	}
	err = s.change(ctx, func(w *work) error {
		before, err := ruleOf(ctx, w.Queries, site, r.Noun)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		r.ChangedBy, r.ChangedAt = by.ID, &now
		if err := w.later.PutSignatureRule(ctx, sqlcgen.PutSignatureRuleParams{Site: site, Noun: string(r.Noun), Needs: needs, RemindS: r.RemindS, ChangedBy: by.ID}); err != nil {
			return err
		}
		return w.audit(by, "changed", "signature_rule", string(r.Noun), reason, "", before, r)
	})
	return r, err
}
