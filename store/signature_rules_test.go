package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestASignatureRuleChangesWithAReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	by := mes.Actor{ID: "quinn", Source: "10.0.0.7"}
	rule := mes.SignatureRule{Noun: mes.SignedReview, RemindS: 3600, Needs: []mes.SignatureNeed{{Meaning: mes.MeaningApproved, Role: mes.RoleQuality}, {Meaning: mes.MeaningVerified}}}
	_, err := f.Signatures.PutRule(f.ctx, site, by, rule, "")
	f.refused(err, mes.CodeUnprocessable, "")
	stored, err := f.Signatures.PutRule(f.ctx, site, by, rule, "the customer wants two people")
	f.must(err)
	if len(stored.Needs) != 2 {
		t.Errorf("stored %+v", stored)
	}
	page, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "signature_rule", Action: "changed"})
	f.must(err)
	if page.Total != 1 || page.Items[0].Before == nil || page.Items[0].After == nil || page.Items[0].Reason != "the customer wants two people" || page.Items[0].Source != "10.0.0.7" {
		t.Errorf("in the trail: %+v", page.Items)
	}
}
