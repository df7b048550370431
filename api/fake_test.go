package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	taskqueue "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/steelthread/steelthread/mes"
)

// The fakes keep what the API stores and answer what a test lays into them. A method that no test needs is left to the
// embedded interface, so that an unexpected call fails loudly.

type fakeAccounts struct {
	mes.Accounts
	mu     sync.Mutex
	byID   map[string]mes.Account
	tokens map[string]string // hash to account
	held   map[string][]mes.Qualification
	now    func() time.Time
	asked  int
}

func (f *fakeAccounts) Get(_ context.Context, id string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if a, ok := f.byID[id]; ok {
		return a, nil
	}
	return mes.Account{}, mes.NotFound("Account", id)
}

func (f *fakeAccounts) ByBadge(_ context.Context, badge string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.byID {
		if a.Badge == badge {
			return a, nil
		}
	}
	return mes.Account{}, mes.NotFound("Badge", badge)
}

func (f *fakeAccounts) ByToken(ctx context.Context, hash string) (mes.Account, error) {
	f.mu.Lock()
	id, ok := f.tokens[hash]
	f.mu.Unlock()
	if !ok {
		return mes.Account{}, mes.NotFound("Token", "")
	}
	return f.Get(ctx, id)
}

func (f *fakeAccounts) LoginFailed(_ context.Context, id string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	a.Failures++
	if a.Failures >= mes.MaxLoginFailures {
		until := f.now().Add(mes.LoginLock)
		a.LockedUntil = &until
	}
	f.byID[id] = a
	return a, nil
}

func (f *fakeAccounts) LoginOK(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	a.Failures, a.LockedUntil = 0, nil
	f.byID[id] = a
	return nil
}

func (f *fakeAccounts) Qualifications(_ context.Context, id string) ([]mes.Qualification, error) {
	return f.held[id], nil
}

func (f *fakeAccounts) set(id string, change func(*mes.Account)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	change(&a)
	f.byID[id] = a
}

type fakeSessions struct {
	mu   sync.Mutex
	rows map[string]fakeSession
}

type fakeSession struct {
	data   []byte
	expiry time.Time
}

func (f *fakeSessions) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.rows[token]
	if !ok || time.Now().After(s.expiry) {
		return nil, false, nil
	}
	return s.data, true, nil
}

func (f *fakeSessions) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[token] = fakeSession{slices.Clone(b), expiry}
	return nil
}

func (f *fakeSessions) DeleteCtx(_ context.Context, token string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.rows, token)
	return nil
}

func (f *fakeSessions) Find(t string) ([]byte, bool, error) {
	return f.FindCtx(context.Background(), t)
}
func (f *fakeSessions) Commit(t string, b []byte, e time.Time) error {
	return f.CommitCtx(context.Background(), t, b, e)
}
func (f *fakeSessions) Delete(t string) error       { return f.DeleteCtx(context.Background(), t) }
func (f *fakeSessions) Sweep(context.Context) error { return nil }

type fakeAnswers struct {
	mu   sync.Mutex
	rows map[string]mes.Answer
}

func (f *fakeAnswers) Find(_ context.Context, account, key string) (mes.Answer, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.rows[account+"/"+key]
	return a, ok, nil
}

func (f *fakeAnswers) Store(_ context.Context, a mes.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.rows[a.Account+"/"+a.Key]; !ok {
		f.rows[a.Account+"/"+a.Key] = a
	}
	return nil
}

type fakeAudits struct {
	mes.Audits
	mu   sync.Mutex
	rows []mes.AuditRow
}

func (f *fakeAudits) Append(_ context.Context, r mes.AuditRow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, r)
	return nil
}

func (f *fakeAudits) List(context.Context, mes.AuditFilter) (mes.Page[mes.AuditRow], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return mes.Page[mes.AuditRow]{Items: slices.Clone(f.rows), Total: int64(len(f.rows))}, nil
}

func (f *fakeAudits) actions(action string) []mes.AuditRow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.rows), func(r mes.AuditRow) bool { return r.Action != action })
}

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
	mes.Lots
	mu    sync.Mutex
	rows  map[string]mes.LotView
	holds []mes.Hold
	asked int
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

type fakeStations struct{ mes.Stations }

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

// fakeTemporal answers updates by the function that a test lays in.
type fakeTemporal struct {
	client.Client
	mu       sync.Mutex
	update   func(o client.UpdateWorkflowOptions) (any, error)
	updates  []client.UpdateWorkflowOptions
	started  []string
	history  map[string][]*historypb.HistoryEvent // by workflow ID and run ID
	earlier  map[string]any                       // by update ID
	unwell   error
	noWorker bool
}

func (f *fakeTemporal) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	f.mu.Lock()
	f.updates = append(f.updates, o)
	answer := f.update
	f.mu.Unlock()
	if answer == nil {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	v, err := answer(o)
	if errors.Is(err, errSilent) {
		<-ctx.Done()
		return nil, client.NewWorkflowUpdateServiceTimeoutOrCanceledError(ctx.Err())
	}
	return &fakeHandle{value: v}, err
}

var errSilent = errors.New("no worker answers")

func (f *fakeTemporal) GetWorkflowUpdateHandle(o client.GetWorkflowUpdateHandleOptions) client.WorkflowUpdateHandle {
	v, ok := f.earlier[o.UpdateID]
	if !ok {
		return &fakeHandle{err: serviceerror.NewNotFound("no such update")}
	}
	return &fakeHandle{value: v}
}

func (f *fakeTemporal) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started = append(f.started, o.ID)
	return nil, nil
}

func (f *fakeTemporal) CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error) {
	return &client.CheckHealthResponse{}, f.unwell
}

func (f *fakeTemporal) DescribeTaskQueue(context.Context, string, enums.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	if f.noWorker {
		return &workflowservice.DescribeTaskQueueResponse{}, nil
	}
	return &workflowservice.DescribeTaskQueueResponse{Pollers: []*taskqueue.PollerInfo{{LastAccessTime: timestamppb.Now()}}}, nil
}

func (f *fakeTemporal) GetWorkflowHistory(_ context.Context, id, run string, _ bool, _ enums.HistoryEventFilterType) client.HistoryEventIterator {
	events, ok := f.history[id+"#"+run]
	if !ok {
		return &fakeIterator{err: serviceerror.NewNotFound("no such run")}
	}
	return &fakeIterator{events: events}
}

func (f *fakeTemporal) seen() []client.UpdateWorkflowOptions {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.updates)
}

type fakeHandle struct {
	client.WorkflowUpdateHandle
	value any
	err   error
}

func (h *fakeHandle) Get(_ context.Context, out any) error {
	if h.err != nil {
		return h.err
	}
	b, err := json.Marshal(h.value)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

type fakeIterator struct {
	events []*historypb.HistoryEvent
	err    error
}

func (i *fakeIterator) HasNext() bool { return i.err != nil || len(i.events) > 0 }
func (i *fakeIterator) Next() (*historypb.HistoryEvent, error) {
	if i.err != nil {
		return nil, i.err
	}
	e := i.events[0]
	i.events = i.events[1:]
	return e, nil
}
