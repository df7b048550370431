package mes

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// run gives a counter values a second apart, and says what it counted and found strange.
func runCounter(o MachineCounters, values ...int64) (total int64, notices []string) {
	var c Counter
	for i, v := range values {
		if n := c.See(v, eight.Add(time.Duration(i)*time.Second), o); n != "" {
			notices = append(notices, n)
		}
	}
	return c.Total, notices
}

func TestCountersSurviveWhatCountersDo(t *testing.T) {
	word := MachineCounters{Modulus: 65536}
	slow := MachineCounters{MaxPerMinute: 60}
	for name, c := range map[string]struct {
		o      MachineCounters
		values []int64
		want   int64
		notice string
	}{
		"the first value is no production":                  {word, []int64{5000}, 0, ""},
		"counting up":                                       {word, []int64{10, 12, 12, 15}, 5, ""},
		"roll-over":                                         {word, []int64{65530, 65535, 3, 7}, 13, ""},
		"a reset, and what was made since":                  {word, []int64{5000, 5004, 0, 2, 3}, 7, "was reset from 5004 to 0"},
		"a reset that shows some pieces at once":            {word, []int64{5000, 5004, 3, 4}, 8, "was reset"},
		"a reset while nobody looked, near the end":         {MachineCounters{Modulus: 65536, MaxPerMinute: 60}, []int64{65000, 40, 41}, 41, "was reset"},
		"backwards, and past where it was":                  {word, []int64{100, 97, 98, 101, 102}, 2, "went backwards from 100 to 97"},
		"one reading of nothing":                            {word, []int64{5000, 0, 5001, 5002}, 2, "it had not been reset"},
		"a jump that no machine can make":                   {slow, []int64{100, 900_000, 900_001}, 1, "jumped from 100 to 900000"},
		"a value that the counter can't have":               {word, []int64{10, 70000, -3, 11}, 1, "can't reach"},
		"many resets of little: too little, never too much": {word, []int64{9, 0, 1, 0, 1, 0, 1}, 1, "was reset"},
		"a counter of 32 bits rolls over":                   {MachineCounters{Modulus: 1 << 32}, []int64{1<<32 - 2, 1, 2}, 4, ""},
		"without a modulus a roll-over reads as reset":      {MachineCounters{}, []int64{65535, 2, 3}, 3, "was reset"},
	} {
		total, notices := runCounter(c.o, c.values...)
		if total != c.want {
			t.Errorf("%s: counted %d, wanted %d", name, total, c.want)
		}
		if c.notice == "" && len(notices) > 0 || !strings.Contains(strings.Join(notices, "; "), c.notice) {
			t.Errorf("%s: notices %q", name, notices)
		}
	}
}

// A machine that really makes pieces, with a counter that is reset, rolls over, is read badly and not read at all: never more is
// counted than was made.
func TestNeverMoreIsCountedThanWasMade(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := MachineCounters{Modulus: 1000, MaxPerMinute: 600}
		var c Counter
		var made int64
		raw, at := int64(r.IntN(1000)), eight
		c.See(raw, at, o)
		for range 400 {
			at = at.Add(time.Second)
			n := int64(r.IntN(3))
			made, raw = made+n, (raw+n)%1000
			switch r.IntN(40) {
			case 0: // reset; just below the top it can't be told from a roll-over
				if raw < 950 {
					raw = 0
				}
			case 1: // nobody reads it
				continue
			case 2: // read wrongly
				c.See(0, at, o)
				continue
			}
			c.See(raw, at, o)
			if c.Total < 0 || c.Total > made {
				t.Fatalf("seed %d: counted %d of %d", seed, c.Total, made)
			}
		}
	}
}

// Kept in a file and read again, a counter counts on.
func TestACounterCountsOnAfterARestart(t *testing.T) {
	w := watch(t)
	w.say("good", int64(100))
	w.say("bad", int64(7))
	w.pass(time.Second)
	w.say("good", int64(104))
	w.pass(time.Second)
	again := NewTracker(w.def, w.Counters())
	again.Feed(TagReading{Tag: "good", Value: int64(110), Good: true, Received: w.now.Add(time.Minute)})
	again.Feed(TagReading{Tag: "bad", Value: int64(8), Good: true, Received: w.now.Add(time.Minute)})
	again.Count()
	e := again.Take()
	if len(e) != 1 || e[0].Produced != 11 || e[0].Rejected != 1 {
		t.Errorf("after the restart %+v", e)
	}
}
