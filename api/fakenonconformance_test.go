package api

import (
	"context"
	"fmt"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeNonconformances keeps what it is told, and answers with it.
type fakeNonconformances struct {
	mes.Nonconformances
	mu   sync.Mutex
	rows []mes.Nonconformance
	news []mes.NewNonconformance
	told []string
	last mes.NewProposal
}

func (f *fakeNonconformances) Open(_ context.Context, by mes.Actor, n mes.NewNonconformance) (mes.Nonconformance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := n.Validate(nil, monday); err != nil {
		return mes.Nonconformance{}, err
	}
	out := mes.Nonconformance{ID: fmt.Sprintf("NC-%d", len(f.rows)+1), Site: n.Site, Source: n.Source, Code: n.Code, Description: n.Description, Severity: mes.SeverityMedium,
		State: mes.NCOpen, Customer: n.Customer, DueAt: monday, OpenedBy: by.ID, OpenedAt: monday, Version: 1, LotCount: len(n.Lots), Quantity: mes.Zero}
	f.rows, f.news = append(f.rows, out), append(f.news, n)
	return out, nil
}

func (f *fakeNonconformances) Get(_ context.Context, site, id string) (mes.Nonconformance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rows {
		if r.Site == site && r.ID == id {
			return r, nil
		}
	}
	return mes.Nonconformance{}, mes.NotFound("Nonconformance", id)
}

func (f *fakeNonconformances) List(_ context.Context, q mes.NCFilter) (mes.Page[mes.Nonconformance], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := mes.Page[mes.Nonconformance]{Items: []mes.Nonconformance{}}
	for _, r := range f.rows {
		if r.Site == q.Site && (q.Source == "" || q.Source == r.Source) {
			out.Items = append(out.Items, r)
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeNonconformances) tell(site, id, what string) (mes.Nonconformance, error) {
	f.mu.Lock()
	f.told = append(f.told, id+" "+what)
	f.mu.Unlock()
	return f.Get(context.Background(), site, id)
}

func (f *fakeNonconformances) Change(_ context.Context, _, site, id string, _ mes.Actor, c mes.NCChange) (mes.Nonconformance, error) {
	return f.tell(site, id, "changed: "+c.Reason)
}

func (f *fakeNonconformances) AddPicture(_ context.Context, _, site, id string, _ mes.Actor, p mes.NewPicture) (mes.Nonconformance, error) {
	return f.tell(site, id, "picture "+p.Hash[:8]+" "+p.Caption)
}

func (f *fakeNonconformances) Propose(_ context.Context, _, site, id string, _ mes.Actor, p mes.NewProposal) (mes.Nonconformance, error) {
	f.last = p
	return f.tell(site, id, "proposed: "+p.Reason)
}

func (f *fakeNonconformances) Close(_ context.Context, _, site, id string, _ mes.Actor, reason string) (mes.Nonconformance, error) {
	return f.tell(site, id, "closed: "+reason)
}

// fakeDefectCodes is a tree of one branch.
type fakeDefectCodes struct{ tree mes.DefectTree }

func (f *fakeDefectCodes) Tree(context.Context, string) (mes.DefectTree, error) { return f.tree, nil }

func (f *fakeDefectCodes) Put(_ context.Context, _, _ string, by mes.Actor, c mes.DefectCode, _ string) (mes.DefectCode, error) {
	if err := c.Validate(f.tree); err != nil {
		return c, err
	}
	c.Version, c.ChangedBy, c.ChangedAt = c.Version+1, by.ID, monday
	f.tree = append(f.tree, c)
	return c, nil
}

// fakePermits keeps permits.
type fakePermits struct {
	mes.Permits
	rows []mes.Permit
}

func (f *fakePermits) Ask(_ context.Context, _, site string, by mes.Actor, n mes.NewPermit) (mes.Permit, error) {
	if err := n.Validate(monday); err != nil {
		return mes.Permit{}, err
	}
	f.rows = append(f.rows, mes.Permit{ID: fmt.Sprintf("DP-%d", len(f.rows)+1), Site: site, NewPermit: n, State: mes.PermitRequested, Used: mes.Zero, RequestedBy: by.ID, RequestedAt: monday})
	return f.rows[len(f.rows)-1], nil
}

func (f *fakePermits) List(context.Context, mes.PermitFilter) (mes.Page[mes.Permit], error) {
	return mes.Page[mes.Permit]{Items: f.rows, Total: int64(len(f.rows))}, nil
}

// fakeCosts answers one row, and keeps what it was asked.
type fakeCosts struct {
	mes.QualityCosts
	asked mes.CostFilter
}

func (f *fakeCosts) Report(_ context.Context, q mes.CostFilter) (mes.CostReport, error) {
	f.asked = q
	r := mes.CostReport{By: q.By, From: q.From, To: q.To, Currency: "EUR", Rows: []mes.CostRow{{Group: "BEAD", Name: "Bead", Scrapped: mes.Count(3), ScrapCost: mes.Count(20), ScrapUnpriced: mes.One}}}
	return r.Report(), nil
}

func (f *fakeCosts) SetRate(_ context.Context, _, _ string, by mes.Actor, r mes.LabourRate, _ string) (mes.LabourRate, error) {
	r.GivenBy = by.ID
	return r, r.Validate()
}
