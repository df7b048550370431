package autopilot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/internal/runfile"
	"github.com/steelthread/steelthread/mes"
)

// Options say whom to play.
type Options struct {
	Run runfile.Run
	// Dir is where the pauses are kept, the data folder.
	Dir string
	// Speed divides the time that people take; 1 is a person's pace.
	Speed float64
	// Orders lets the autopilot also play the ERP: it asks for the demo's orders and for more when they run out.
	Orders bool
	Log    *slog.Logger
}

// The accounts that it plays, as deploy/demo/accounts.yaml has them.
const (
	accountPrefix  = "auto-"
	accountLine    = "auto-1"
	accountStore   = "auto-2"
	accountQuality = "auto-3"
)

// pilot is the autopilot at work.
type pilot struct {
	Options
	line, store, quality, erp *client
	pulse                     *pulse
	pauses                    *pauses
	stock                     *stock
}

// Run plays until ctx ends. It outlasts restarts of the system on the same address.
func Run(ctx context.Context, o Options) error {
	if o.Speed <= 0 {
		o.Speed = 1
	}
	p := &pilot{Options: o, pulse: newPulse(), pauses: newPauses(o.Dir)}
	if err := p.signIn(); err != nil {
		return err
	}
	p.stock = newStock(p.line)
	stations, err := p.stations(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	play := func(name string, every time.Duration, turn func(context.Context) (acted bool, err error)) {
		wg.Go(func() { p.play(ctx, name, every, turn) })
	}
	for _, s := range stations {
		at := &station{pilot: p, operator: p.line.at(p.Run.Terminals[s.ID]), id: s.ID, capacity: s.Capacity}
		play(s.ID, time.Second, at.turn)
	}
	play("quality", 3*time.Second, p.review)
	play("inspection", 3*time.Second, p.inspect)
	play("signing", 3*time.Second, p.verify)
	play("store", 15*time.Second, p.replenish)
	play("shipping", time.Minute, p.ship)
	if o.Orders {
		play("orders", 10*time.Second, p.order)
	}
	wg.Go(func() { p.listen(ctx) })
	wg.Wait()
	return ctx.Err()
}

func (p *pilot) signIn() (err error) {
	person := func(user string) (*client, error) {
		l, ok := p.Run.Login(user)
		if !ok {
			return nil, fmt.Errorf("run.json has no login for %s; the autopilot plays the demo plant", user)
		}
		return newClient(p.Run.URL, l.User, l.Password, "")
	}
	if p.line, err = person(accountLine); err != nil {
		return err
	}
	if p.store, err = person(accountStore); err != nil {
		return err
	}
	if p.quality, err = person(accountQuality); err != nil {
		return err
	}
	p.erp, err = newClient(p.Run.URL, "", "", p.Run.Tokens["erp"])
	return err
}

// stations waits until the plant answers.
func (p *pilot) stations(ctx context.Context) ([]mes.StationView, error) {
	for {
		var page mes.Page[mes.StationView]
		err := p.line.get(ctx, "/stations", &page)
		if err == nil {
			return page.Items, nil
		}
		p.Log.Debug("autopilot waits for the plant", "err", err)
		if !sleep(ctx, time.Second) {
			return nil, ctx.Err()
		}
	}
}

// play repeats a turn: at once after one that did something, else when something changes, at the latest after every.
func (p *pilot) play(ctx context.Context, name string, every time.Duration, turn func(context.Context) (bool, error)) {
	trouble := ""
	for ctx.Err() == nil {
		changed := p.pulse.wait(name)
		acted, err := turn(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != trouble {
			trouble = err.Error()
			p.Log.Info("autopilot", "at", name, "err", err)
		}
		if err != nil {
			if !sleep(ctx, p.pace(2*time.Second)+200*time.Millisecond) {
				return
			}
			continue
		}
		if acted {
			trouble = ""
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-time.After(every):
		}
	}
}

// pace is how long a person takes for something, give or take a quarter.
func (p *pilot) pace(d time.Duration) time.Duration {
	return time.Duration(float64(d) / p.Speed * (0.75 + rand.Float64()/2))
}

// take spends a person's time; false means that ctx has ended.
func (p *pilot) take(ctx context.Context, d time.Duration) bool { return sleep(ctx, p.pace(d)) }

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// ours tells whether an account is one that the autopilot plays.
func ours(account string) bool { return strings.HasPrefix(account, accountPrefix) }

// passing tells that an error may be gone at the next turn: somebody was quicker, or a part of the house is away.
func passing(err error) bool {
	var r *refusal
	return errors.As(err, &r) && (r.Code == string(mes.CodeConflict) || r.Code == string(mes.CodeHeld))
}
