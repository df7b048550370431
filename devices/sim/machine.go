package sim

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// scanTime is the machine's scan cycle, as a PLC has one: registers are written at any time and acted on in the scan.
const scanTime = 20 * time.Millisecond

// machine is the controller of one simulated machine.
type machine struct {
	model  model
	seed   uint64
	speed  float64
	reject float64
	faults *faults
	mem    memory
	log    *slog.Logger

	mu   sync.Mutex
	tags map[string]*tag
	// started says that a start was written since the last scan.
	started bool
	// until is when the present passing state ends.
	until time.Time
	// moved is when the live values last moved.
	moved time.Time
	// pulses counts the starts that the machine has taken in this life of its controller.
	pulses int
	// dirty collects registers whose watchers have to be told; kept says that the memory has to be written.
	dirty map[string]bool
	kept  bool
	// upsets are the faults of the signals that have acted.
	upsets upsets
}

func newMachine(m model, o Options, f *faults) (*machine, error) {
	c := &machine{model: m, seed: o.Seed, speed: o.Speed, reject: o.RejectRate, faults: f,
		mem: memory{o.path("machines", m.id+".json")}, log: o.Logger.With("machine", m.id),
		tags: map[string]*tag{}, dirty: map[string]bool{}, upsets: upsets{}}
	now := time.Now()
	for _, t := range m.tags() {
		t.at = now
		c.tags[t.name] = &t
	}
	if err := c.mem.load(c.tags); err != nil {
		return nil, err
	}
	c.wake(now)
	return c, nil
}

// wake takes up the work where the memory says it stopped. A cycle without a result is done over; the line has been told
// that it was started, so it has to get a result.
func (m *machine) wake(now time.Time) {
	if m.uint("ack_seq") != m.uint("result_seq") {
		m.enter(now, devices.StateExecute, m.cycleTime())
		return
	}
	if s := devices.PackMLState(m.int("state")); s != devices.StateComplete && s != devices.StateStopped &&
		s != devices.StateAborted {
		m.enter(now, devices.StateIdle, 0)
	} else {
		m.enter(now, s, 0)
	}
}

// run scans until ctx ends. Tell hears of changed registers, outside the machine's lock.
func (m *machine) run(ctx context.Context, tell func(names []string)) {
	t := time.NewTicker(scanTime)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if changed := m.scan(now); len(changed) > 0 {
				tell(changed)
			}
		}
	}
}

// scan is one turn of the controller. It gives the registers that have changed since the last one.
func (m *machine) scan(now time.Time) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.upset(now)
	m.control(now)
	m.command(now)
	if m.passing() && !now.Before(m.until) {
		m.next(now)
	}
	if m.int("program_actual") != m.int("program_set") && m.state() != devices.StateExecute {
		m.put(now, "program_actual", int32(m.int("program_set")))
	}
	m.move(now)
	if m.kept {
		if err := m.mem.save(m.tags); err != nil {
			m.log.Error("retentive memory is not written", "error", err)
		}
		m.kept = false
	}
	changed := make([]string, 0, len(m.dirty))
	for name := range m.dirty {
		changed = append(changed, name)
	}
	clear(m.dirty)
	return changed
}

// command takes a start that was written since the last scan. A number that it has taken before is not a new start, and
// in any state but Idle a start is lost, not kept for later.
func (m *machine) command(now time.Time) {
	if !m.started {
		return
	}
	m.started = false
	seq := m.uint("command_seq")
	if seq == 0 || seq == m.uint("ack_seq") || m.state() != devices.StateIdle || m.faults.on(m.model.id, Silence) {
		return
	}
	m.pulses++
	m.put(now, "ack_seq", seq)
	m.put(now, "ack_lot", m.tags["command_lot"].value)
	m.enter(now, devices.StateStarting, m.scaled(time.Second))
}

// control acts on a PackML command.
func (m *machine) control(now time.Time) {
	cmd := int32(m.int("control"))
	if cmd == 0 {
		return
	}
	m.put(now, "control", int32(0))
	short := m.scaled(time.Second)
	switch s := m.state(); {
	case cmd == devices.ControlReset && (s == devices.StateComplete || s == devices.StateStopped):
		m.enter(now, devices.StateResetting, short)
	case cmd == devices.ControlClear && s == devices.StateAborted:
		m.enter(now, devices.StateClearing, short)
	case cmd == devices.ControlAbort && s != devices.StateAborted:
		m.enter(now, devices.StateAborting, short)
	case cmd == devices.ControlStop && s != devices.StateAborted && s != devices.StateStopped:
		m.enter(now, devices.StateStopping, short)
	case cmd == devices.ControlHold && s == devices.StateExecute:
		m.enter(now, devices.StateHolding, short)
	case cmd == devices.ControlUnhold && s == devices.StateHeld:
		m.enter(now, devices.StateUnholding, short)
	case cmd == devices.ControlSuspend && s == devices.StateExecute:
		m.enter(now, devices.StateSuspending, short)
	case cmd == devices.ControlUnsuspend && s == devices.StateSuspended:
		m.enter(now, devices.StateUnsuspending, short)
	}
}

// next leaves a passing state for the one that PackML puts after it.
func (m *machine) next(now time.Time) {
	short := m.scaled(time.Second)
	switch m.state() {
	case devices.StateStarting, devices.StateUnholding, devices.StateUnsuspending:
		m.enter(now, devices.StateExecute, m.cycleTime())
	case devices.StateExecute:
		m.finish(now)
		m.enter(now, devices.StateCompleting, short)
	case devices.StateCompleting:
		m.enter(now, devices.StateComplete, 0)
	case devices.StateResetting:
		m.enter(now, devices.StateIdle, 0)
	case devices.StateHolding:
		m.enter(now, devices.StateHeld, 0)
	case devices.StateSuspending:
		m.enter(now, devices.StateSuspended, 0)
	case devices.StateStopping, devices.StateClearing:
		m.enter(now, devices.StateStopped, 0)
	case devices.StateAborting:
		m.enter(now, devices.StateAborted, 0)
	}
}

// passing reports a state that the machine leaves by itself.
func (m *machine) passing() bool {
	switch m.state() {
	case devices.StateIdle, devices.StateComplete, devices.StateStopped, devices.StateAborted, devices.StateHeld,
		devices.StateSuspended:
		return false
	}
	return true
}

// finish measures and publishes the result. The result number goes last, since it is what says that all else is there.
func (m *machine) finish(now time.Time) {
	seq, lot := m.uint("ack_seq"), m.tags["ack_lot"].value.(string)
	r := dice(m.seed, m.model.id, lot, strconv.Itoa(int(seq)))
	rate := m.reject
	if v, ok := m.faults.get(m.model.id, RejectRate); ok {
		rate = v
	}
	bad := -1
	if r.Float64() < rate {
		bad = r.IntN(len(m.model.measures))
	}
	for i, v := range m.model.measures {
		span := v.good
		if i == bad {
			span = v.bad
		}
		m.put(now, v.name, pick(r, span, v.decimals))
	}
	m.put(now, "result_lot", lot)
	m.put(now, "result_ok", bad < 0)
	if bad < 0 {
		m.put(now, "produced_count", m.uint("produced_count")+1)
	} else {
		m.put(now, "rejected_count", m.uint("rejected_count")+1)
	}
	m.put(now, "result_seq", seq)
}

// move lets the live values follow the work, four times a second while it works and every two seconds at rest.
func (m *machine) move(now time.Time) {
	working := m.state() == devices.StateExecute
	every := 2 * time.Second
	if working {
		every = 250 * time.Millisecond
	}
	if now.Sub(m.moved) < every {
		return
	}
	m.moved = now
	share := 0.0
	if total := m.cycleTime(); working && total > 0 {
		share = min(1, max(0, 1-float64(m.until.Sub(now))/float64(total)))
	}
	r := dice(m.seed, m.model.id, "live", strconv.FormatInt(now.UnixMilli(), 10))
	for _, v := range m.model.live {
		x := v.rest + (v.work-v.rest)*min(1, 2*share) + v.noise*r.NormFloat64()
		if !working && v.rest == 0 {
			x = 0
		}
		m.put(now, v.name, round(x, v.decimals))
	}
}

func (m *machine) enter(now time.Time, s devices.PackMLState, lasts time.Duration) {
	m.put(now, "state", int32(s))
	m.put(now, "state_name", s.String())
	m.until = now.Add(lasts)
}

// put sets a register. A register that keeps its value keeps its time too, except those that a result freshens.
func (m *machine) put(now time.Time, name string, v any) {
	t := m.tags[name]
	if t.value == v && !t.measured && name != "result_seq" && name != "result_ok" {
		return
	}
	t.value, t.at = v, now
	m.dirty[name] = true
	m.kept = m.kept || t.kept
}

func (m *machine) state() devices.PackMLState { return devices.PackMLState(m.int("state")) }

func (m *machine) int(name string) int64 { return int64(m.tags[name].value.(int32)) }

func (m *machine) uint(name string) uint32 { return m.tags[name].value.(uint32) }

func (m *machine) scaled(d time.Duration) time.Duration { return time.Duration(float64(d) / m.speed) }

func (m *machine) cycleTime() time.Duration {
	return m.scaled(m.model.cycle) + m.faults.late(m.model.id)
}
