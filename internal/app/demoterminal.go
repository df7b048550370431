package app

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// demoIdle is how long a session at a demo terminal lasts without a touch, in minutes: nobody is to be thrown out while
// they look around.
const demoIdle = 240

// terminals makes a terminal for each station, by which the autopilot and scripts work there, or keeps those of the last
// start while they are valid.
func (d demonstration) terminals(ctx context.Context, site string, equipment []mes.Equipment) (map[string]string, error) {
	known, err := d.store.Terminals.List(ctx, site)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range equipment {
		if e.Level != mes.LevelStation {
			continue
		}
		if t := d.earlier.Terminals[e.ID]; t != "" {
			has, err := d.store.Terminals.ByToken(ctx, auth.HashToken(t))
			if err == nil && has.Station == e.ID {
				out[e.ID] = t
				continue
			}
			if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
				return nil, err
			}
		}
		if out[e.ID], err = d.newTerminal(ctx, site, e.ID, known); err != nil {
			return nil, fmt.Errorf("register a terminal at %s: %w", e.ID, err)
		}
	}
	return out, nil
}

// newTerminal registers one in place of one whose token is lost.
func (d demonstration) newTerminal(ctx context.Context, site, station string, known []mes.Terminal) (string, error) {
	by, name := mes.Actor{ID: "demo"}, "Demo "+station
	for _, t := range known {
		if t.Name == name && t.RevokedAt == nil {
			if _, err := d.store.Terminals.Revoke(ctx, by, site, t.ID, "its token is lost"); err != nil {
				return "", err
			}
		}
	}
	token, hash := auth.NewToken()
	_, err := d.store.Terminals.Register(ctx, by, mes.Terminal{Site: site, Station: station, Name: name, IdleMinutes: demoIdle}, hash, "for the demo plant")
	return token, err
}
