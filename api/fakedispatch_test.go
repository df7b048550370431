package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
)

// fakeDispatching keeps one line and what was asked of it.
type fakeDispatching struct {
	mes.Dispatching
	line  mes.LineDispatch
	log   []mes.DispatchChange
	moves []mes.DispatchMove
	ended []string
}

func (f *fakeDispatching) Line(_ context.Context, _, line string) (mes.LineDispatch, error) {
	if line != f.line.Line {
		return mes.LineDispatch{}, mes.NotFound("Line", line)
	}
	return f.line, nil
}

func (f *fakeDispatching) Move(_ context.Context, _, _ string, by mes.Actor, m mes.DispatchMove) (mes.HandPlace, error) {
	f.moves = append(f.moves, m)
	return mes.HandPlace{ID: 1, Before: m.Before, By: by.ID, Reason: m.Reason}, nil
}

func (f *fakeDispatching) Undo(_ context.Context, _, _, station, lot string, by mes.Actor) error {
	f.ended = append(f.ended, "undo "+station+" "+lot+" "+by.ID)
	return nil
}

func (f *fakeDispatching) Release(_ context.Context, _, _, station, lot string, _ mes.Actor, reason string) error {
	f.ended = append(f.ended, "release "+station+" "+lot+" "+reason)
	return nil
}

func (f *fakeDispatching) Set(_ context.Context, _, _ string, by mes.Actor, s mes.DispatchSetting, _ string) (mes.DispatchSetting, error) {
	s.ChangedBy = by.ID
	return s, s.Validate()
}

func (f *fakeDispatching) Log(context.Context, mes.DispatchLogFilter) (mes.Page[mes.DispatchChange], error) {
	return mes.Page[mes.DispatchChange]{Items: f.log, Total: int64(len(f.log))}, nil
}
