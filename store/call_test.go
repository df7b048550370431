package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

var (
	mender  = mes.Actor{ID: "mick"}
	menders = []mes.Role{mes.RoleMaintenance}
)

// andonPlan tells the supervisor by alert and two people by mail after 5 minutes, and the webhook at once.
func andonPlan() mes.AndonPlan {
	p := mes.DefaultAndonPlan()
	p.Kinds[0].CallLadder = mes.CallLadder{
		Respond: []mes.EscalationStep{
			{AfterMin: 0, Role: "maintenance", By: []mes.Channel{mes.ByWebhook}},
			{AfterMin: 5, Role: "supervisor", By: []mes.Channel{mes.ByAlert, mes.ByMail}, Mail: []string{"sam@plant.example", "sue@plant.example"}},
		},
		Resolve: []mes.EscalationStep{{AfterMin: 30, Role: "manager", By: []mes.Channel{mes.ByMail}, Mail: []string{"max@plant.example"}}},
	}
	p.Watches = []mes.MachineWatch{{ID: "down", States: []mes.MachineState{mes.MachineUnplannedDown}, AfterS: 120, Kind: mes.CallMaintenance}}
	return p
}

func andonFloor(t *testing.T) *floor {
	f := newFloor(t)
	_, err := f.Calls.PutPlan(f.ctx, planner, site, andonPlan(), "agreed")
	f.must(err)
	return f
}

func (f *floor) callFrom(station string, kind mes.CallKind) mes.Call {
	f.Helper()
	c, err := f.Calls.Raise(f.ctx, operator, mes.CallRequest{Site: site, Key: f.key(), Station: station, Kind: kind, Text: "it leaks"})
	f.must(err)
	return c
}

// longAgo moves a call's raising back, as if the time had passed.
func (f *floor) longAgo(id string, d time.Duration) {
	f.Helper()
	f.must(f.asOwner(fmt.Sprintf("UPDATE andon_call SET open_at = open_at - interval '%d seconds', raised_at = raised_at - interval '%d seconds' WHERE id = '%s'", int(d.Seconds()), int(d.Seconds()), id)))
}

func (f *floor) look(id string) mes.CallStanding {
	f.Helper()
	out, err := f.Calls.Watch(f.ctx, site, id)
	f.must(err)
	return out
}

// sentTo lists the keys of what waits for a destination.
func (f *floor) sentTo(to mes.Destination) []string {
	f.Helper()
	p, err := f.Outbox.List(f.ctx, mes.MessageFilter{Destination: to, Paging: mes.Paging{Limit: 100}})
	f.must(err)
	var out []string
	for _, m := range p.Items {
		out = append(out, m.Key)
	}
	slices.Sort(out)
	return out
}

func TestACallIsAnsweredAndTheLadderStops(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	c := f.callFrom("ST20", mes.CallMaintenance)
	if c.ID != "CALL-0001" || c.Line != "T1-L1" || c.State != mes.CallOpen || c.Role != mes.RoleMaintenance || !f.raised(mes.AlertCall) {
		t.Fatalf("raised %+v", c)
	}
	_, err := f.Calls.Raise(f.ctx, mender, mes.CallRequest{Site: site, Key: "again", Station: "ST20", Kind: mes.CallMaintenance})
	f.refused(err, mes.CodeConflict, c.ID)
	_, err = f.Calls.Raise(f.ctx, operator, mes.CallRequest{Site: site, Key: "x", Station: "ST99", Kind: mes.CallMaintenance})
	f.refused(err, mes.CodeNotFound, "ST99")
	_, err = f.Calls.Raise(f.ctx, operator, mes.CallRequest{Site: site, Key: "x", Station: "ST20", Kind: "coffee"})
	f.refused(err, mes.CodeUnprocessable, "coffee")
	_, err = f.Calls.Acknowledge(f.ctx, f.key(), site, c.ID, operator, []mes.Role{mes.RoleOperator})
	f.refused(err, mes.CodeForbidden, "maintenance")
	first, err := f.Calls.Acknowledge(f.ctx, "a1", site, c.ID, mender, menders)
	f.must(err)
	again, err := f.Calls.Acknowledge(f.ctx, "a1", site, c.ID, mender, menders)
	f.must(err)
	if first.State != mes.CallAcknowledged || again.Version != first.Version || f.raised(mes.AlertCall) {
		t.Errorf("acknowledged %+v, then %+v", first, again)
	}
	f.longAgo(c.ID, 10*time.Minute)
	if s := f.look(c.ID); s.Next == nil || len(f.sentTo(mes.ToMail)) != 0 {
		t.Errorf("somebody comes, and it was escalated: %+v, %v", s, f.sentTo(mes.ToMail))
	}
	done, err := f.Calls.Resolve(f.ctx, f.key(), site, c.ID, operator, []mes.Role{mes.RoleOperator}, "runs again") // who called may say so
	f.must(err)
	if done.State != mes.CallResolved || done.EndNote != "runs again" || !f.look(c.ID).State.Ended() {
		t.Errorf("resolved %+v", done)
	}
	_, err = f.Calls.Cancel(f.ctx, f.key(), site, c.ID, operator, nil, "oh")
	f.refused(err, mes.CodeConflict, "resolved")
	f.messages(mes.ToArchive, mes.MessageArchiveRun, 1)
	f.callFrom("ST20", mes.CallMaintenance) // the place is free again
}

func TestEachStepIsDoneOnceAndEachReceiverToldOnce(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	c := f.callFrom("ST20", mes.CallMaintenance)
	f.longAgo(c.ID, 31*time.Minute)
	var g sync.WaitGroup
	for range 8 { // workers that think they are alone
		g.Go(func() { _, _ = f.Calls.Watch(f.ctx, site, c.ID) })
	}
	g.Wait()
	base := "andon/T1/CALL-0001/"
	want := []string{base + "resolve/1/max@plant.example", base + "respond/2/sam@plant.example", base + "respond/2/sue@plant.example"}
	if got := f.sentTo(mes.ToMail); !slices.Equal(got, want) {
		t.Errorf("mails %v", got)
	}
	if got := f.sentTo(mes.ToWebhook); !slices.Equal(got, []string{base + "respond/1"}) {
		t.Errorf("webhooks %v", got)
	}
	v, err := f.Calls.Get(f.ctx, site, c.ID)
	f.must(err)
	var kinds []string
	for _, e := range v.Events {
		kinds = append(kinds, e.Kind+" "+e.Step)
	}
	if got := strings.Join(kinds, ","); got != "raised ,escalated respond/1,escalated respond/2,escalated resolve/1" {
		t.Errorf("its story is %s", got)
	}
	if v.NextStep != nil || f.look(c.ID).Next != nil {
		t.Errorf("the ladder has no end: %+v", v.NextStep)
	}
	ms, err := f.Outbox.Lease(f.ctx, mes.ToMail, 10, time.Minute)
	f.must(err)
	var m mes.CallMail
	f.must(json.Unmarshal(ms[0].Payload, &m))
	if m.To != "sam@plant.example" || !strings.Contains(m.Text, "ST20 calls: Maintenance. it leaks, for 5 min since") || !strings.Contains(m.Text, "Nobody is coming yet") {
		t.Errorf("the mail says %+v", m)
	}
	if err := f.asOwner("UPDATE andon_call_event SET kind = 'x'"); err == nil {
		t.Error("a call's story can be rewritten")
	}
}

func TestAnOpenCallKeepsThePlanThatItWasMadeUnder(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	c := f.callFrom("ST20", mes.CallMaintenance)
	p, err := f.Calls.Plan(f.ctx, site)
	f.must(err)
	_, err = f.Calls.PutPlan(f.ctx, planner, site, andonPlan(), "an old one")
	f.refused(err, mes.CodeConflict, "")
	p.Kinds[0].CallLadder = mes.CallLadder{}
	_, err = f.Calls.PutPlan(f.ctx, planner, site, p, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	p, err = f.Calls.PutPlan(f.ctx, planner, site, p, "less noise")
	f.must(err)
	if p.Version != 2 || p.ChangedBy != planner.ID {
		t.Errorf("plan %+v", p)
	}
	f.longAgo(c.ID, 6*time.Minute)
	if f.look(c.ID); len(f.sentTo(mes.ToMail)) != 2 {
		t.Errorf("the call follows the new plan: %v", f.sentTo(mes.ToMail))
	}
	p.Boards = []mes.BoardPlan{{Line: "T1-L1", Stations: []string{"ST99"}}}
	_, err = f.Calls.PutPlan(f.ctx, planner, site, p, "a board")
	f.refused(err, mes.CodeNotFound, "ST99")
}

func (f *floor) change(station string, after mes.MachineState, alarm string) {
	f.Helper()
	f.must(store.ChangeMachine(f.ctx, f.Store, mes.MachineChange{Site: site, Station: station, At: time.Now(), After: after, Alarm: alarm, Text: "pressure too low"}))
}

func (f *floor) openCalls(states ...mes.CallState) []mes.Call {
	f.Helper()
	p, err := f.Calls.List(f.ctx, mes.CallFilter{Site: site, States: states})
	f.must(err)
	return p.Items
}

func TestAMachineCallsWhenItDoesNotRecover(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	f.change("ST20", mes.MachineUnplannedDown, "")
	f.change("ST20", mes.MachineUnplannedDown, "E17") // still down: no second call
	waiting := f.openCalls(mes.CallWaiting)
	if len(waiting) != 1 || waiting[0].Source != mes.CallByMachine || waiting[0].Text != "pressure too low" || f.raised(mes.AlertCall) {
		t.Fatalf("waiting %+v", waiting)
	}
	if s := f.look(waiting[0].ID); s.Next == nil || !s.Next.Equal(waiting[0].OpenAt) {
		t.Errorf("it waits for %+v", s)
	}
	f.change("ST20", mes.MachineRunning, "")
	if got := f.openCalls(mes.CallWaiting); len(got) != 0 || len(f.openCalls()) != 0 {
		t.Errorf("the machine recovered, and it still calls: %+v", got)
	}
	f.change("ST20", mes.MachineUnplannedDown, "")
	id := f.openCalls(mes.CallWaiting)[0].ID
	f.longAgo(id, 121*time.Second)
	if s := f.look(id); s.State != mes.CallOpen || !f.raised(mes.AlertCall) {
		t.Errorf("its time has come: %+v", s)
	}
	f.change("ST20", mes.MachineRunning, "")
	v, err := f.Calls.Get(f.ctx, site, id)
	f.must(err)
	if v.State != mes.CallOpen || v.Events[len(v.Events)-1].Kind != "recovered" {
		t.Errorf("an open call must stand, with a word on the recovery: %+v", v.Events)
	}
}

func TestAPersonNeedNotWaitForTheMachine(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	f.change("ST20", mes.MachineUnplannedDown, "")
	c := f.callFrom("ST20", mes.CallMaintenance)
	if c.State != mes.CallOpen || len(f.openCalls(mes.CallWaiting)) != 0 {
		t.Errorf("%+v beside %+v", c, f.openCalls(mes.CallWaiting))
	}
}

func TestARuleCallsForQuality(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	_, err := f.Reactions.Put(f.ctx, planner, mes.ReactionRule{ID: "ppe", Site: site, Name: "No helmet", Active: true, Kind: mes.QualitySafety, Code: "no_helmet", Group: mes.GroupStation, Count: 1, WindowMin: 10,
		Severity: mes.SeverityCritical, Then: []mes.ReactionKind{mes.ReactAndon}}, "safety")
	f.must(err)
	for _, key := range []string{"s1", "s2"} {
		_, err = f.Visions.Ingest(f.ctx, mes.VisionResult{Kind: mes.VisionSafety, Key: key, Site: site, Camera: "CAM", Code: "no_helmet", Severity: "HIGH", Confidence: mes.One, Source: "CAM", Event: true})
		f.must(err)
	}
	_ = p
	got := f.openCalls(mes.CallOpen)
	if len(got) != 1 || got[0].Kind != mes.CallSafety || got[0].Source != mes.CallByRule || got[0].Station != "ST30" {
		t.Fatalf("calls %+v", got)
	}
	v, err := f.Calls.Get(f.ctx, site, got[0].ID)
	f.must(err)
	if v.Events[len(v.Events)-1].Kind != "again" {
		t.Errorf("the second time is not in its story: %+v", v.Events)
	}
	firings, err := f.Reactions.Firings(f.ctx, mes.FiringFilter{Site: site})
	f.must(err)
	if firings.Items[0].Done[0].Subject != got[0].ID {
		t.Errorf("the rule did %+v", firings.Items[0].Done)
	}
}

func TestCallsRaceForOneStation(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	var g sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 12 {
		key := f.key()
		g.Go(func() {
			_, err := f.Calls.Raise(f.ctx, operator, mes.CallRequest{Site: site, Key: key, Station: "ST20", Kind: mes.CallMaterial})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				taken++
			} else if mes.CodeOf(err) != mes.CodeConflict {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if taken != 1 || len(f.openCalls(mes.CallOpen)) != 1 {
		t.Errorf("%d calls were taken", taken)
	}
}

func TestHowLongPeopleTookIsMeasured(t *testing.T) {
	t.Parallel()
	f := andonFloor(t)
	for _, station := range []string{"ST10", "ST20", "ST30"} {
		c := f.callFrom(station, mes.CallMaintenance)
		f.longAgo(c.ID, 4*time.Minute)
		_, err := f.Calls.Acknowledge(f.ctx, f.key(), site, c.ID, mender, menders)
		f.must(err)
	}
	c := f.callFrom("ST30", mes.CallQuality)
	_, err := f.Calls.Cancel(f.ctx, f.key(), site, c.ID, operator, nil, "a mistake")
	f.must(err)
	times, err := f.Calls.Times(f.ctx, site, mes.Span{From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)})
	f.must(err)
	if len(times) != 3 || times[0].Answered == nil || times[0].Ended != nil {
		t.Fatalf("times %+v", times)
	}
	if took := times[0].Answered.Sub(times[0].Opened); took < 4*time.Minute || took > 5*time.Minute {
		t.Errorf("it took %s", took)
	}
	page, err := f.Calls.List(f.ctx, mes.CallFilter{Site: site, Paging: mes.Paging{Sort: "-response", Limit: 2}})
	f.must(err)
	rest, err := f.Calls.List(f.ctx, mes.CallFilter{Site: site, Paging: mes.Paging{Sort: "-response", Limit: 2, Cursor: page.Next}})
	f.must(err)
	if page.Total != 4 || len(rest.Items) != 2 {
		t.Errorf("pages of %d and %d", len(page.Items), len(rest.Items))
	}
}

func TestTheLastAccidentIsRecorded(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	if _, found, err := f.Calls.Safety(f.ctx, site); err != nil || found {
		t.Fatalf("%v, %v", found, err)
	}
	today := mes.DayOf(time.Now(), time.UTC)
	_, err := f.Calls.RecordSafety(f.ctx, f.key(), site, planner, today.Add(3), "x")
	f.refused(err, mes.CodeUnprocessable, "last_accident")
	_, err = f.Calls.RecordSafety(f.ctx, "s1", site, planner, today.Add(-212), "slipped on oil")
	f.must(err)
	r, err := f.Calls.RecordSafety(f.ctx, "s1", site, planner, today.Add(-212), "slipped on oil")
	f.must(err)
	got, found, err := f.Calls.Safety(f.ctx, site)
	f.must(err)
	if !found || got.LastAccident != r.LastAccident || got.Reason != "slipped on oil" {
		t.Errorf("%+v", got)
	}
	if err := f.asOwner("UPDATE safety_record SET last_accident = last_accident - 1"); err == nil {
		t.Error("a word on an accident can be rewritten")
	}
}
