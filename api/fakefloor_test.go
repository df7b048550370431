package api

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

type fakePlant struct {
	mes.Plant
	view     mes.PlantView
	products []mes.Product
	routings map[string]mes.Routing
	reports  []mes.DeviceReport
	broken   error
}

func (f *fakePlant) View(context.Context, string) (mes.PlantView, error) { return f.view, f.broken }
func (f *fakePlant) Sites(context.Context) ([]string, error)             { return []string{"HAM"}, f.broken }
func (f *fakePlant) Products(context.Context) ([]mes.Product, error)     { return f.products, f.broken }
func (f *fakePlant) Routing(_ context.Context, product, revision string) (mes.RoutingView, error) {
	if r, ok := f.routings[product+"/"+revision]; ok {
		return mes.RoutingView{Routing: r, State: mes.RoutingApproved}, nil
	}
	return mes.RoutingView{}, mes.NotFound("Routing", product)
}
func (f *fakePlant) Devices(context.Context, string) ([]mes.Device, error) {
	return []mes.Device{{ID: "TC-20", Site: "HAM", Station: "ST20", Driver: "opcua", Config: json.RawMessage(`{"endpoint":"opc.tcp://x"}`)}}, nil
}
func (f *fakePlant) Report(_ context.Context, _ string, rs []mes.DeviceReport) error {
	f.reports = append(f.reports, rs...)
	return nil
}

type fakeOrders struct {
	mes.Orders
	mu       sync.Mutex
	rows     map[string]mes.Order
	requests []mes.OrderRequest
	pages    [][]mes.Order // answered by cursor "0", "1", …
	timeline []mes.TimelineRow
	context  mes.OrderContext
}

func (f *fakeOrders) Create(_ context.Context, _, site string, by mes.Actor, r mes.OrderRequest) (mes.Order, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.context
	c.ProductKnown, c.RoutingApproved, c.LineKnown = r.Product == "INV-200", true, r.Line == "L1"
	if err := r.Validate(c); err != nil {
		return mes.Order{}, false, err
	}
	if o, ok := f.rows[r.Number]; ok {
		if !o.Quantity.Equal(r.Quantity) {
			return mes.Order{}, false, mes.Refuse(mes.CodeConflict, "Order "+r.Number+" exists with other content.", "Nothing was changed.", "")
		}
		return o, false, nil
	}
	o := mes.Order{Number: r.Number, Site: site, Product: r.Product, Line: r.Line, State: mes.OrderCreated, Quantity: r.Quantity, NotStarted: r.Quantity, Due: r.Due, CreatedBy: by.ID}
	f.rows[r.Number] = o
	f.requests = append(f.requests, r)
	return o, true, nil
}

func (f *fakeOrders) Get(_ context.Context, _, number string) (mes.Order, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o, ok := f.rows[number]; ok {
		return o, nil
	}
	return mes.Order{}, mes.NotFound("Order", number)
}

func (f *fakeOrders) List(_ context.Context, q mes.OrderFilter) (mes.Page[mes.Order], error) {
	n := 0
	if q.Cursor != "" {
		n = int(q.Cursor[0] - '0')
	}
	p := mes.Page[mes.Order]{Total: 3}
	if n < len(f.pages) {
		p.Items = f.pages[n]
	}
	if n+1 < len(f.pages) {
		p.Next = string(rune('0' + n + 1))
	}
	return p, nil
}

func (f *fakeOrders) Timeline(context.Context, string, string) ([]mes.TimelineRow, error) {
	return slices.Clone(f.timeline), nil
}

type fakeLots struct {
	built map[string]mes.AsBuilt
	mes.Lots
	mu    sync.Mutex
	rows  map[string]mes.LotView
	holds []mes.Hold
	asked int
	// request is what decisions are asked to be signed with; nil lets them take effect at once.
	request *mes.SignatureRequest
	// stored are the answers that the ledger keeps, by the entry's key.
	stored map[string]mes.Recorded
}

func (f *fakeLots) Stored(_ context.Context, key string) (mes.Recorded, error) {
	if r, ok := f.stored[key]; ok {
		return r, nil
	}
	return mes.Recorded{}, mes.NotFound("Entry", key)
}

func (f *fakeLots) Get(_ context.Context, _, lot string) (mes.LotView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if l, ok := f.rows[lot]; ok {
		return l, nil
	}
	return mes.LotView{}, mes.NotFound("Lot", lot)
}

func (f *fakeLots) List(context.Context, mes.LotFilter) (mes.Page[mes.LotView], error) {
	return mes.Page[mes.LotView]{}, nil
}

func (f *fakeLots) Hold(_ context.Context, _, site, lot string, by mes.Actor, reason string) (mes.Hold, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := mes.Hold{ID: "H1", Site: site, Scope: mes.HoldLot, Subject: lot, Reason: reason, PlacedBy: by.ID}
	f.holds = append(f.holds, h)
	return h, nil
}

func (f *fakeLots) AsBuilt(_ context.Context, _, lot string) (mes.AsBuilt, error) {
	return f.built[lot], nil
}

func (f *fakeLots) AskReview(_ context.Context, _, site, lot string, d mes.Review) (*mes.SignatureRequest, error) {
	return f.request, nil
}

func (f *fakeLots) AskRelease(_ context.Context, _, site, lot string, by mes.Actor, reason string) (*mes.SignatureRequest, error) {
	return f.request, nil
}

// fakeSignatures remembers what was signed.
type fakeSignatures struct {
	mes.Signatures
	signed []mes.Signing
	open   map[string]mes.SignatureRequest
}

func (f *fakeSignatures) Sign(_ context.Context, _, site, id string, in mes.Signing) (mes.SignatureRequest, error) {
	f.signed = append(f.signed, in)
	return mes.SignatureRequest{ID: id, Site: site, State: mes.RequestSigned, Needs: []mes.SignatureNeed{}, Signatures: []mes.Signature{}}, nil
}

func (f *fakeSignatures) Requests(context.Context, mes.RequestFilter) (mes.Page[mes.SignatureRequest], error) {
	return mes.Page[mes.SignatureRequest]{}, nil
}

func (f *fakeSignatures) Request(_ context.Context, site, id string) (mes.SignatureRequest, error) {
	if r, ok := f.open[id]; ok {
		return r, nil
	}
	return mes.SignatureRequest{}, mes.NotFound("Signature request", id)
}

func (f *fakeSignatures) Of(context.Context, string, mes.SignedRecord) ([]mes.Signature, error) {
	return nil, nil
}

func (f *fakeSignatures) Rules(context.Context, string) ([]mes.SignatureRule, error) {
	return mes.StandardRules, nil
}

type fakeStations struct {
	mes.Stations
	queue *mes.Queue
}

func (f fakeStations) Queue(context.Context, string, string) (mes.Queue, error) {
	out := *f.queue
	out.Next = slices.Clone(out.Next)
	return out, nil
}

func (fakeStations) List(context.Context, string) ([]mes.StationView, error) {
	return []mes.StationView{{ID: "ST10", Name: "Kit", Line: "L1", State: "idle"}}, nil
}

func (fakeStations) Job(_ context.Context, _, _, lot string) (mes.Job, bool, error) {
	return mes.Job{Card: mes.LotCard{Lot: lot}}, lot != "", nil
}

type fakeMaterials struct {
	mes.Materials
	received []mes.Receipt
	refusal  error
}

func (f *fakeMaterials) Receive(_ context.Context, _, _ string, _ mes.Actor, rs []mes.Receipt) ([]mes.LotView, error) {
	if f.refusal != nil {
		return nil, f.refusal
	}
	f.received = append(f.received, rs...)
	out := make([]mes.LotView, len(rs))
	for i, r := range rs {
		out[i] = mes.LotView{Lot: r.Lot, Material: r.Material, Quantity: r.Quantity, Origin: "received", State: mes.LotAvailable}
	}
	return out, nil
}

type fakeVision struct {
	results []mes.VisionResult
	keys    map[string]bool
}

func (f *fakeVision) Ingest(_ context.Context, v mes.VisionResult) (mes.VisionReceipt, error) {
	if v.Key != "" && f.keys[v.Key] {
		return mes.VisionReceipt{ID: "V1", Match: mes.MatchDuplicate}, nil
	}
	f.keys[v.Key] = true
	f.results = append(f.results, v)
	return mes.VisionReceipt{ID: "V1", Match: mes.MatchUnknown}, nil
}

func (f *fakeVision) Cameras(context.Context, string) ([]mes.VisionCamera, error) {
	return []mes.VisionCamera{{Camera: "CAM-30", Station: "ST30"}}, nil
}

func (f *fakeVision) PutCamera(_ context.Context, _ mes.Actor, _ string, c mes.VisionCamera, _ string) (mes.VisionCamera, error) {
	c.Version++
	return c, nil
}

type fakeBlobs struct {
	mes.Blobs
	rows map[string]mes.Blob
}

func (f *fakeBlobs) Get(_ context.Context, hash string) (mes.Blob, error) {
	if b, ok := f.rows[hash]; ok {
		return b, nil
	}
	return mes.Blob{}, mes.NotFound("Picture", hash)
}

type fakeOutboxes struct{ mes.Outboxes }

func (fakeOutboxes) Depth(context.Context) ([]mes.OutboxDepth, error) {
	return []mes.OutboxDepth{{Destination: mes.ToERP, Pending: 2, Dead: 1}}, nil
}

type fakeGenealogy struct{ graph mes.Graph }

func (f *fakeGenealogy) Trace(_ context.Context, _, lot string, _ mes.Direction) (mes.Graph, error) {
	if lot != f.graph.Root {
		return mes.Graph{}, mes.NotFound("Lot", lot)
	}
	return f.graph, nil
}

type fakeArchive struct{ runs []mes.ArchivedRun }

func (f *fakeArchive) Put(_ context.Context, r mes.ArchivedRun, _ []byte) (mes.ArchivedRun, error) {
	return r, nil
}
func (f *fakeArchive) Runs(_ context.Context, id string) ([]mes.ArchivedRun, error) {
	return slices.DeleteFunc(slices.Clone(f.runs), func(r mes.ArchivedRun) bool { return r.WorkflowID != id }), nil
}

type fakeEvents struct{ feed chan mes.Event }

func (f *fakeEvents) Listen(context.Context) (<-chan mes.Event, error) { return f.feed, nil }

func (f *fakeLots) Split(_ context.Context, _, _ string, _ mes.Actor, s mes.LotSplit) (mes.Divided, error) {
	return mes.Divided{New: s.Lot + "-S1", Lots: []mes.DividedPart{{Lot: s.Lot, Quantity: s.Quantity}}}, nil
}

func (f *fakeLots) Merge(_ context.Context, _, _ string, _ mes.Actor, m mes.LotMerge) (mes.Divided, error) {
	out := mes.Divided{New: m.Lots[0] + "-M1"}
	for _, l := range m.Lots {
		out.Lots = append(out.Lots, mes.DividedPart{Lot: l})
	}
	return out, nil
}
