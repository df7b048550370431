package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/steelthread/steelthread/mes"
)

func (h *house) values(role mes.Role, query string, body []byte) *reply {
	h.t.Helper()
	return h.do(call{method: "POST", path: "~/edge/telemetry" + query, body: string(body), role: role, header: map[string]string{"Content-Type": "application/octet-stream"}})
}

func TestAnEdgeLeavesItsValues(t *testing.T) {
	h := newHouse(t)
	body := mes.FrameRecords([][]byte{[]byte("one"), []byte("two")})
	var got mes.TagTaken
	h.values(mes.RoleEdge, "?node=n1&first=7", body).wants(200).into(&got)
	b := h.telemetry.batches[0]
	if got.Through != 8 || h.telemetry.sites[0] != "HAM" || b.Node != "n1" || b.First != 7 || string(b.Records[1]) != "two" {
		t.Errorf("%+v, %+v", got, b)
	}
	h.values(mes.RoleEdge, "?node=n1&first=7", body[:len(body)-1]).wants(422)
	h.values(mes.RoleEdge, "?node=n1&first=0", body).wants(422)
	h.values(mes.RoleEdge, "?first=1", body).wants(422)
	h.values(mes.RoleEdge, "?node=n1&first=1", make([]byte, mes.MaxTelemetryBody+1)).wants(413)
	h.values(mes.RoleAdmin, "?node=n1&first=1", body).wants(403) // values come from programs only
	if len(h.telemetry.batches) != 1 {
		t.Error("a refused batch was stored")
	}
}

// What is more than can be stored at once is asked to wait: the edge keeps it on its disk.
func TestMoreValuesThanCanBeStoredAreAskedToWait(t *testing.T) {
	h := newHouse(t)
	h.telemetry.hold, h.telemetry.taking = make(chan struct{}), make(chan struct{})
	full := mes.FrameRecords([][]byte{make([]byte, mes.MaxTelemetryBody*9/10)})
	var wg sync.WaitGroup
	for i := range 4 {
		refused := make(chan int, 1)
		wg.Go(func() {
			if got := h.values(mes.RoleEdge, fmt.Sprintf("?node=n%d&first=1", i), full); got.status != 200 {
				refused <- got.status
			}
		})
		select {
		case <-h.telemetry.taking:
		case status := <-refused:
			t.Fatalf("batch %d: %d", i, status)
		}
	}
	h.values(mes.RoleEdge, "?node=n9&first=1", full).wants(429)
	close(h.telemetry.hold)
	wg.Wait()
}

func TestASeriesIsAskedForWithinBounds(t *testing.T) {
	h := newHouse(t)
	h.get(mes.RoleOperator, "~/telemetry/series?tag=1,2&from=2026-11-01T00:00:00Z&until=2026-11-08T00:00:00Z&points=300").wants(200)
	if w := h.telemetry.window; len(w.Tags) != 2 || w.Site != "HAM" || w.Until.Sub(w.From) != 7*24*time.Hour || h.telemetry.points != 300 {
		t.Errorf("asked %+v", w)
	}
	for query, status := range map[string]int{
		"tag=1&from=2026-11-08T00:00:00Z&until=2026-11-01T00:00:00Z": 422, "tag=1&from=0001-01-01T00:00:00Z&until=2026-11-01T00:00:00Z": 422,
		"tag=x&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z": 422, "from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z": 422,
		"tag=1&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z&points=99999": 422, "tag=101&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z": 404,
		"tag=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z": 422,
	} {
		if got := h.get(mes.RoleOperator, "~/telemetry/series?"+query); got.status != status {
			t.Errorf("%s: %d, want %d", query, got.status, status)
		}
	}
	h.get(mes.RoleOperator, "~/telemetry/tags?q=torque").wants(200)
	if got := h.get(mes.RoleOperator, "~/telemetry/tags?format=csv").wants(200); !strings.Contains(string(got.body), "TC-20,,torque") {
		t.Errorf("as a table: %s", got.body)
	}
	h.get(mes.RoleERP, "~/telemetry/tags").wants(403)
}

func TestValuesAreExportedAsCSVAndParquet(t *testing.T) {
	h := newHouse(t)
	at := time.Date(2026, 11, 2, 8, 0, 0, 123456000, time.UTC)
	const n = 2500 // more than one buffer of the file
	for i := range n {
		r := mes.TagRow{Device: "TC-20", Tag: "torque", Unit: "Nm", At: at.Add(time.Duration(i) * time.Second), Received: at, Quality: mes.QualityGood, Value: new(float64(i) / 8)}
		if i == 1 {
			r.Value, r.Quality, r.Source = nil, mes.QualityBad, new(at)
		}
		if i == 2 {
			r.Value, r.Text = nil, "=1+1"
		}
		h.telemetry.rows = append(h.telemetry.rows, r)
	}
	const window = "?tag=1&from=2026-11-02T00:00:00Z&until=2026-11-03T00:00:00Z"
	lines, err := csv.NewReader(bytes.NewReader(h.get(mes.RoleOperator, "~/telemetry/export.csv"+window).wants(200).body)).ReadAll()
	if err != nil || len(lines) != n+1 || lines[1][0] != "2026-11-02T08:00:00.123456Z" || lines[4][4] != "0.375" || lines[2][4] != "" || lines[2][6] != "bad" || lines[2][8] == "" || lines[3][5] == "=1+1" {
		t.Errorf("%d lines, %v, %v", len(lines), lines[:5], err)
	}
	file := h.get(mes.RoleOperator, "~/telemetry/export.parquet"+window).wants(200).body
	rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
	if err != nil || len(rows) != n {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	last := rows[n-1]
	if !rows[0].At.Equal(at) || *rows[3].Value != 0.375 || rows[1].Value != nil || rows[1].Source == nil || *rows[2].Text != "=1+1" || *last.Value != float64(n-1)/8 || last.Unit != "Nm" {
		t.Errorf("rows %+v %+v", rows[:4], last)
	}
	h.get(mes.RoleOperator, "~/telemetry/export.csv?tag=1&from=2026-11-01T00:00:00Z&until=2026-12-03T00:00:00Z").wants(422)
	h.get(mes.RoleOperator, "~/telemetry/export.csv?tag=101&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z").wants(404)
}

// Half a file is never taken for a whole one.
func TestAnExportThatFailsBreaksOff(t *testing.T) {
	h := newHouse(t)
	h.telemetry.rows, h.telemetry.err = []mes.TagRow{{Device: "TC-20"}}, fmt.Errorf("the database is gone")
	defer func() {
		if recover() == nil {
			t.Error("the answer ended as if it were whole")
		}
	}()
	h.get(mes.RoleOperator, "~/telemetry/export.csv?tag=1&from=2026-11-02T00:00:00Z&until=2026-11-03T00:00:00Z")
}
