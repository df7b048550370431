package sim

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// model describes one type of machine: what it is set to, how long it works, and what it measures.
type model struct {
	id, station, name string
	program           int32
	// cycle is the time of one cycle at speed 1.
	cycle    time.Duration
	measures []measure
	params   []param
	live     []live
}

// measure is one measured value. Good parts fall into good, bad ones into bad.
type measure struct {
	name, unit string
	good, bad  [2]float64
	decimals   int
}

// param is a value that the line may download before a start.
type param struct {
	name string
	init float64
}

// live is a value that moves while the machine works, from rest to work.
type live struct {
	name, unit, label string
	rest, work        float64
	noise             float64
	decimals          int
}

// models is the machine park of the demonstration line. The limits are those of its routing; the machines themselves
// judge against their own, as real ones do.
var models = []model{
	{id: "TC-20", station: "ST20", name: "Tightening controller", program: 7, cycle: 24 * time.Second,
		measures: screws(8),
		params: []param{{"target_torque", 2.5}, {"torque_min", 2.25}, {"torque_max", 2.75}, {"angle_min", 45},
			{"angle_max", 75}},
		live: []live{{"torque", "Nm", "Torque", 0, 2.5, 0.04, 2}, {"angle", "°", "Angle", 0, 60, 2, 0},
			{"screw", "", "Screw", 0, 8, 0, 0}}},
	{id: "DP-30", station: "ST30", name: "Paste dispenser", program: 14, cycle: 18 * time.Second,
		measures: []measure{
			{"volume", "ml", [2]float64{11.8, 12.5}, [2]float64{10.4, 11.3}, 2},
			{"pressure", "bar", [2]float64{3.2, 3.8}, [2]float64{4.1, 4.6}, 2}},
		live: []live{{"flow", "ml/s", "Flow", 0, 0.7, 0.03, 2}, {"line_pressure", "bar", "Pressure", 0.1, 3.5, 0.05, 2}}},
	{id: "LT-50", station: "ST50", name: "Leak tester", program: 6, cycle: 60 * time.Second,
		measures: []measure{{"pressure_drop", "mbar", [2]float64{0.12, 0.78}, [2]float64{1.08, 3.5}, 2}},
		params:   []param{{"test_pressure", 300}},
		live:     []live{{"test_pressure_actual", "mbar", "Test pressure", 0, 300, 0.2, 1}}},
	{id: "EOL-60", station: "ST60", name: "End-of-line tester", program: 11, cycle: 30 * time.Second,
		measures: []measure{
			{"insulation", "MOhm", [2]float64{820, 2600}, [2]float64{40, 460}, 0},
			{"current_balance", "%", [2]float64{0.3, 1.5}, [2]float64{2.2, 3.8}, 2},
			{"efficiency", "%", [2]float64{97.4, 98.6}, [2]float64{95.2, 96.8}, 2},
			{"temperature_rise", "K", [2]float64{14, 22}, [2]float64{26, 34}, 1},
			{"standby_current", "mA", [2]float64{18, 38}, [2]float64{54, 80}, 1}},
		live: []live{{"load_current", "A", "Load current", 0, 180, 1.5, 1}, {"winding_temperature", "°C", "Temperature",
			24, 46, 0.4, 1}}},
	{id: "CR-82", station: "ST82", name: "Crimp gauge", program: 3, cycle: 4 * time.Second,
		measures: []measure{{"crimp_diameter", "mm", [2]float64{17.88, 18.12}, [2]float64{18.24, 18.5}, 2}},
		live:     []live{{"gauge", "mm", "Gauge", 18, 18, 0.03, 2}}},
}

func screws(n int) []measure {
	var out []measure
	for i := 1; i <= n; i++ {
		out = append(out, measure{"torque_" + strconv.Itoa(i), "Nm", [2]float64{2.38, 2.62}, [2]float64{1.9, 2.2}, 2})
	}
	for i := 1; i <= n; i++ {
		out = append(out, measure{"angle_" + strconv.Itoa(i), "°", [2]float64{50, 70}, [2]float64{78, 96}, 0})
	}
	return out
}

// dice gives the random numbers of one event, the same for the same seed and names.
func dice(seed uint64, names ...string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(names, "\x00")))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// pick gives one value from a range, rounded as the machine shows it.
func pick(r *rand.Rand, span [2]float64, decimals int) float64 {
	return round(span[0]+r.Float64()*(span[1]-span[0]), decimals)
}

func round(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

// nodeName gives the name of a tag on the machine's side: torque_1 is Torque1.
func nodeName(tag string) string {
	var b strings.Builder
	for _, part := range strings.Split(tag, "_") {
		switch part {
		case "ok":
			b.WriteString("OK")
		default:
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// config gives the device configuration with which the machine is reached; it is what an engineer would have typed.
func (m model) config(site, address string, sec devices.Security, cycle time.Duration) devices.Config {
	c := devices.Config{ID: m.id, Site: site, Station: m.station, Driver: "opcua", Address: address, Security: sec,
		Tags: map[string]string{},
		Profile: devices.Profile{Name: "sequence-handshake", Attempts: 3, Timeout: devices.Duration(3 * time.Second),
			CycleTimeout: devices.Duration(cycle*2 + 30*time.Second), Poll: devices.Duration(100 * time.Millisecond)}}
	for _, t := range m.tags() {
		c.Tags[t.name] = "ns=1;s=" + nodeName(t.name)
	}
	for _, v := range m.measures {
		c.Values = append(c.Values, devices.ValueSpec{Name: v.name, Tag: v.name, Unit: v.unit})
	}
	c.Live = append(c.Live, devices.LiveSpec{Name: "state", Tag: "state_name", Label: "State"})
	for _, v := range m.live {
		c.Live = append(c.Live, devices.LiveSpec{Name: v.name, Tag: v.name, Unit: v.unit, Label: v.label})
	}
	return c
}
