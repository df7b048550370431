package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

// historian is a site with recorded values.
type historian struct {
	testing.TB
	*store.Store
	db  storetest.DB
	ctx context.Context
}

func newHistorian(t testing.TB) *historian {
	t.Helper()
	db := storetest.Database(t)
	h := &historian{TB: t, Store: storetest.Open(t, db), db: db, ctx: context.Background()}
	storetest.Seed(t, h.Store)
	return h
}

func (h *historian) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *historian) count(sql string, args ...any) (n int64) {
	h.Helper()
	c, err := pgx.Connect(h.ctx, h.db.Owner)
	h.must(err)
	defer c.Close(h.ctx)
	_, err = c.Exec(h.ctx, "SET search_path = mes")
	h.must(err)
	h.must(c.QueryRow(h.ctx, sql, args...).Scan(&n))
	return n
}

// rollAll rolls up until nothing waits that has ended.
func (h *historian) rollAll() {
	h.Helper()
	for {
		n, err := h.Telemetry.RollUp(h.ctx)
		h.must(err)
		if n == 0 {
			return
		}
	}
}

var torqueTag = mes.RecordedTag{Device: "TC", Name: "torque", Address: "ns=1;s=Torque", Unit: "Nm", Kind: mes.TagNumber}

// record is one record of numbers of one tag, a second apart.
func tagRecord(tag mes.RecordedTag, from time.Time, numbers ...float64) []byte {
	r := mes.TagRecord{Tags: []mes.RecordedTag{tag}}
	for i := range numbers {
		at := from.Add(time.Duration(i) * time.Second)
		r.Values = append(r.Values, mes.TagValue{At: at, Received: at.Add(time.Millisecond), Quality: mes.QualityGood, Number: &numbers[i]})
	}
	return mes.AppendTagRecord(nil, r)
}

func tagBatch(first int64, records ...[]byte) mes.TagBatch {
	return mes.TagBatch{Node: "n1", First: first, Records: records}
}

func TestABatchOfValuesIsStoredOnce(t *testing.T) {
	h := newHistorian(t)
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)
	records := [][]byte{tagRecord(torqueTag, at, 1, 2), tagRecord(torqueTag, at.Add(time.Minute), 3), tagRecord(torqueTag, at.Add(2*time.Minute), 4)}
	take := func(first int64, records ...[]byte) mes.TagTaken {
		t.Helper()
		got, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(first, records...))
		h.must(err)
		return got
	}
	if got := take(1, records[:2]...); got.Through != 2 || got.Values != 3 || got.Again != 0 || got.Lost != 0 {
		t.Errorf("the first batch: %+v", got)
	}
	if got := take(1, records[:2]...); got.Values != 0 || got.Again != 2 || got.Through != 2 {
		t.Errorf("the same again: %+v", got)
	}
	if got := take(2, records[1:]...); got.Values != 1 || got.Again != 1 {
		t.Errorf("half of it again: %+v", got)
	}
	if got := take(1, records[0]); got.Values != 0 || got.Again != 1 {
		t.Errorf("an old one late: %+v", got)
	}
	if n := h.count("SELECT count(*) FROM tag_value"); n != 4 {
		t.Errorf("%d values are stored, want 4", n)
	}
	other := mes.TagBatch{Node: "n2", First: 1, Records: records[:1]}
	if got, err := h.Telemetry.Take(h.ctx, storetest.Site, other); err != nil || got.Values != 2 {
		t.Errorf("another node's numbers are its own: %+v, %v", got, err)
	}
}

// Senders that repeat what was stored but not answered, in any order and from several connections, store each record once.
func TestRepeatedAndReorderedBatchesStoreEachRecordOnce(t *testing.T) {
	h := newHistorian(t)
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)
	var records [][]byte
	for i := range 40 {
		records = append(records, tagRecord(torqueTag, at.Add(time.Duration(i)*time.Second), float64(i)))
	}
	second := storetest.Open(t, h.db) // another process of the API
	var wg sync.WaitGroup
	for first := 0; first < len(records); first += 5 { // in order, each from both processes at once, with an overlap
		from := max(first-3, 0)
		for _, s := range []*store.Store{h.Store, second, h.Store} {
			wg.Go(func() {
				if _, err := s.Telemetry.Take(h.ctx, storetest.Site, tagBatch(int64(from+1), records[from:first+5]...)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if n := h.count("SELECT count(*) FROM tag_value"); n != 40 {
		t.Errorf("%d values are stored, want 40", n)
	}
	if n := h.count("SELECT count(DISTINCT value) FROM tag_value"); n != 40 {
		t.Errorf("%d different values, want 40", n)
	}
	if n := h.count("SELECT count(*) FROM tag"); n != 1 {
		t.Errorf("%d tags, want 1", n)
	}
}

func TestLostAndTornRecordsAreToldOf(t *testing.T) {
	h := newHistorian(t)
	at := time.Now().UTC().Add(-time.Hour)
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, at, 1)))
	h.must(err)
	got, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(5, []byte("no record"), tagRecord(torqueTag, at.Add(time.Second), 2)))
	h.must(err)
	if got.Lost != 3 || got.Torn != 1 || got.Values != 1 || got.Through != 6 {
		t.Errorf("taken %+v", got)
	}
	notices, err := h.Telemetry.Notices(h.ctx, storetest.Site, mes.Paging{})
	h.must(err)
	if notices.Total != 2 {
		t.Errorf("notices %+v", notices)
	}
	alerts, err := h.Alerts.List(h.ctx, mes.AlertFilter{Site: storetest.Site, Kind: mes.AlertTagLost, Open: true})
	h.must(err)
	if alerts.Total != 2 {
		t.Errorf("alerts %+v", alerts.Items)
	}
}

func TestMinutesAndHoursAreRolledUpAndLateValuesRollThemAgain(t *testing.T) {
	h := newHistorian(t)
	hour := time.Now().UTC().Truncate(time.Hour).Add(-3 * time.Hour)
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, hour, 5, 1, 3), tagRecord(torqueTag, hour.Add(time.Minute), 10)))
	h.must(err)
	h.rollAll()
	series := func(width time.Duration) []mes.TagBucket {
		t.Helper()
		tags, err := h.Telemetry.Tags(h.ctx, mes.TagFilter{Site: storetest.Site})
		h.must(err)
		s, err := h.Telemetry.Series(h.ctx, mes.TagWindow{Site: storetest.Site, Tags: []int{tags.Items[0].ID}, From: hour, Until: hour.Add(2 * time.Hour)}, int(2*time.Hour/width))
		h.must(err)
		return s[0].Points
	}
	minutes := series(time.Minute)
	if len(minutes) != 2 || *minutes[0].Min != 1 || *minutes[0].Max != 5 || *minutes[0].Mean != 3 || minutes[0].N != 3 || *minutes[1].Mean != 10 {
		t.Errorf("minutes %+v", minutes)
	}
	if hours := series(time.Hour); len(hours) != 1 || *hours[0].Max != 10 || *hours[0].Mean != 4.75 || !hours[0].At.Equal(hour) {
		t.Errorf("hours %+v", hours)
	}
	if n := h.count("SELECT count(*) FROM tag_hour WHERE first = 5 AND last = 10 AND min = 1 AND max = 10 AND n = 4 AND total = 19"); n != 1 {
		t.Error("the hour's row is not what its values make")
	}

	late := mes.TagRecord{Tags: []mes.RecordedTag{torqueTag}, Values: []mes.TagValue{{At: hour.Add(30 * time.Second), Received: hour.Add(30 * time.Second), Quality: mes.QualityBad}, {At: hour.Add(40 * time.Second),
		Received: hour.Add(40 * time.Second), Quality: mes.QualityGood, Number: new(float64)}}}
	_, err = h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(3, mes.AppendTagRecord(nil, late)))
	h.must(err)
	h.rollAll()
	if n := h.count("SELECT count(*) FROM tag_minute WHERE at = $1 AND n = 4 AND bad = 1 AND min = 0 AND last = 0", hour); n != 1 {
		t.Error("late values did not roll up their minute again")
	}
	if n := h.count("SELECT count(*) FROM tag_hour WHERE n = 5 AND bad = 1 AND min = 0"); n != 1 {
		t.Error("late values did not roll up their hour again")
	}
}

// While values of one minute are stored and rolled up in two processes at once, none is missed in the end.
func TestRollUpsMissNothingThatIsStoredMeanwhile(t *testing.T) {
	h := newHistorian(t)
	second := storetest.Open(t, h.db)
	minute := time.Now().UTC().Truncate(time.Minute).Add(-10 * time.Minute)
	ctx, cancel := context.WithCancel(h.ctx)
	var rollers, writers sync.WaitGroup
	for _, s := range []*store.Store{h.Store, second} {
		rollers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Telemetry.RollUp(h.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const nodes, records = 3, 30
	for n := range nodes {
		writers.Go(func() {
			for i := range records {
				b := mes.TagBatch{Node: fmt.Sprint("node", n), First: int64(i + 1), Records: [][]byte{tagRecord(torqueTag, minute.Add(time.Duration(i)*time.Second), 1)}}
				if _, err := h.Telemetry.Take(h.ctx, storetest.Site, b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	cancel()
	rollers.Wait()
	h.rollAll()
	if n := h.count("SELECT coalesce(sum(n), 0) FROM tag_minute"); n != nodes*records {
		t.Errorf("the minute has %d values, %d were stored", n, nodes*records)
	}
}

// A process that dies within a roll-up leaves the marks, and the next one does it.
func TestARollUpThatIsCutOffIsDoneByTheNext(t *testing.T) {
	h := newHistorian(t)
	minute := time.Now().UTC().Truncate(time.Minute).Add(-10 * time.Minute)
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, minute, 1, 2)))
	h.must(err)
	h.db.Tamper(t, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`,
		`CREATE TRIGGER die BEFORE INSERT ON tag_minute FOR EACH ROW EXECUTE FUNCTION die()`)
	if _, err := h.Telemetry.RollUp(h.ctx); err == nil {
		t.Fatal("the roll-up was not cut off")
	}
	h.db.Tamper(t, `DROP TRIGGER die ON tag_minute`)
	h.rollAll()
	if n := h.count("SELECT count(*) FROM tag_minute WHERE n = 2 AND total = 3"); n != 1 {
		t.Error("the minute was not rolled up after the crash")
	}
}

func TestClocksThatCanNotBeAreNotBelieved(t *testing.T) {
	h := newHistorian(t)
	now := time.Now().UTC()
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, now.AddDate(30, 0, 0), 1), tagRecord(torqueTag, time.Unix(0, 0), 2), tagRecord(torqueTag, now.AddDate(0, -2, 0), 3)))
	h.must(err)
	if n := h.count("SELECT count(*) FROM tag_value WHERE source IS NOT NULL AND at BETWEEN now() - interval '10 minutes' AND now()"); n != 2 {
		t.Errorf("%d values stand at their arrival, want 2", n)
	}
	if n := h.count("SELECT count(*) FROM tag_value WHERE at < now() - interval '50 days' AND source IS NULL"); n != 1 {
		t.Error("an old value is not in its old day")
	}
	alerts, err := h.Alerts.List(h.ctx, mes.AlertFilter{Site: storetest.Site, Kind: mes.AlertTagClock})
	h.must(err)
	if alerts.Total != 1 || !strings.Contains(alerts.Items[0].Text, "edge node") {
		t.Errorf("alerts %+v", alerts.Items)
	}
}

func TestRetentionDropsDaysThatAreRolledUp(t *testing.T) {
	h := newHistorian(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	old := today.AddDate(0, 0, -40)
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, old, 1), tagRecord(torqueTag, today.AddDate(0, 0, -20), 2)))
	h.must(err)
	kept, err := h.Telemetry.Keep(h.ctx, mes.DefaultRetention)
	h.must(err)
	if len(kept.Dropped) != 0 {
		t.Errorf("dropped before the roll-up: %v", kept.Dropped)
	}
	h.rollAll()
	kept, err = h.Telemetry.Keep(h.ctx, mes.DefaultRetention)
	h.must(err)
	if want := "tag_value_" + old.Format("20060102"); len(kept.Dropped) != 1 || kept.Dropped[0] != want {
		t.Errorf("dropped %v, want %s", kept.Dropped, want)
	}
	if n := h.count("SELECT count(*) FROM tag_value"); n != 1 {
		t.Errorf("%d values are left, want 1", n)
	}
	if n := h.count("SELECT count(*) FROM tag_minute"); n != 2 {
		t.Errorf("%d minutes are left, want 2", n)
	}
	if n := h.count("SELECT count(*) FROM audit WHERE noun = 'telemetry' AND action = 'dropped'"); n != 1 {
		t.Error("the audit trail does not tell of the drop")
	}
	// A late value of the dropped day makes it anew.
	got, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(3, tagRecord(torqueTag, old.Add(time.Minute), 3)))
	if err != nil || got.Values != 1 {
		t.Errorf("a late value of a dropped day: %+v, %v", got, err)
	}
}

// The program may make and drop partitions of telemetry, and nothing else.
func TestTheProgramChangesNoSchemaButTelemetrysDays(t *testing.T) {
	h := newHistorian(t)
	_, err := h.Telemetry.Keep(h.ctx, mes.DefaultRetention)
	h.must(err)
	c, err := pgx.Connect(h.ctx, h.db.App)
	h.must(err)
	defer c.Close(h.ctx)
	_, err = c.Exec(h.ctx, "SET search_path = mes")
	h.must(err)
	today := time.Now().UTC().Format("20060102")
	for _, sql := range []string{
		"CREATE TABLE mine (a int)", "DROP TABLE tag_value", "DROP TABLE tag_value_" + today, "TRUNCATE tag_value", "DELETE FROM tag_value", "UPDATE tag_value SET value = 1",
		"SELECT telemetry_make('audit', current_date)", "SELECT telemetry_drop('audit', current_date)", "SELECT telemetry_drop('tag_value', current_date + 1)",
		"SELECT telemetry_make('tag_value', current_date + 30)", "SELECT telemetry_make('tag_value', '1970-01-01')",
	} {
		if _, err := c.Exec(h.ctx, sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
}

func TestARenamedTagKeepsItsHistory(t *testing.T) {
	h := newHistorian(t)
	configure := func(tags string) {
		t.Helper()
		h.db.Tamper(t, `UPDATE device SET config = '{"tags": `+tags+`}' WHERE id = 'TC'`)
	}
	at := time.Now().UTC().Add(-time.Hour)
	configure(`{"torque": "ns=1;s=Torque", "angle": "ns=1;s=Angle"}`)
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, tagRecord(torqueTag, at, 1)))
	h.must(err)
	configure(`{"final_torque": "ns=1;s=Torque", "angle": "ns=1;s=Angle"}`)
	renamed := torqueTag
	renamed.Name = "final_torque"
	_, err = h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(2, tagRecord(renamed, at.Add(time.Second), 2), tagRecord(torqueTag, at.Add(2*time.Second), 3)))
	h.must(err)
	tags, err := h.Telemetry.Tags(h.ctx, mes.TagFilter{Site: storetest.Site})
	h.must(err)
	if tags.Total != 1 || tags.Items[0].Name != "final_torque" {
		t.Fatalf("tags %+v", tags.Items)
	}
	if n := h.count("SELECT count(*) FROM tag_value WHERE tag = $1", tags.Items[0].ID); n != 3 {
		t.Errorf("%d values under the new name, want 3: records made under the old name find it", n)
	}
	if n := h.count("SELECT count(*) FROM audit WHERE noun = 'tag' AND action = 'renamed'"); n != 1 {
		t.Error("the audit trail does not tell of the new name")
	}
	// Two names of one address are two tags as long as both are configured.
	configure(`{"final_torque": "ns=1;s=Torque", "torque_copy": "ns=1;s=Torque"}`)
	twin := torqueTag
	twin.Name = "torque_copy"
	_, err = h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(4, tagRecord(twin, at, 1)))
	h.must(err)
	if n := h.count("SELECT count(*) FROM tag"); n != 2 {
		t.Errorf("%d tags, want 2", n)
	}
}

func TestTheNewestValueHasItsAgeAndAnExportAllValues(t *testing.T) {
	h := newHistorian(t)
	at := time.Now().UTC().Add(-time.Minute).Truncate(time.Microsecond)
	word := mes.RecordedTag{Device: "TC", Name: "state", Kind: mes.TagText}
	r := mes.TagRecord{Tags: []mes.RecordedTag{torqueTag, word}, Values: []mes.TagValue{
		{Tag: 0, At: at, Received: at, Quality: mes.QualityGood, Number: new(2.5)}, {Tag: 1, At: at, Received: at, Quality: mes.QualityGood, Text: "Execute"},
		{Tag: 0, At: at.Add(time.Second), Received: at.Add(time.Second), Source: at.AddDate(0, 0, 1), Quality: mes.QualityUncertain, Number: new(2.6)}}}
	_, err := h.Telemetry.Take(h.ctx, storetest.Site, tagBatch(1, mes.AppendTagRecord(nil, r)))
	h.must(err)
	tags, err := h.Telemetry.Tags(h.ctx, mes.TagFilter{Site: storetest.Site, Paging: mes.Paging{Sort: "name"}})
	h.must(err)
	if len(tags.Items) != 2 || tags.Items[0].Last.Text != "Execute" || *tags.Items[1].Last.Value != 2.6 || tags.Items[1].Last.Quality != mes.QualityUncertain || tags.Items[1].Station != "ST20" {
		t.Fatalf("tags %+v", tags.Items)
	}
	if age := tags.Items[0].Last.AgeS; age < 59 || age > 600 {
		t.Errorf("the age is %v s", age)
	}
	var rows []mes.TagRow
	err = h.Telemetry.Export(h.ctx, mes.TagWindow{Site: storetest.Site, Tags: []int{tags.Items[1].ID, tags.Items[0].ID}, From: at, Until: at.Add(time.Hour)}, func(r *mes.TagRow) error {
		rows = append(rows, *r)
		return nil
	})
	h.must(err)
	if len(rows) != 3 || *rows[0].Value != 2.5 || rows[1].Source == nil || rows[2].Text != "Execute" || rows[2].Value != nil {
		t.Errorf("rows %+v", rows)
	}
	_, err = h.Telemetry.Series(h.ctx, mes.TagWindow{Site: "elsewhere", Tags: []int{tags.Items[0].ID}, From: at, Until: at.Add(time.Hour)}, 10)
	if mes.CodeOf(err) != mes.CodeNotFound {
		t.Errorf("another site's tag: %v", err)
	}
}

// A new device may have thousands of tags; its first batch must be taken well within the sender's time-out.
func TestThousandsOfNewTagsAreMadeAtOnce(t *testing.T) {
	h := newHistorian(t)
	at := time.Now().UTC().Add(-time.Hour)
	var r mes.TagRecord
	for i := range 5000 {
		r.Tags = append(r.Tags, mes.RecordedTag{Device: "TC", Name: fmt.Sprint("t", i), Address: fmt.Sprint("ns=1;i=", i), Kind: mes.TagNumber})
		r.Values = append(r.Values, mes.TagValue{Tag: i, At: at, Received: at, Quality: mes.QualityGood, Number: new(float64(i))})
	}
	// The same tag twice in a record's list: its kind changed within the record.
	r.Tags = append(r.Tags, mes.RecordedTag{Device: "TC", Name: "t1", Address: "ns=1;i=1", Kind: mes.TagText})
	r.Values = append(r.Values, mes.TagValue{Tag: 5000, At: at, Received: at, Quality: mes.QualityGood, Text: "x"})
	ctx, cancel := context.WithTimeout(h.ctx, 20*time.Second)
	defer cancel()
	got, err := h.Telemetry.Take(ctx, storetest.Site, tagBatch(1, mes.AppendTagRecord(nil, r)))
	h.must(err)
	if n := h.count("SELECT count(*) FROM tag"); n != 5000 || got.Values != 5001 {
		t.Errorf("%d tags, taken %+v", n, got)
	}
	if n := h.count("SELECT count(*) FROM tag_value v JOIN tag t ON t.id = v.tag WHERE t.name = 't1'"); n != 2 {
		t.Errorf("%d values of the tag that is there twice", n)
	}
}
