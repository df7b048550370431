package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

var printerModels = []struct{ id, station string }{{"PR-70", "ST70"}, {"PR-84", "ST84"}}

// Label is one job that a printer has printed.
type Label struct {
	Job string `json:"job"`
	// Fields are the texts of the label's ^FD fields, barcodes included.
	Fields []string  `json:"fields"`
	ZPL    string    `json:"zpl"`
	At     time.Time `json:"at"`
	// Copies counts how often the same job came again. It was printed once.
	Copies int `json:"copies"`
}

// printer is a label printer that understands ZPL on a TCP port.
type printer struct {
	id, station string
	opts        Options
	faults      *faults
	log         *slog.Logger
	ln          net.Listener
	relay       *relay.Relay
	file        *os.File
	wg          sync.WaitGroup

	mu     sync.Mutex
	labels []Label
	byJob  map[string]int
	conns  map[net.Conn]bool
}

func newPrinter(id, station string, o Options, f *faults, port int) (*printer, error) {
	p := &printer{id: id, station: station, opts: o, faults: f, log: o.Logger.With("printer", id),
		byJob: map[string]int{}, conns: map[net.Conn]bool{}}
	if err := p.openFile(); err != nil {
		return nil, err
	}
	var err error
	if p.ln, err = net.Listen("tcp", net.JoinHostPort(o.Host, "0")); err != nil {
		return nil, err
	}
	if p.relay, err = listenRelay(o.Host, port); err != nil {
		return nil, errors.Join(err, p.ln.Close())
	}
	p.relay.Retarget(p.ln.Addr().String())
	p.wg.Go(p.accept)
	return p, nil
}

// openFile reads the labels of earlier runs and goes on behind them.
func (p *printer) openFile() error {
	path := p.opts.path("printers", p.id+".jsonl")
	if f, err := os.Open(path); err == nil {
		dec := json.NewDecoder(f)
		for {
			var l Label
			if dec.Decode(&l) != nil {
				break // a half-written last line is a label that was not printed
			}
			p.byJob[l.Job] = len(p.labels)
			p.labels = append(p.labels, l)
		}
		f.Close()
	}
	var err error
	p.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return err
}

func (p *printer) close() error {
	err := errors.Join(p.relay.Close(), p.ln.Close())
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
	return errors.Join(err, p.file.Close())
}

func (p *printer) accept() {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.conns[c] = true
		p.mu.Unlock()
		p.wg.Go(func() {
			defer func() {
				c.Close()
				p.mu.Lock()
				delete(p.conns, c)
				p.mu.Unlock()
			}()
			if err := p.serve(c); !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				p.log.Debug("connection ended", "error", err)
			}
		})
	}
}

// serve reads one connection until it ends: labels between ^XA and ^XZ, and the status question ~HS.
func (p *printer) serve(c net.Conn) error {
	r := bufio.NewReader(c)
	var buf strings.Builder
	for {
		b, err := r.ReadByte()
		if err != nil {
			return err
		}
		if buf.Len() > 1<<20 {
			return errors.New("a label is longer than a megabyte")
		}
		buf.WriteByte(b)
		text := buf.String()
		switch {
		case strings.HasSuffix(text, "^XZ"):
			if i := strings.Index(text, "^XA"); i >= 0 {
				if err := p.print(text[i:]); err != nil {
					return err
				}
			}
			buf.Reset()
		case strings.HasSuffix(text, "~HS"):
			if err := p.status(c); err != nil {
				return err
			}
			buf.Reset()
			buf.WriteString(strings.TrimSuffix(text, "~HS"))
		}
	}
}

var (
	fieldPattern = regexp.MustCompile(`(?s)\^FD(.*?)\^FS`)
	jobPattern   = regexp.MustCompile(`(?s)\^FX\s*job:\s*(\S+?)\s*\^FS`)
)

// print keeps a label. A job that has been printed before is counted and not printed again.
func (p *printer) print(zpl string) error {
	if p.faults.on(p.id, Silence) || p.faults.on(p.id, PaperOut) {
		return nil
	}
	l := Label{ZPL: zpl, At: time.Now().UTC(), Fields: []string{}}
	for _, m := range fieldPattern.FindAllStringSubmatch(zpl, -1) {
		l.Fields = append(l.Fields, m[1])
	}
	if m := jobPattern.FindStringSubmatch(zpl); m != nil {
		l.Job = m[1]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i, ok := p.byJob[l.Job]; ok && l.Job != "" {
		p.labels[i].Copies++
		return nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := p.file.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("keep label: %w", err)
	}
	p.byJob[l.Job] = len(p.labels)
	p.labels = append(p.labels, l)
	return nil
}

// status answers ~HS with the three strings of a Zebra printer. Of them only paper out is ever set.
func (p *printer) status(w io.Writer) error {
	if p.faults.on(p.id, Silence) {
		return nil
	}
	paper := 0
	if p.faults.on(p.id, PaperOut) {
		paper = 1
	}
	_, err := fmt.Fprintf(w, "\x02030,%d,0,0640,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n", paper)
	return err
}

// printed lists the labels, newest first.
func (p *printer) printed() []Label {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Label, 0, len(p.labels))
	for i := len(p.labels) - 1; i >= 0; i-- {
		out = append(out, p.labels[i])
	}
	return out
}

func (p *printer) config() devices.Config {
	return devices.Config{ID: p.id, Site: p.opts.Site, Station: p.station, Driver: "zpl", Address: p.relay.Addr(),
		Profile: devices.Profile{Name: "zpl", Attempts: 3, Timeout: devices.Duration(3 * time.Second)}}
}
