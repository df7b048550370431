package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

const (
	// intakeWorkers is how many transactions of results are open at a time; with more, lots' locks and the disk only queue
	// elsewhere.
	intakeWorkers = 3
	// intakeGroup and intakeBytes bound one transaction.
	intakeGroup = 48
	intakeBytes = 12 << 20
	// intakeQueue is how many results may wait. The API holds fewer; what is above it waits in its caller.
	intakeQueue = 1024
	// intakeTime bounds one transaction, whoever still waits for it.
	intakeTime = 30 * time.Second
)

// intake puts results that come at the same moment into one transaction. Nobody waits for company: a transaction takes
// what is there when it begins.
type intake struct {
	v     *Visions
	queue chan *ingestion
	over  chan struct{}
	wg    sync.WaitGroup
}

func newIntake(v *Visions) *intake {
	in := &intake{v: v, queue: make(chan *ingestion, intakeQueue), over: make(chan struct{})}
	for range intakeWorkers {
		in.wg.Go(in.run)
	}
	return in
}

// close ends after what has been taken is stored.
func (in *intake) close() {
	close(in.over)
	in.wg.Wait()
}

// take hands a result over and waits until it is stored. A caller that leaves early may find it stored or not; the key
// makes its repetition harmless.
func (in *intake) take(ctx context.Context, i *ingestion) (mes.VisionReceipt, error) {
	i.done = make(chan struct{})
	select {
	case in.queue <- i:
	case <-in.over:
		return mes.VisionReceipt{}, errClosing
	case <-ctx.Done():
		return mes.VisionReceipt{}, ctx.Err()
	}
	select {
	case <-i.done:
		return i.receipt, i.err
	case <-ctx.Done():
		return mes.VisionReceipt{}, ctx.Err()
	}
}

var errClosing = mes.Refuse(mes.CodeUnavailable, "The system is being shut down.", "The result was not stored.", "Send it again.")

func (in *intake) run() {
	for {
		select {
		case first := <-in.queue:
			in.store(in.company(first))
		case <-in.over:
			select {
			case first := <-in.queue:
				in.store(in.company(first))
			default:
				return
			}
		}
	}
}

// company gathers what waits besides the first.
func (in *intake) company(first *ingestion) []*ingestion {
	list, size := []*ingestion{first}, len(first.r.Image)+len(first.r.Body)
	for len(list) < intakeGroup && size < intakeBytes {
		select {
		case next := <-in.queue:
			list = append(list, next)
			size += len(next.r.Image) + len(next.r.Body)
		default:
			return list
		}
	}
	return list
}

// store stores a group, then one by one what asked for it or could not be stored together.
func (in *intake) store(list []*ingestion) {
	ctx, cancel := context.WithTimeout(context.Background(), intakeTime)
	defer cancel()
	err := in.v.store(ctx, list)
	var gone *outage
	final := errors.As(err, &gone) || len(list) == 1 && !twice(err)
	for _, i := range list {
		if i.err = err; err != nil && !final || err == nil && i.alone {
			in.v.singly(ctx, i)
		}
		close(i.done)
	}
}
