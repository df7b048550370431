package sim

import (
	"time"

	"github.com/steelthread/steelthread/devices"
)

// alarms are the sentences of the alarm codes that the plant's machines know.
var alarms = map[int]string{
	120: "Screw bit broken", 130: "Nozzle clogged", 150: "Test seal worn", 160: "Contact probe dirty", 180: "Blade blunt", 201: "Drive fault", 202: "Supply voltage low", 301: "Part sensor silent",
	900: "Emergency stop",
}

// upsets are the faults of a machine's own signals, by what was done about them: they act when they come and when they go.
type upsets map[Kind]bool

// turned tells whether a fault has come or gone since the last look.
func (u upsets) turned(f *faults, id string, k Kind) (value float64, on, changed bool) {
	value, on = f.get(id, k)
	changed = on != u[k]
	u[k] = on
	return value, on, changed
}

// upset lets the faults of the signals act. It is a part of the scan.
func (m *machine) upset(now time.Time) {
	id := m.model.id
	if code, on, changed := m.upsets.turned(m.faults, id, Stop); changed {
		m.stopBy(now, int(code), on)
	}
	if _, on, changed := m.upsets.turned(m.faults, id, CounterReset); changed && on {
		m.put(now, "produced_count", uint32(0))
		m.put(now, "rejected_count", uint32(0))
	}
	if back, on, changed := m.upsets.turned(m.faults, id, CounterBack); changed && on {
		m.put(now, "produced_count", m.uint("produced_count")-min(uint32(max(back, 1)), m.uint("produced_count")))
	}
	_, flickers, changed := m.upsets.turned(m.faults, id, Flicker)
	_, _, renamed := m.upsets.turned(m.faults, id, Rename)
	if _, _, clock := m.upsets.turned(m.faults, id, Clock); clock {
		for name := range m.tags {
			m.dirty[name] = true
		}
	}
	if flickers || changed || renamed {
		m.tags["state"].at = now
		m.dirty["state"] = true
	}
}

// stopBy holds the machine with an alarm, and lets it go on where it was when the alarm is gone.
func (m *machine) stopBy(now time.Time, code int, on bool) {
	if on {
		m.put(now, "alarm", alarmCode(code))
		m.put(now, "alarm_text", alarms[code])
		m.enter(now, devices.StateHeld, 0)
		return
	}
	m.put(now, "alarm", "")
	m.put(now, "alarm_text", "")
	if m.state() != devices.StateHeld {
		return // a person has done something else meanwhile
	}
	if m.uint("ack_seq") != m.uint("result_seq") {
		m.enter(now, devices.StateUnholding, m.scaled(time.Second))
	} else {
		m.enter(now, devices.StateResetting, m.scaled(time.Second))
	}
}

func alarmCode(code int) string {
	digits := []byte("000")
	for i := 2; i >= 0; i-- {
		digits[i] = byte('0' + code%10)
		code /= 10
	}
	return "E" + string(digits)
}

// flickersOn is a loose contact: on or off by chance in each scan, so that no sampling falls into step with it.
func flickersOn(now time.Time) bool {
	scan := uint64(now.UnixNano() / scanTime.Nanoseconds())
	return (scan*0x9E3779B97F4A7C15)>>40&1 == 0
}

// shown is what the machine's server says of a register now: the faults of the signals do not touch the work.
func (m *machine) shown(t tag, now time.Time) tag {
	if t.name == "state" && m.faults.on(m.model.id, Flicker) {
		t.at = now
		if flickersOn(now) {
			t.value = int32(devices.StateAborted)
		}
	}
	if off, on := m.faults.get(m.model.id, Clock); on {
		t.at = now.Add(time.Duration(off * float64(time.Second)))
	}
	return t
}
