package plant

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// CPU is the processor time that parts of a running system have used since their start. Unlike a rate it does not
// depend on what else the machine does.
type CPU struct{ MES, Postgres, Client time.Duration }

// Sub is what was used in between.
func (c CPU) Sub(earlier CPU) CPU {
	return CPU{c.MES - earlier.MES, c.Postgres - earlier.Postgres, c.Client - earlier.Client}
}

// Sum is the whole.
func (c CPU) Sum() time.Duration { return c.MES + c.Postgres + c.Client }

// CPU reads the processor time of `mes`, of PostgreSQL with all its connections, and of this process.
func (p *Plant) CPU() (c CPU, err error) {
	pid, err := PostgresPID(p.DataDir())
	if err != nil {
		return c, err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return c, err
	}
	for _, path := range stats {
		s, ok := readStat(path)
		switch {
		case !ok: // it ended meanwhile
		case s.pid == p.MES().PID():
			c.MES += s.own
		case s.pid == os.Getpid():
			c.Client += s.own
		case s.pid == pid:
			c.Postgres += s.own + s.children
		case s.parent == pid:
			c.Postgres += s.own
		}
	}
	return c, nil
}

type stat struct {
	pid, parent   int
	own, children time.Duration
}

// tick is the unit of the kernel's process times (USER_HZ), 1/100 s on every Linux that Go runs on.
const tick = 10 * time.Millisecond

func readStat(path string) (s stat, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return s, false
	}
	head, rest, found := strings.Cut(string(data), ") ") // the name may hold anything
	f := strings.Fields(rest)
	if !found || len(f) < 15 {
		return s, false
	}
	if _, err := fmt.Sscan(head, &s.pid); err != nil {
		return s, false
	}
	n := func(i int) time.Duration { // fields are numbered from 3 here, see proc_pid_stat(5)
		v, _ := strconv.ParseInt(f[i-3], 10, 64)
		return time.Duration(v) * tick
	}
	s.parent, _ = strconv.Atoi(f[1])
	s.own, s.children = n(14)+n(15), n(16)+n(17)
	return s, true
}
