package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/test/plant"
)

const (
	// benchDevices share one OPC UA server, each with tagsEach tags that change changesASecond times a second.
	benchDevices, tagsEach, changesASecond = 4, 2500, 5
	settleFor, measureFor                  = 15 * time.Second, 30 * time.Second
	weekSeconds                            = 7 * 24 * 3600
)

// controller is an OPC UA server whose nodes all change at once, several times a second. The library's own namespaces can't be
// written while they are read, so it has its own.
type controller struct {
	srv   *server.Server
	port  int
	index uint16
	round atomic.Int64
}

const benchNodes = benchDevices * tagsEach

var _ server.NameSpace = (*controller)(nil)

func openController(ctx context.Context) (*controller, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &controller{port: l.Addr().(*net.TCPAddr).Port}
	if err := l.Close(); err != nil {
		return nil, err
	}
	c.srv = server.New(server.EndPoint("127.0.0.1", c.port), server.EnableSecurity("None", ua.MessageSecurityModeNone), server.EnableAuthMode(ua.UserTokenTypeAnonymous))
	c.srv.AddNamespace(c)
	return c, c.srv.Start(ctx)
}

func (c *controller) Name() string                        { return "urn:steelthread:bench" }
func (c *controller) ID() uint16                          { return c.index }
func (c *controller) SetID(i uint16)                      { c.index = i }
func (c *controller) AddNode(n *server.Node) *server.Node { return n }
func (c *controller) Objects() *server.Node               { return nil }
func (c *controller) Root() *server.Node                  { return nil }
func (c *controller) Node(*ua.NodeID) *server.Node        { return nil }
func (c *controller) Browse(*ua.BrowseDescription) *ua.BrowseResult {
	return &ua.BrowseResult{StatusCode: ua.StatusGood, References: []*ua.ReferenceDescription{}}
}

func (c *controller) SetAttribute(*ua.NodeID, ua.AttributeID, *ua.DataValue) ua.StatusCode {
	return ua.StatusBadNotWritable
}

func (c *controller) Attribute(n *ua.NodeID, a ua.AttributeID) *ua.DataValue {
	switch a {
	case ua.AttributeIDValue:
		now := time.Now()
		return &ua.DataValue{EncodingMask: ua.DataValueValue | ua.DataValueSourceTimestamp | ua.DataValueServerTimestamp,
			Value: ua.MustVariant(float64(n.IntID()) + float64(c.round.Load()%1000)/1000), SourceTimestamp: now, ServerTimestamp: now}
	case ua.AttributeIDDataType:
		return server.DataValueFromValue(ua.NewNumericNodeID(0, uint32(ua.TypeIDDouble)))
	}
	return server.DataValueFromValue(n)
}

// run changes every node at the rate, and beats the server's clock, until ctx ends.
func (c *controller) run(ctx context.Context) {
	nodes := make([]*ua.NodeID, benchNodes)
	for i := range nodes {
		nodes[i] = ua.NewNumericNodeID(c.index, uint32(i+1))
	}
	tick := time.NewTicker(time.Second / changesASecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if c.round.Add(1)%changesASecond == 0 {
			c.srv.ChangeNotification(ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime))
		}
		for _, n := range nodes {
			c.srv.ChangeNotification(n)
		}
	}
}

// definition writes a plant's folder with devices that have these nodes as tags.
func (c *controller) definition(dir string) error {
	from := filepath.Join(plant.Root(), "test", "bench", "plant")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("devices:\n")
	for d := range benchDevices {
		fmt.Fprintf(&b, "  - {id: HB-%d, station: BS10, name: Many tags, driver: opcua, address: \"opc.tcp://127.0.0.1:%d\", history: all, history_limit: 100000, tags: {", d+1, c.port)
		for i := range tagsEach {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "t%05d: \"ns=%d;i=%d\"", d*tagsEach+i, c.index, d*tagsEach+i+1)
		}
		b.WriteString("}}\n")
	}
	return os.WriteFile(filepath.Join(dir, "devices.yaml"), []byte(b.String()), 0o644)
}

// measureTelemetry measures how many values a second come from an OPC UA server into the database, beside what PostgreSQL
// takes by COPY into the same partition, and how long a week of one tag takes to read.
func (r *results) measureTelemetry(ctx context.Context, o options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := openController(ctx)
	if err != nil {
		return err
	}
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "telemetry"), Env: []string{"MES_PROFILE_LISTEN=" + o.profile}})
	if err != nil {
		return err
	}
	defer p.Close()
	folder := filepath.Join(o.dir, "telemetry-plant")
	err = errors.Join(c.definition(folder), p.Import(ctx, folder), p.Down())
	if err == nil {
		err = p.Up(ctx) // an edge reads its devices when it starts
	}
	if err != nil {
		return err
	}
	dsn, err := plant.DatabaseURL(p.DataDir(), "mes")
	if err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close(context.WithoutCancel(ctx))
	h := historianBench{results: r, plant: p, db: db}
	changing, stop := context.WithCancel(ctx)
	go c.run(changing)
	err = h.sustained(ctx)
	stop()
	if err == nil {
		err = h.plainCopy(ctx)
	}
	if err == nil {
		err = h.week(ctx)
	}
	return err
}

type historianBench struct {
	*results
	plant     *plant.Plant
	db        *pgx.Conn
	from, to  time.Time
	sustainer float64 // values a second
}

func (h *historianBench) one(ctx context.Context, sql string, args ...any) (n int64, err error) {
	err = h.db.QueryRow(ctx, sql, args...).Scan(&n)
	return n, err
}

// until polls a count.
func (h *historianBench) until(ctx context.Context, what string, limit time.Duration, sql string, enough func(int64) bool, args ...any) error {
	for deadline := time.Now().Add(limit); ; {
		n, err := h.one(ctx, sql, args...)
		if err != nil || enough(n) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %d after %s", what, n, limit)
		}
		if err := sleep(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

const countValues = "SELECT count(*) FROM tag_value"

// sustained counts what is stored over a time, and how far the storing is behind the receiving at its end.
func (h *historianBench) sustained(ctx context.Context) error {
	err := h.until(ctx, "tags", 40*time.Second, "SELECT count(*) FROM tag WHERE device LIKE 'HB-%'", func(n int64) bool { return n == benchNodes })
	if err == nil {
		err = sleep(ctx, settleFor)
	}
	if err != nil {
		return err
	}
	cpu, err := h.plant.CPU()
	if err != nil {
		return err
	}
	before, err := h.one(ctx, countValues)
	if err != nil {
		return err
	}
	h.from = time.Now()
	if err := sleep(ctx, measureFor); err != nil {
		return err
	}
	h.to = time.Now()
	after, err := h.one(ctx, countValues)
	if err != nil {
		return err
	}
	later, err := h.plant.CPU()
	if err != nil {
		return err
	}
	var behind float64
	if err := h.db.QueryRow(ctx, "SELECT extract(epoch FROM now() - max(received)) FROM tag_value").Scan(&behind); err != nil {
		return err
	}
	n := float64(after - before)
	h.sustainer = n / h.to.Sub(h.from).Seconds()
	used := later.Sub(cpu)
	h.add("values offered by an OPC UA server", benchNodes*changesASecond, "/s", "")
	h.add("values stored, sustained", h.sustainer, "/s", ">= 30000")
	h.add("newest stored value is behind by", behind, "s", "")
	h.add("processor time of 1,000 values, mes", ms(used.MES)/n*1000, "ms", "")
	h.add("processor time of 1,000 values, PostgreSQL", ms(used.Postgres)/n*1000, "ms", "")
	h.add("processor time of 1,000 values, the OPC UA server and the counting", ms(used.Client)/n*1000, "ms", "")
	return nil
}

// plainCopy copies the values that were measured once more, by COPY alone, into the same partition with its index.
func (h *historianBench) plainCopy(ctx context.Context) error {
	var rows bytes.Buffer
	const most = 1_000_000
	_, err := h.db.PgConn().CopyTo(ctx, &rows, fmt.Sprintf("COPY (SELECT * FROM tag_value WHERE received >= '%s' ORDER BY received LIMIT %d) TO STDOUT (FORMAT binary)", h.from.UTC().Format(time.RFC3339Nano), most))
	if err != nil {
		return err
	}
	partition := "tag_value_" + h.from.UTC().Format("20060102")
	began := time.Now()
	tag, err := h.db.PgConn().CopyFrom(ctx, &rows, "COPY "+partition+" FROM STDIN (FORMAT binary)")
	if err != nil {
		return err
	}
	rate := float64(tag.RowsAffected()) / time.Since(began).Seconds()
	h.add("plain COPY into the same indexed partition", rate, "/s", "")
	h.add("stored values against plain COPY", h.sustainer/rate, "", "")
	return nil
}

// week stores a week of one tag at one value a second, lets it be rolled up, and reads it.
func (h *historianBench) week(ctx context.Context) error {
	until := time.Now().UTC().Truncate(time.Minute)
	from := until.Add(-weekSeconds * time.Second)
	for _, q := range []string{
		`INSERT INTO tag (site, device, name, unit, kind) VALUES ('HAM', 'WEEK', 'temperature', '°C', 'number') ON CONFLICT DO NOTHING`,
		fmt.Sprintf(`SELECT telemetry_make(t, d::date) FROM unnest(ARRAY['tag_value', 'tag_minute', 'tag_hour']) t, generate_series('%s'::date, '%s'::date, interval '1 day') d`, from.Format(time.DateOnly), until.Format(time.DateOnly)),
		fmt.Sprintf(`INSERT INTO tag_value (at, received, value, tag, quality) SELECT s, s, 60 + 10 * sin(extract(epoch FROM s) / 5000), t.id, 2 FROM tag t, generate_series('%s'::timestamptz, '%s'::timestamptz - interval '1 second', interval '1 second') s WHERE t.device = 'WEEK'`,
			from.Format(time.RFC3339), until.Format(time.RFC3339)),
		`INSERT INTO tag_dirty SELECT DISTINCT 'minute', date_trunc('minute', v.at), 'HAM', 'WEEK' FROM tag_value v JOIN tag t ON t.id = v.tag WHERE t.device = 'WEEK' ON CONFLICT DO NOTHING`,
		`ANALYZE tag_value`,
	} {
		if _, err := h.db.Exec(ctx, q); err != nil {
			return fmt.Errorf("%w in %s", err, q)
		}
	}
	began := time.Now()
	err := h.until(ctx, "roll-ups", 10*time.Minute, "SELECT count(*) FROM tag_dirty WHERE at < now() - interval '2 hours'", func(n int64) bool { return n == 0 })
	if err != nil {
		return err
	}
	h.add("roll-up of a week of one tag at 1 s", time.Since(began).Seconds(), "s", "")
	id, err := h.one(ctx, "SELECT id FROM tag WHERE device = 'WEEK'")
	if err != nil {
		return err
	}
	if _, err := h.db.Exec(ctx, "ANALYZE tag_minute"); err != nil {
		return err
	}
	api, err := h.plant.Person(ctx, "pl-07")
	if err != nil {
		return err
	}
	q := url.Values{"tag": {fmt.Sprint(id)}, "from": {from.Format(time.RFC3339)}, "until": {until.Format(time.RFC3339)}, "points": {"600"}}
	took, err := medianOf(9, func() (time.Duration, error) {
		began := time.Now()
		var got struct {
			Series []struct{ Points []struct{} }
		}
		err := api.Get(ctx, "/telemetry/series?"+q.Encode(), &got)
		if err == nil && (len(got.Series) != 1 || len(got.Series[0].Points) < 590) {
			err = fmt.Errorf("the week has %+v", got)
		}
		return time.Since(began), err
	})
	if err != nil {
		return err
	}
	h.add("a week of one tag at 1 s (604,800 values), in 600 buckets through the API", ms(took), "ms", "< 150")
	raw, err := medianOf(3, func() (time.Duration, error) {
		began := time.Now()
		_, err := h.db.Exec(ctx, "SELECT date_bin('17 minutes', at, $2), min(value), max(value), avg(value) FROM tag_value WHERE tag = $1 AND at >= $2 AND at < $3 GROUP BY 1", id, from, until)
		return time.Since(began), err
	})
	h.add("the same from raw values, bare query", ms(raw), "ms", "")
	return err
}

// medianOf repeats a measurement after one that warms the caches.
func medianOf(rounds int, measure func() (time.Duration, error)) (time.Duration, error) {
	var all []time.Duration
	for i := range rounds + 1 {
		took, err := measure()
		if err != nil {
			return 0, err
		}
		if i > 0 {
			all = append(all, took)
		}
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
