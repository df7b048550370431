// Package zpl drives label printers that take ZPL over a raw TCP port, usually 9100. The port itself says nothing about
// what happens to a label, so the printer's host status is asked before and after each job.
package zpl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// TagStatus, when mapped to "none", says that the printer does not answer status questions. Then a job counts as printed
// when it is handed over.
const TagStatus = "status"

// checkEvery is the pause between two status questions while nothing is printed; they keep the health true.
const checkEvery = 5 * time.Second

var jobPattern = regexp.MustCompile(`^[A-Za-z0-9._:/#@-]{1,128}$`)

// Options is what all printers of one process share.
type Options struct {
	Logger *slog.Logger
}

// Factory makes devices for a [devices.Hub].
func Factory(o Options) devices.Factory {
	return func(c devices.Config) (devices.Device, error) { return Open(c, o) }
}

// Printer is one label printer. It is a [devices.Printer].
type Printer struct {
	cfg     devices.Config
	profile devices.Profile
	log     *slog.Logger
	cancel  context.CancelFunc
	ctx     context.Context
	done    chan struct{}
	// busy holds one token while a conversation is under way, since a printer's port takes one at a time.
	busy chan struct{}

	mu     sync.Mutex
	health devices.Health
}

var _ devices.Printer = (*Printer)(nil)

// Open starts a printer. It returns at once.
func Open(c devices.Config, o Options) (*Printer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		return nil, &devices.FieldError{Device: c.ID, Field: "address", Problem: "is host:port"}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Printer{cfg: c, profile: c.Profile.WithDefaults(), log: o.Logger.With("device", c.ID, "driver", "zpl"),
		done: make(chan struct{}), busy: make(chan struct{}, 1),
		health: devices.Health{State: devices.Connecting, Since: time.Now()}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	go p.watch()
	return p, nil
}

// Config gives the configuration that the printer was opened with.
func (p *Printer) Config() devices.Config { return p.cfg }

// Health tells whether the printer answered last, and what it complained of.
func (p *Printer) Health() devices.Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.health
}

// Close ends the watch over the printer.
func (p *Printer) Close() error {
	p.cancel()
	<-p.done
	return nil
}

// watch asks for the status now and then, so that an empty roll shows before a label is needed.
func (p *Printer) watch() {
	defer close(p.done)
	t := time.NewTicker(checkEvery)
	defer t.Stop()
	for {
		_ = p.converse(p.ctx, func(l *line) error { return p.ready(l) })
		select {
		case <-p.ctx.Done():
			p.note(devices.ErrClosed)
			return
		case <-t.C:
		}
	}
}

// Print sends one job and waits until the printer has taken it. See [devices.Printer].
func (p *Printer) Print(ctx context.Context, jobID, zpl string) error {
	doc, err := document(jobID, zpl)
	if err != nil {
		return fmt.Errorf("%s: %w", p.cfg.ID, err)
	}
	return p.converse(ctx, func(l *line) error {
		if err := p.ready(l); err != nil {
			return err
		}
		if _, err := io.WriteString(l, doc); err != nil {
			return fmt.Errorf("%w: %v", devices.ErrOutcomeUnknown, err)
		}
		// The printer reads in order, so an answer to a question behind the job says that the job was read.
		if err := p.ready(l); errors.Is(err, devices.ErrNoAnswer) {
			return fmt.Errorf("%w: %v", devices.ErrOutcomeUnknown, err)
		} else if err != nil {
			return err
		}
		return nil
	})
}

// document puts the job ID into the label as a comment, so that a print server in between can tell a repeat.
func document(jobID, zpl string) (string, error) {
	if !jobPattern.MatchString(jobID) {
		return "", fmt.Errorf("job %q: a job ID is 1 to 128 letters, digits and . _ : / # @ -", jobID)
	}
	body := strings.TrimSpace(zpl)
	if !strings.HasPrefix(body, "^XA") || !strings.HasSuffix(body, "^XZ") || strings.Count(body, "^XA") != 1 {
		return "", errors.New("a label starts with ^XA and ends with ^XZ, once")
	}
	if strings.Contains(body, "~") {
		return "", errors.New("a label holds no ~ commands")
	}
	return "^XA^FX job:" + jobID + "^FS" + strings.TrimPrefix(body, "^XA") + "\n", nil
}

// line is one conversation with the printer.
type line struct {
	net.Conn
	r *bufio.Reader
}

// converse opens a connection for one conversation and notes how it went.
func (p *Printer) converse(ctx context.Context, talk func(*line) error) error {
	select {
	case p.busy <- struct{}{}:
		defer func() { <-p.busy }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, p.profile.Timeout.Std())
	defer cancel()
	err := p.dial(ctx, talk)
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.Join(ctx.Err(), err)
	}
	p.note(err)
	if err != nil {
		return fmt.Errorf("%s: %w", p.cfg.ID, err)
	}
	return nil
}

func (p *Printer) dial(ctx context.Context, talk func(*line) error) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", p.cfg.Address)
	if err != nil {
		return fmt.Errorf("%w: %v", devices.ErrNoAnswer, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	return talk(&line{conn, bufio.NewReader(conn)})
}

func (p *Printer) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	state := devices.Connected
	if err != nil && !errors.Is(err, devices.ErrRefused) {
		state = devices.Down
	} else {
		p.health.LastData = now
	}
	if p.health.State != state {
		p.health.State, p.health.Since = state, now
	}
	p.health.LastError = ""
	if err != nil {
		p.health.LastError = err.Error()
	}
}
