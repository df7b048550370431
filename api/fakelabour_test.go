package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeQualifications keeps what the API hands on.
type fakeQualifications struct {
	mes.Qualifications
	skills  []mes.Skill
	granted []mes.Grant
	matrix  mes.Matrix
	blob    mes.Blob
}

func (f *fakeQualifications) Skills(context.Context) ([]mes.Skill, error) { return f.skills, nil }

func (f *fakeQualifications) Matrix(context.Context, string) (mes.Matrix, error) {
	return f.matrix, nil
}

func (f *fakeQualifications) Grant(_ context.Context, _, _ string, by mes.Actor, g mes.Grant) (mes.Certificate, error) {
	if err := g.Validate(by, monday); err != nil {
		return mes.Certificate{}, err
	}
	f.granted = append(f.granted, g)
	return mes.Certificate{ID: int64(len(f.granted)), Account: g.Account, Skill: g.Skill, Level: g.Level, ExpiresAt: g.ExpiresAt, GivenBy: by.ID}, nil
}

func (f *fakeQualifications) Withdraw(_ context.Context, _, _ string, by mes.Actor, id int64, reason string) (mes.Certificate, error) {
	return mes.Certificate{ID: id, State: mes.CertificateWithdrawn, WithdrawnBy: by.ID, Withdrawal: reason}, nil
}

func (f *fakeQualifications) Evidence(context.Context, string, int64) (mes.Blob, error) {
	return f.blob, nil
}

// fakeLabour notes who was clocked on to what.
type fakeLabour struct {
	mes.Labour
	clocked []mes.Clocking
	by      []mes.Actor
	from    time.Time
}

func (f *fakeLabour) ClockOn(_ context.Context, _, _ string, by mes.Actor, c mes.Clocking) ([]mes.LabourEntry, error) {
	f.clocked, f.by = append(f.clocked, c), append(f.by, by)
	return []mes.LabourEntry{{Account: c.Account, Code: c.Code, Open: true}}, nil
}

func (f *fakeLabour) ClockOff(context.Context, string, string, mes.Actor, mes.Clocking) ([]mes.LabourEntry, error) {
	return nil, nil
}

func (f *fakeLabour) Days(_ context.Context, _, _ string, from time.Time, days int) (mes.LabourDays, error) {
	f.from = from
	return mes.DaysOf([]mes.LabourEntry{{Account: "op", Code: "CLEAN", From: from, To: from.Add(time.Hour), Share: 1, Millis: 3_600_000}}, from, days, from.Location()), nil
}

func (f *fakeLabour) Order(_ context.Context, _, number string) (mes.OrderLabour, error) {
	return mes.OfOrder(number, mes.Count(2), []mes.LabourEntry{{Account: "op", Name: "Op", LabourJob: mes.LabourJob{Order: number, Lot: "L", Operation: "10"}, Millis: 1_800_000}}), nil
}
