package bridge

import (
	"sync"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workers/spool"
)

// recording collects the values of all devices for the next records.
type recording struct {
	full chan struct{} // told when there is enough for a record

	mu      sync.Mutex
	next    mes.TagRecord
	places  map[dictionaryKey]int
	waiting [][]byte // records that the disk did not take
	values  int      // in next and waiting
	counts  []int    // values of each waiting record
}

// dictionaryKey is a tag as it was: its kind may change while it is recorded.
type dictionaryKey struct {
	tag  *recordedTag
	kind mes.TagKind
}

// add takes a value, or reports false when too many wait already.
func (r *recording) add(t *recordedTag, v mes.TagValue) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.values >= maxWaiting {
		return false
	}
	key := dictionaryKey{t, t.Kind}
	i, ok := r.places[key]
	if !ok && len(r.next.Tags) == mes.MaxRecordTags || len(r.next.Values) == mes.MaxRecordValues {
		r.close()
		ok = false
	}
	if !ok {
		if r.places == nil {
			r.places = map[dictionaryKey]int{}
		}
		i = len(r.next.Tags)
		r.places[key], r.next.Tags = i, append(r.next.Tags, t.RecordedTag)
	}
	v.Tag = i
	r.next.Values = append(r.next.Values, v)
	r.values++
	if len(r.next.Values) >= fullRecord {
		select {
		case r.full <- struct{}{}:
		default:
		}
	}
	return true
}

func (r *recording) tell(n mes.TagNotice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.next.Notices) < 500 {
		r.next.Notices = append(r.next.Notices, n)
	}
}

// close ends the record that is being made.
func (r *recording) close() {
	if len(r.next.Values) == 0 && len(r.next.Notices) == 0 {
		return
	}
	r.waiting = append(r.waiting, mes.AppendTagRecord(make([]byte, 0, 32*len(r.next.Tags)+16*len(r.next.Values)), r.next))
	r.counts = append(r.counts, len(r.next.Values))
	r.next = mes.TagRecord{Values: r.next.Values[:0]}
	clear(r.places)
}

// flush writes everything to disk. What the disk does not take waits for the next time, within the bound of add.
func (r *recording) flush(s *spool.Spool) error {
	r.mu.Lock()
	r.close()
	list := r.waiting
	r.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	if err := s.Append(list...); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.counts[:len(list)] {
		r.values -= n
	}
	r.waiting, r.counts = append([][]byte(nil), r.waiting[len(list):]...), append([]int(nil), r.counts[len(list):]...)
	return nil
}
