package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
)

// fakeDocuments knows revisions by their keys, and what each lot is made by through the house's lots.
type fakeDocuments struct {
	mes.Documents
	lots    *fakeLots
	rows    map[mes.RevisionKey]mes.DocumentRevision
	also    map[string][]mes.InForce // by lot: instructions beside the routing
	readers mes.Readers              // of every routing
	read    map[string]bool          // by account and revision
	asked   int                      // how often Confirmed was asked
	current map[mes.RevisionKey]mes.CurrentRevision
	updates []mes.DraftChange
}

func newFakeDocuments(lots *fakeLots) *fakeDocuments {
	return &fakeDocuments{lots: lots, rows: map[mes.RevisionKey]mes.DocumentRevision{}, also: map[string][]mes.InForce{}, read: map[string]bool{},
		current: map[mes.RevisionKey]mes.CurrentRevision{}}
}

func (f *fakeDocuments) InForce(ctx context.Context, site, lot string) ([]mes.InForce, error) {
	v, err := f.lots.Get(ctx, site, lot)
	if err != nil {
		return nil, err
	}
	own := mes.InForce{RevisionKey: mes.RevisionKey{Kind: mes.DocRouting, ID: v.Material, Revision: v.Revision}, Readers: f.readers}
	return append([]mes.InForce{own}, f.also[lot]...), nil
}

func (f *fakeDocuments) Confirmed(_ context.Context, account string, ks []mes.RevisionKey) (map[mes.RevisionKey]bool, error) {
	f.asked++
	out := map[mes.RevisionKey]bool{}
	for _, k := range ks {
		out[k] = f.read[account+" "+k.String()]
	}
	return out, nil
}

func (f *fakeDocuments) InForceNow(context.Context, []mes.RevisionKey) (map[mes.RevisionKey]mes.CurrentRevision, error) {
	return f.current, nil
}

func (f *fakeDocuments) Confirm(_ context.Context, _ string, by mes.Actor, k mes.RevisionKey, hash string) (mes.ReadConfirmation, error) {
	f.read[by.ID+" "+k.String()] = true
	return mes.ReadConfirmation{RevisionKey: k, Account: by.ID, Hash: hash, Station: by.Station, At: monday}, nil
}

func (f *fakeDocuments) Get(_ context.Context, k mes.RevisionKey) (mes.DocumentRevision, error) {
	if k.Revision == "" {
		k.Revision = "A"
	}
	r, ok := f.rows[k]
	if !ok {
		return r, mes.NotFound("Document", k.Title())
	}
	return r, nil
}

func (f *fakeDocuments) Update(ctx context.Context, _ string, by mes.Actor, k mes.RevisionKey, c mes.DraftChange) (mes.DocumentRevision, error) {
	r, err := f.Get(ctx, k)
	if err != nil {
		return r, err
	}
	if err := r.Changed(c.Version, monday.Location()); err != nil {
		return r, err
	}
	f.updates = append(f.updates, c)
	r.Content, r.Version, r.ChangedBy = c.Content, r.Version+1, by.ID
	f.rows[k] = r
	return r, nil
}

type fakeChanges struct {
	mes.OrderChanges
	asked []string
}

func (f *fakeChanges) Ask(_ context.Context, key, site, number string, by mes.Actor, to, reason string) (mes.RevisionChange, error) {
	f.asked = append(f.asked, number+" to "+to+" by "+by.ID+": "+reason)
	return mes.RevisionChange{ID: "c1", Order: number, To: to, Reason: reason, State: mes.ChangeRequested, Lots: []mes.ChangedLot{}}, nil
}

type fakeFiles struct{ mes.DocumentFiles }
