package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func (f *floor) permit(change func(*mes.NewPermit)) mes.Permit {
	f.Helper()
	q := mes.Count(60)
	n := mes.NewPermit{Product: "KIT", Characteristic: "D", Code: "LONG", Allows: "10.7 mm in place of 10.5 mm", Quantity: &q, ValidUntil: time.Now().Add(time.Hour), Reason: "Fits the customer's clamp"}
	if change != nil {
		change(&n)
	}
	p, err := f.Permits.Ask(f.ctx, f.key(), site, quality, n)
	f.must(err)
	return p
}

func (f *floor) grantPermit(p mes.Permit) {
	f.Helper()
	r, err := f.Signatures.Request(f.ctx, site, p.Request)
	f.must(err)
	f.must(f.decide(r))
}

func under(permit string, d mes.Disposition) mes.Disposition {
	d.Permit = permit
	return d
}

func TestAPermitEndsByItself(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	f.order("WO-1", "KIT", 150)
	lots := f.fill("WO-1")
	p := f.permit(nil)
	propose := func(nc string, d mes.Disposition) error {
		_, err := f.Nonconformances.Propose(f.ctx, f.key(), site, nc, quality, mes.NewProposal{Dispositions: []mes.Disposition{d}, Reason: "x"})
		return err
	}
	first, second := f.open(true, lots[0]), f.open(true, lots[1])
	f.refused(propose(first.ID, under(p.ID, use(lots[0], 50))), mes.CodeConflict, "Permit DP-1 is requested")
	f.grantPermit(p)
	f.must(f.decide(f.propose(first.ID, under(p.ID, use(lots[0], 50)))))
	got, err := f.Permits.Get(f.ctx, site, p.ID)
	f.must(err)
	if got.State != mes.PermitApproved || !got.Used.Equal(mes.Count(50)) || len(got.Uses) != 1 || got.Uses[0].Subject != first.ID || len(f.lot(lots[0]).Holds) != 0 {
		t.Errorf("after its first use: %+v", got)
	}
	f.refused(propose(second.ID, under(p.ID, use(lots[1], 50))), mes.CodeConflict, "has 10 left, 50 are asked for")

	// What was proposed while it was in force is refused at the signature that comes too late.
	wide := f.permit(func(n *mes.NewPermit) { n.Quantity, n.Lots = nil, []string{lots[1]} })
	f.grantPermit(wide)
	f.refused(propose(f.open(false, lots[2]).ID, under(wide.ID, use(lots[2], 50))), mes.CodeConflict, "does not name")
	r := f.propose(second.ID, under(wide.ID, use(lots[1], 50)))
	f.must(f.asOwner("UPDATE mes.deviation_permit SET valid_until = now() - interval '1 second' WHERE id = '" + wide.ID + "'"))
	f.refused(f.decide(r), mes.CodeConflict, "expired at")
	if l := f.lot(lots[1]); len(l.Holds) != 1 || f.nc(second.ID).State != mes.NCInReview {
		t.Error("a refused decision released the lot")
	}
	list, err := f.Permits.List(f.ctx, mes.PermitFilter{Site: site, State: mes.PermitExpired})
	f.must(err)
	usable, err := f.Permits.List(f.ctx, mes.PermitFilter{Site: site, Usable: true})
	f.must(err)
	if list.Total != 1 || list.Items[0].ID != wide.ID || usable.Total != 1 || usable.Items[0].ID != p.ID {
		t.Errorf("expired %+v, usable %+v", list.Items, usable.Items)
	}
	_, err = f.Permits.Withdraw(f.ctx, f.key(), site, wide.ID, quality, "Over")
	f.refused(err, mes.CodeConflict, "is expired")
	ended, err := f.Permits.Withdraw(f.ctx, f.key(), site, p.ID, quality, "No more of it")
	if err != nil || ended.State != mes.PermitWithdrawn {
		t.Errorf("withdrawn %+v, %v", ended, err)
	}
	_, err = f.Permits.Ask(f.ctx, f.key(), site, quality, mes.NewPermit{Product: "UNIT", Allows: "x", Reason: "x", Lots: []string{lots[0]}, ValidUntil: time.Now().Add(time.Hour)})
	f.refused(err, mes.CodeUnprocessable, "")
}

// Two decisions at once must not use more of a permit than there is.
func TestTwoDecisionsCantUseTheSamePermitTwice(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	f.order("WO-1", "KIT", 100)
	lots := f.fill("WO-1")
	p := f.permit(nil)
	f.grantPermit(p)
	var asked []mes.SignatureRequest
	for _, l := range lots {
		r := f.propose(f.open(false, l).ID, under(p.ID, use(l, 50)))
		r, err := f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningReviewed)
		f.must(err)
		asked = append(asked, r)
	}
	errs := make([]error, len(asked))
	var all sync.WaitGroup
	for i, r := range asked {
		all.Go(func() { _, errs[i] = f.sign(r, signer("sven", mes.RoleSupervisor), mes.MeaningApproved) })
	}
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("60 pieces were allowed, 50 and 50 answered %v and %v", errs[0], errs[1])
	}
	if got, err := f.Permits.Get(f.ctx, site, p.ID); err != nil || !got.Used.Equal(mes.Count(50)) || len(got.Uses) != 1 {
		t.Errorf("used %s in %d uses, %v", got.Used, len(got.Uses), err)
	}
}
