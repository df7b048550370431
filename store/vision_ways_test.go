package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

// pngPicture is a small real picture; n makes it differ from others.
func pngPicture(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4+n, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inForce puts an inspection rule into force for the camera.
func (f *floor) inForce(revision string, checks ...mes.InspectionCheck) {
	f.Helper()
	content, err := json.Marshal(mes.InspectionRule{Title: "Bead", Device: "CAM", Checks: checks})
	f.must(err)
	f.db.Tamper(f.TB, `INSERT INTO document (kind, id, site, name) VALUES ('inspection_rule', 'BEAD', '`+site+`', 'Bead') ON CONFLICT DO NOTHING`,
		`UPDATE document_revision SET state = 'superseded' WHERE id = 'BEAD' AND state = 'effective'`,
		fmt.Sprintf(`INSERT INTO document_revision (kind, id, revision, state, content, hash, authors, changed_by) VALUES ('inspection_rule', 'BEAD', '%s', 'effective', '%s', 'h', '{quality}', 'quality')`, revision, content))
}

func whole(n int) *int { return &n }

var noGap = mes.InspectionCheck{ID: "gap", Class: "gap", MinConfidence: mes.MustDecimal("0.6"), CountMin: whole(0), CountMax: whole(0)}

// The rule in force for the camera counts, with its revision; what the sender said stays beside it.
func TestTheRuleInForceCounts(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	f.inForce("A", noGap)
	p := f.inspected(ps[0], 1)
	r, err := f.Visions.Ingest(f.ctx, verdict(p.id, mes.ResultPass, mes.ShotKey(p.id, p.at)))
	f.must(err)
	v, err := f.Visions.Get(f.ctx, site, r.ID)
	f.must(err)
	if v.Verdict != mes.ResultFail || v.Said != mes.ResultPass || !v.SaidConfidence.Equal(mes.MustDecimal("0.95")) || v.Rule == nil || v.Rule.Rule != "BEAD" || v.Rule.Revision != "A" ||
		v.Rule.Verdict != mes.ResultFail || len(v.Rule.Checks) != 1 || v.Rule.Checks[0].Found != 1 || v.Station != "ST30" || v.ModelVersion != "7" || v.Way != mes.WayREST {
		t.Errorf("stored %+v with rule %+v", v, v.Rule)
	}
	var s mes.VerdictStored
	f.must(json.Unmarshal(f.messages(mes.ToWorkflow, mes.MessageVerdict, 1)[0].Payload, &s))
	if s.Verdict.Result != mes.ResultFail {
		t.Errorf("the workflow is told %+v", s.Verdict)
	}
	facts := f.rows("SELECT kind || ' ' || code || ' ' || lot || ' ' || device || ' ' || station || ' ' || model FROM quality_event")
	if want := "verdict gap " + p.id + " CAM ST30 bead@7"; len(facts) != 1 || facts[0] != want {
		t.Errorf("facts %v, want %s", facts, want)
	}
	f.inForce("B", mes.InspectionCheck{ID: "gap", Class: "gap", MinConfidence: mes.MustDecimal("0.97"), CountMin: whole(0), CountMax: whole(0)})
	late := verdict(ps[1].id, mes.ResultPass, "k2")
	r, err = f.Visions.Ingest(f.ctx, late)
	f.must(err)
	if v, err = f.Visions.Get(f.ctx, site, r.ID); err != nil || v.Verdict != mes.ResultUndecided || v.Rule.Revision != "B" {
		t.Errorf("an unsure gap is %s by %+v", v.Verdict, v.Rule)
	}
	// A camera that tells no findings is taken at its word, and an empty list is a finding.
	word := verdict(ps[2].id, mes.ResultPass, "k3")
	word.Predictions = nil
	empty := verdict(ps[2].id, mes.ResultFail, "k4")
	empty.Predictions = []mes.Prediction{}
	for _, c := range []struct {
		v    mes.VisionResult
		want mes.StepResult
		rule bool
	}{{word, mes.ResultPass, false}, {empty, mes.ResultPass, true}} {
		r, err := f.Visions.Ingest(f.ctx, c.v)
		f.must(err)
		if v, err := f.Visions.Get(f.ctx, site, r.ID); err != nil || v.Verdict != c.want || (v.Rule != nil) != c.rule {
			t.Errorf("%s: %s, rule %v", c.v.Key, v.Verdict, v.Rule)
		}
	}
}

// What is under the step's threshold is undecided in the record, too, with what was said beside it.
func TestUnderTheThresholdIsUndecided(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	unsure := verdict(p.id, mes.ResultPass, "")
	unsure.Confidence = mes.MustDecimal("0.79")
	r, err := f.Visions.Ingest(f.ctx, unsure)
	f.must(err)
	v, err := f.Visions.Get(f.ctx, site, r.ID)
	f.must(err)
	if v.Verdict != mes.ResultUndecided || v.Said != mes.ResultPass || r.Match != mes.MatchWaiting {
		t.Errorf("%s is %+v", r.Match, v)
	}
}

// A sender that names the lot alone means the step at which the lot waits for this camera.
func TestTheStepIsThatOfTheWait(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	v := verdict(p.id, mes.ResultPass, "event-1")
	v.Step, v.Event = "", true
	r, err := f.Visions.Ingest(f.ctx, v)
	f.must(err)
	got, err := f.Visions.Get(f.ctx, site, r.ID)
	f.must(err)
	if r.Match != mes.MatchWaiting || got.Step != "1" || got.Operation != "30" {
		t.Errorf("%s at %s/%s", r.Match, got.Operation, got.Step)
	}
}

// What is about no lot is kept, and a danger is told as one.
func TestWhatIsAboutNoLotIsKept(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for n, kind := range mes.VisionKinds {
		v := mes.VisionResult{Kind: kind, Key: fmt.Sprint(n), Site: site, Camera: "CAM", Code: "no_hardhat", Severity: "high", Event: true, Source: "vision", Way: mes.WayEvents,
			Measured: json.RawMessage(`{"count":4,"text":"a\u0000b"}`), Body: []byte(`{"event_schema":"` + kind + `"}`)}
		r, err := f.Visions.Ingest(f.ctx, v)
		f.must(err)
		want, says := mes.MatchKept, mes.StepResult("")
		switch kind {
		case mes.VisionQuality:
			want, says = mes.MatchUnknown, mes.ResultUndecided
		case mes.VisionSafety:
			says = mes.ResultFail
		}
		got, err := f.Visions.Get(f.ctx, site, r.ID)
		f.must(err)
		raw, err := f.Visions.Raw(f.ctx, site, r.ID)
		f.must(err)
		if r.Match != want || got.Kind != kind || got.Verdict != says || got.Code != "no_hardhat" || !bytes.Equal(raw.Body, v.Body) || len(raw.Hash) != 64 {
			t.Errorf("%s: %s %+v %s", kind, r.Match, got, raw.Body)
		}
	}
	if facts := f.rows("SELECT kind || ' ' || code || ' ' || lot FROM quality_event"); len(facts) != 1 || facts[0] != "safety no_hardhat " {
		t.Errorf("facts %q", facts)
	}
	list, err := f.Visions.List(f.ctx, mes.VisionFilter{Site: site, Kind: mes.VisionCycle})
	f.must(err)
	if len(list.Items) != 1 {
		t.Errorf("%d cycles", len(list.Items))
	}
}

// A picture of people is not stored unless somebody decides so, and the record says that there was one.
func TestPicturesOfPeopleAreNotKept(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	by := mes.Actor{ID: "quality"}
	send := func(n int, kind mes.VisionKind) mes.VisionView {
		r, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Kind: kind, Key: fmt.Sprint(n), Site: site, Camera: "CAM", Event: true, Verdict: mes.ResultPass, Image: pngPicture(t, n), ImageType: "image/png", Source: "x"})
		f.must(err)
		v, err := f.Visions.Get(f.ctx, site, r.ID)
		f.must(err)
		return v
	}
	kept := func(v mes.VisionView, want bool) {
		t.Helper()
		n := f.rows("SELECT count(*)::text FROM blob WHERE hash IN ('" + v.Image + "', '" + v.Dropped + "')")
		if (v.Image != "") != want || (v.Dropped != "") == want || (n[0] == "1") != want {
			t.Errorf("%s: picture %q, dropped %q, blobs %s; kept should be %v", v.Kind, v.Image, v.Dropped, n[0], want)
		}
	}
	kept(send(1, mes.VisionSafety), false)
	kept(send(2, mes.VisionCustom), true)
	c, err := f.Visions.PutCamera(f.ctx, by, site, mes.VisionCamera{Camera: "CAM", Safety: true}, "People walk there.")
	f.must(err)
	kept(send(3, mes.VisionCustom), false)
	yes := true
	c.Keep = &yes
	c, err = f.Visions.PutCamera(f.ctx, by, site, c, "Agreed with the works council.")
	f.must(err)
	kept(send(4, mes.VisionSafety), true)
	_, err = f.Visions.PutCamera(f.ctx, by, site, mes.VisionCamera{Camera: "CAM", Version: 1}, "x")
	f.refused(err, mes.CodeConflict, "somebody else")
	_, err = f.Visions.PutCamera(f.ctx, by, site, mes.VisionCamera{Camera: "NOBODY"}, "x")
	f.refused(err, mes.CodeNotFound, "")
	list, err := f.Visions.Cameras(f.ctx, site)
	f.must(err)
	if len(list) != 1 || list[0].Camera != "CAM" || list[0].Version != 2 || list[0].Keep == nil || list[0].ChangedBy != "quality" {
		t.Errorf("cameras %+v", list)
	}
	if rows := f.rows("SELECT reason FROM audit WHERE action = 'pictures_settled' ORDER BY id"); len(rows) != 2 || rows[1] != "Agreed with the works council." {
		t.Errorf("audit %v", rows)
	}
}

// Many at once, each several times, in any order: each is stored once, and all get an answer.
func TestAFloodIsStoredOnceEach(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	second := storetest.Open(t, f.db) // another process
	lots := f.lots("WO-1", "UNIT", 4)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids, news := map[string]map[string]bool{}, 0
	for n := range 240 {
		key := fmt.Sprint("shot-", n%60)
		v := verdict(lots[n%4].id, []mes.StepResult{mes.ResultPass, mes.ResultFail, mes.ResultUndecided}[n%3], key)
		v.Image = pngPicture(t, n%60)
		wg.Go(func() {
			ledger := f.Visions
			if n%2 == 1 {
				ledger = second.Visions
			}
			r, err := ledger.Ingest(context.Background(), v)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ids[key] == nil {
				ids[key] = map[string]bool{}
			}
			ids[key][r.ID] = true
			if r.Match != mes.MatchDuplicate {
				news++
			}
		})
	}
	wg.Wait()
	for key, of := range ids {
		if len(of) != 1 {
			t.Errorf("%s has the IDs %v", key, of)
		}
	}
	if n := f.rows("SELECT count(*)::text FROM vision_result"); n[0] != "60" || news != 60 {
		t.Errorf("%s rows, %d answers of a first time", n[0], news)
	}
}

// rows reads one text column as the owner.
func (f *floor) rows(sql string) []string {
	f.Helper()
	rows, err := connect(f.TB, f.db.Owner).Query(f.ctx, sql)
	f.must(err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	f.must(err)
	return out
}

// inserter is a program that may insert verdicts and nothing else.
func (f *floor) inserter(name string, devices ...string) *pgx.Conn {
	f.Helper()
	role := fmt.Sprintf("%s_%d", name, time.Now().UnixNano())
	f.db.Tamper(f.TB, "CREATE ROLE "+role+" LOGIN PASSWORD 'x' IN ROLE mes_vision")
	f.Cleanup(func() { f.db.Tamper(f.TB, "DROP ROLE "+role) })
	f.must(f.Accounts.Upsert(f.ctx, mes.Actor{ID: "admin"}, mes.Account{ID: role, Name: role, Kind: mes.AccountService, Site: site, Roles: []mes.Role{mes.RoleVision}, Active: true}))
	if len(devices) > 0 {
		f.must(f.Devices.Bind(f.ctx, mes.Actor{ID: "admin"}, site, role, devices, "the camera moved"))
	}
	c, err := pgx.ParseConfig(f.db.Owner)
	f.must(err)
	c.User, c.Password = role, "x"
	conn, err := pgx.ConnectConfig(f.ctx, c)
	f.must(err)
	f.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestProgramsInsertVerdicts(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	words, err := f.Events.Listen(t.Context())
	f.must(err)
	c := f.inserter("line", "CAM")
	body := `{"inference_id":"i-1","image":{"width":640,"height":480},"predictions":[{"x":1,"y":2,"width":3,"height":4,"confidence":0.9,"class":"gap"}]}`
	_, err = c.Exec(f.ctx, `INSERT INTO mes_in.vision_inbox (site, camera, lot, step, verdict, confidence, body, image, model) VALUES ($1, 'CAM', $2, '1', 'pass', 0.95, $3, $4, 'bead/7')`, site, p.id, body, pngPicture(t, 0))
	f.must(err)
	for e := range words {
		if e.Kind == mes.EventVisionInbox {
			break // the channel's closing would end the loop, and the rest would fail
		}
	}
	for range 2 { // the second look finds nothing to do
		if _, err := f.Visions.TakeInbox(f.ctx, 10); err != nil {
			t.Fatal(err)
		}
	}
	list, err := f.Visions.List(f.ctx, mes.VisionFilter{Site: site})
	f.must(err)
	if len(list.Items) != 1 {
		t.Fatalf("%d results", len(list.Items))
	}
	v := list.Items[0]
	if v.Key != "i-1" || v.Match != mes.MatchWaiting || v.Way != mes.WaySQL || len(v.Predictions) != 1 || v.Image == "" || v.Picture.Width != 4 || !strings.HasPrefix(v.Source, "line_") || v.Model != "bead/7" {
		t.Errorf("%+v", v)
	}
	if left := f.rows("SELECT count(*)::text FROM mes_in.vision_inbox WHERE image IS NOT NULL OR body IS NOT NULL"); left[0] != "0" {
		t.Error("the picture is kept twice")
	}
	done := f.rows("SELECT result || ' ' || match FROM vision_inbox_done")
	if len(done) != 1 || done[0] != v.ID+" matched" {
		t.Errorf("done: %v", done)
	}
}

// A row that can't be used is kept with what is wrong with it, and those after it are taken.
func TestABadRowIsKeptWithItsFaults(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	c, stranger := f.inserter("line", "CAM"), f.inserter("stranger")
	insert := func(c *pgx.Conn, columns, values string, args ...any) {
		t.Helper()
		_, err := c.Exec(f.ctx, "INSERT INTO mes_in.vision_inbox (site, camera, "+columns+") VALUES ('"+site+"', 'CAM', "+values+")", args...)
		f.must(err)
	}
	insert(stranger, "lot", "'U-1'")
	insert(c, "verdict", "'perhaps'")
	insert(c, "kind", "'party'")
	insert(c, "confidence", "97")
	insert(c, "body", "'[]'")
	insert(c, "image", "'text'")
	insert(c, "lot", "$1", strings.Repeat("L", 65))
	insert(c, "lot, step, verdict", "'U-404', '1', 'fail'")
	for n := 1; n > 0; {
		var err error
		n, err = f.Visions.TakeInbox(f.ctx, 3)
		f.must(err)
	}
	faults := f.rows("SELECT fault FROM vision_inbox_done ORDER BY inbox")
	for n, want := range []string{"speaks for", "must be pass, fail or undecided", "kind: must be one of", "confidence: must be from 0 to 1", "neither predictions nor outputs", "neither a PNG nor a JPEG", "longer than 64", ""} {
		if len(faults) != 8 || !strings.Contains(faults[n], want) || (want == "") != (faults[n] == "") {
			t.Fatalf("row %d of %d: %q, want %q", n, len(faults), faults[n], want)
		}
	}
	list, err := f.Visions.List(f.ctx, mes.VisionFilter{Site: site})
	f.must(err)
	if len(list.Items) != 1 || list.Items[0].Match != mes.MatchUnknown || list.Items[0].Lot != "U-404" {
		t.Errorf("results %+v", list.Items)
	}
}

// The role may insert and nothing else: not read, not change, not call, not even what it inserted itself.
func TestTheRoleOfTheInboxMayInsertAndNothingElse(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	c := f.inserter("line", "CAM")
	tables := f.rows("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('mes', 'mes_in')")
	if len(tables) < 40 {
		t.Fatalf("%d tables", len(tables))
	}
	for _, table := range tables {
		for _, sql := range []string{"SELECT count(*) FROM " + table, "DELETE FROM " + table, "TRUNCATE " + table, "LOCK TABLE " + table, "CREATE TRIGGER x BEFORE INSERT ON " + table + " FOR EACH STATEMENT EXECUTE FUNCTION mes.refuse_change()"} {
			if _, err := c.Exec(f.ctx, sql); err == nil {
				t.Errorf("it may: %s", sql)
			}
		}
		if table != "mes_in.vision_inbox" {
			if _, err := c.Exec(f.ctx, "INSERT INTO "+table+" DEFAULT VALUES"); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("insert into %s: %v", table, err)
			}
		}
	}
	for _, sql := range []string{
		"UPDATE mes_in.vision_inbox SET lot = 'x'", "UPDATE mes_in.vision_inbox SET image = NULL",
		"INSERT INTO mes_in.vision_inbox (site, camera) VALUES ('T1', 'CAM') RETURNING id",
		"INSERT INTO mes_in.vision_inbox (site, camera, inserted_by) VALUES ('T1', 'CAM', 'edge')",
		"INSERT INTO mes_in.vision_inbox (site, camera, inserted_at) VALUES ('T1', 'CAM', now())",
		"INSERT INTO mes_in.vision_inbox (id, site, camera) OVERRIDING SYSTEM VALUE VALUES (1, 'T1', 'CAM')",
		"SELECT nextval('mes_in.vision_inbox_id_seq')", "SELECT setval('mes_in.vision_inbox_id_seq', 1)",
		"SELECT mes.audit_append(now(), 'x', 'x', 'x', 'x', 'x', NULL, NULL, 'x', 'x')", "SELECT mes.audit_verify()",
		"CREATE TABLE mes_in.x (a int)", "CREATE TABLE public.x (a int)", "CREATE SCHEMA x", "SET ROLE mes_app", "CREATE ROLE x",
		"ALTER TABLE mes_in.vision_inbox DISABLE TRIGGER ALL", "DROP TABLE mes_in.vision_inbox",
		"COPY mes_in.vision_inbox TO STDOUT",
	} {
		if _, err := c.Exec(f.ctx, sql); err == nil {
			t.Errorf("it may: %s", sql)
		}
	}
	if _, err := c.Exec(f.ctx, "INSERT INTO mes_in.vision_inbox (site, camera) VALUES ('T1', 'CAM')"); err != nil {
		t.Errorf("it may not even insert: %v", err)
	}
}

// A process that died after it had stored a row, and before it noted that, leaves the row to the next, which finds it stored.
func TestARowWhoseProcessDiedIsStoredOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	c := f.inserter("line", "CAM")
	_, err := c.Exec(f.ctx, "INSERT INTO mes_in.vision_inbox (site, camera, lot, step, verdict, key) VALUES ($1, 'CAM', 'U-1', '1', 'pass', 'shot-1')", site)
	f.must(err)
	first, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Key: "shot-1", Site: site, Camera: "CAM", Lot: "U-1", Step: "1", Verdict: mes.ResultPass, Source: "line", Way: mes.WaySQL})
	f.must(err)
	_, err = f.Visions.TakeInbox(f.ctx, 10)
	f.must(err)
	if done := f.rows("SELECT result || ' ' || match FROM vision_inbox_done"); len(done) != 1 || done[0] != first.ID+" duplicate" {
		t.Errorf("done: %v", done)
	}
	if n := f.rows("SELECT count(*)::text FROM vision_result"); n[0] != "1" {
		t.Errorf("%s results", n[0])
	}
}

// Connections die while verdicts come in. Senders send again under their keys, in whatever order; each is stored once.
func TestVerdictsOutliveLostConnections(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	var wg sync.WaitGroup
	cut := make(chan struct{})
	for n := range 80 {
		wg.Go(func() {
			if n == 40 {
				close(cut)
			}
			for tries := 0; ; tries++ {
				v := verdict("U-1", mes.ResultPass, fmt.Sprint("shot-", n))
				v.Image = pngPicture(t, n)
				_, err := f.Visions.Ingest(context.Background(), v)
				if err == nil {
					return
				}
				if mes.CodeOf(err) != mes.CodeUnavailable || tries == 50 {
					t.Errorf("shot %d: %v", n, err)
					return
				}
			}
		})
	}
	<-cut
	for range 3 {
		f.db.Tamper(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mes_app' AND datname = current_database()")
	}
	wg.Wait()
	if n := f.rows("SELECT count(*)::text || ' ' || count(DISTINCT key) || ' ' || count(DISTINCT image) FROM vision_result"); n[0] != "80 80 80" {
		t.Errorf("rows, keys, pictures: %s", n[0])
	}
}
