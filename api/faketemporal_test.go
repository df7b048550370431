package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	taskqueue "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"
)

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
