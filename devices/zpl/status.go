package zpl

import (
	"fmt"
	"io"
	"strings"

	"github.com/steelthread/steelthread/devices"
)

// status is what of the host status matters to a job (Zebra ZPL II Programming Guide, ~HS).
type status struct {
	paperOut, paused, headOpen, ribbonOut, bufferFull bool
}

// trouble gives the operator's words for what keeps the printer from printing, or nothing.
func (s status) trouble() string {
	var out []string
	for _, t := range []struct {
		on   bool
		word string
	}{{s.paperOut, "no labels"}, {s.ribbonOut, "no ribbon"}, {s.headOpen, "head open"}, {s.paused, "paused"},
		{s.bufferFull, "buffer full"}} {
		if t.on {
			out = append(out, t.word)
		}
	}
	return strings.Join(out, ", ")
}

// ready asks the printer how it is. It fails with ErrNoAnswer, or with ErrRefused and the reason.
func (p *Printer) ready(l *line) error {
	if p.cfg.Tags[TagStatus] == "none" {
		return nil
	}
	if _, err := io.WriteString(l, "~HS"); err != nil {
		return fmt.Errorf("%w: %v", devices.ErrNoAnswer, err)
	}
	s, err := readStatus(l)
	if err != nil {
		return fmt.Errorf("%w: %v", devices.ErrNoAnswer, err)
	}
	if t := s.trouble(); t != "" {
		return fmt.Errorf("%w: %s", devices.ErrRefused, t)
	}
	return nil
}

// readStatus reads the three strings of the answer, each between STX and ETX.
func readStatus(l *line) (status, error) {
	var s status
	first, err := readString(l, 12)
	if err != nil {
		return s, err
	}
	second, err := readString(l, 9)
	if err != nil {
		return s, err
	}
	if _, err := readString(l, 2); err != nil {
		return s, err
	}
	s.paperOut, s.paused, s.bufferFull = first[1] == "1", first[2] == "1", first[5] == "1"
	s.headOpen, s.ribbonOut = second[2] == "1", second[3] == "1"
	return s, nil
}

// readString reads one string of at least n fields.
func readString(l *line, n int) ([]string, error) {
	if _, err := l.r.ReadString('\x02'); err != nil {
		return nil, fmt.Errorf("host status: %w", err)
	}
	text, err := l.r.ReadString('\x03')
	if err != nil {
		return nil, fmt.Errorf("host status: %w", err)
	}
	fields := strings.Split(strings.TrimSuffix(text, "\x03"), ",")
	if len(fields) < n {
		return nil, fmt.Errorf("host status: %d fields, %d are needed", len(fields), n)
	}
	return fields, nil
}
