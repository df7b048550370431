package api

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

type fakeRecords struct {
	lots   []mes.LotRecord
	order  mes.OrderRecord
	broken error // after the first lot of a bundle
}

func (f *fakeRecords) Lot(_ context.Context, _, lot string) (mes.LotRecord, error) {
	for _, r := range f.lots {
		if r.Content.Lot == lot {
			r.Beside.ReadAt = monday
			return r, nil
		}
	}
	return mes.LotRecord{}, mes.NotFound("Lot", lot)
}

func (f *fakeRecords) Order(_ context.Context, _, number string) (mes.OrderRecord, error) {
	if f.order.Content.Order != number {
		return mes.OrderRecord{}, mes.NotFound("Order", number)
	}
	return f.order, nil
}

func (f *fakeRecords) Bundle(ctx context.Context, site, number string, order func(mes.OrderRecord) error, lot func(mes.LotRecord) error) error {
	o, err := f.Order(ctx, site, number)
	if err != nil {
		return err
	}
	if err := order(o); err != nil {
		return err
	}
	for _, r := range f.lots {
		if err := lot(r); err != nil || f.broken != nil {
			return errors.Join(err, f.broken)
		}
	}
	return nil
}

// recorded is a house with an order of two lots.
func recorded(t *testing.T) *house {
	h := newHouse(t)
	h.orders.rows["WO-1"] = mes.Order{Number: "WO-1"}
	for i, lot := range []string{"L1", "L2"} {
		h.records.lots = append(h.records.lots, mes.LotRecord{Hash: fmt.Sprintf("%064x", i+1), Content: mes.LotHistory{Site: "HAM", Zone: "Europe/Berlin", Lot: lot, Order: "WO-1", Quantity: mes.One,
			Good: mes.One, Scrapped: mes.Zero, Outcome: mes.LotPacked, CreatedAt: monday}, Deviations: []mes.Deviation{}, Beside: mes.LotBeside{State: mes.LotPacked}})
	}
	h.records.order = mes.OrderRecord{Hash: strings.Repeat("a", 64), Content: mes.OrderHistory{Site: "HAM", Zone: "Europe/Berlin", Order: "WO-1", Quantity: mes.Count(2), Good: mes.Count(2), CreatedAt: monday}}
	return h
}

func TestRecordsAreTaggedByTheirHash(t *testing.T) {
	h := recorded(t)
	for path, hash := range map[string]string{"~/lots/L1/record": h.records.lots[0].Hash, "~/lots/L1/record.pdf": h.records.lots[0].Hash,
		"~/work-orders/WO-1/record": h.records.order.Hash, "~/work-orders/WO-1/record.pdf": h.records.order.Hash} {
		r := h.get(mes.RoleAuditor, path).wants(200)
		tag := r.header.Get("ETag")
		if !strings.HasPrefix(tag, `"`+hash+"-") || r.header.Get(headerRecordHash) != hash {
			t.Errorf("%s is tagged %s with hash %s", path, tag, r.header.Get(headerRecordHash))
		}
		if again := h.get(mes.RoleAuditor, path); again.header.Get("ETag") != tag {
			t.Errorf("%s read twice is tagged %s and %s", path, tag, again.header.Get("ETag"))
		}
		if strings.HasSuffix(path, ".pdf") {
			if !bytes.HasPrefix(r.body, []byte("%PDF-")) || r.header.Get("Content-Type") != pdfType {
				t.Errorf("%s answers %s", path, r.header.Get("Content-Type"))
			}
			if same := h.do(call{method: "GET", path: path, role: mes.RoleAuditor, header: map[string]string{"If-None-Match": tag}}); same.status != 304 || len(same.body) != 0 {
				t.Errorf("%s known already answers %d", path, same.status)
			}
		}
	}
	before := h.get(mes.RoleAuditor, "~/lots/L1/record").header.Get("ETag")
	h.records.lots[0].Beside.State = mes.LotShipped
	if after := h.get(mes.RoleAuditor, "~/lots/L1/record").header.Get("ETag"); after == before {
		t.Error("what stands beside the record has changed, the tag has not")
	}
}

func TestRecordsAreForThoseWhoMayReadThem(t *testing.T) {
	h := recorded(t)
	for _, path := range []string{"~/lots/L1/record", "~/lots/L1/record.pdf", "~/work-orders/WO-1/record", "~/work-orders/WO-1/record.pdf", "~/work-orders/WO-1/record.zip"} {
		h.get("", path).refused(401, mes.CodeUnauthorized)
		h.get(mes.RoleOperator, path).refused(403, mes.CodeForbidden)
		h.get(mes.RoleQuality, path).wants(200)
		h.get(mes.RoleQuality, strings.NewReplacer("L1", "L9", "WO-1", "WO-9").Replace(path)).refused(404, mes.CodeNotFound)
	}
}

func TestABundleHoldsEveryRecordAndItsSum(t *testing.T) {
	h := recorded(t)
	r := h.get(mes.RoleAuditor, "~/work-orders/WO-1/record.zip").wants(200)
	files := unzip(t, r.body)
	for _, name := range []string{"order-WO-1.json", "order-WO-1.pdf", "lots/L1.json", "lots/L1.pdf", "lots/L2.json", "lots/L2.pdf"} {
		want := fmt.Sprintf("%x  %s\n", sha256.Sum256(files[name]), name)
		if len(files[name]) == 0 || !strings.Contains(string(files["SHA256SUMS"]), want) {
			t.Errorf("%s (%d bytes) is missing or has no sum", name, len(files[name]))
		}
	}
	var lot mes.LotRecord
	if err := json.Unmarshal(files["lots/L2.json"], &lot); err != nil || lot.Content.Lot != "L2" {
		t.Errorf("lots/L2.json: %+v, %v", lot.Content, err)
	}
	if again := h.get(mes.RoleAuditor, "~/work-orders/WO-1/record.zip"); !bytes.Equal(again.body, r.body) {
		t.Error("the same records give another archive")
	}
}

func unzip(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestHalfABundleIsNoBundle(t *testing.T) {
	h := recorded(t)
	h.records.broken = errors.New("the database went away")
	defer func() {
		if recover() == nil {
			t.Error("the connection was not broken off")
		}
	}()
	h.get(mes.RoleAuditor, "~/work-orders/WO-1/record.zip")
}

type fakeReleases struct {
	mes.Releases
	asked []mes.SignedRecord
	rule  mes.RecordRule
	list  mes.ReviewFilter
}

func (f *fakeReleases) Ask(_ context.Context, _, site string, r mes.SignedRecord, by mes.Actor, reason string) (mes.RecordRelease, error) {
	f.asked = append(f.asked, r)
	return mes.RecordRelease{Site: site, Record: r, State: mes.RecordOpen, By: by.ID, Reason: reason}, nil
}

func (f *fakeReleases) List(_ context.Context, q mes.ReviewFilter) (mes.Page[mes.RecordReview], error) {
	f.list = q
	return mes.Page[mes.RecordReview]{Items: []mes.RecordReview{{RecordRelease: mes.RecordRelease{Record: mes.SignedRecord{Noun: mes.SignedLotRecord, ID: "L1"}, State: mes.RecordOpen, Deviations: 3}, Product: "INV-200"}}, Total: 1}, nil
}

func (f *fakeReleases) Rule(context.Context, string) (mes.RecordRule, error) { return f.rule, nil }

func (f *fakeReleases) SetRule(_ context.Context, _, _ string, _ mes.Actor, r mes.RecordRule, _ string) (mes.RecordRule, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	f.rule = r
	return r, nil
}

func TestReleasesAreAskedForAndListed(t *testing.T) {
	h := recorded(t)
	for path, want := range map[string]mes.SignedRecord{"~/lots/L1/record/release": {Noun: mes.SignedLotRecord, ID: "L1"}, "~/work-orders/WO-1/record/release": {Noun: mes.SignedOrderRecord, ID: "WO-1"}} {
		h.releases.asked = nil
		h.do(call{method: "POST", path: path, role: mes.RoleOperator, body: map[string]string{"reason": "x"}}).refused(403, mes.CodeForbidden)
		h.do(call{method: "POST", path: path, role: mes.RoleQuality, body: map[string]string{"reason": "For the customer"}}).wants(200)
		if len(h.releases.asked) != 1 || h.releases.asked[0] != want {
			t.Errorf("%s asked for %+v", path, h.releases.asked)
		}
	}
	r := h.get(mes.RoleQuality, "~/record-releases?state=open&noun=lot_record&sort=-deviations").wants(200)
	if f := h.releases.list; len(f.States) != 1 || f.Noun != mes.SignedLotRecord || f.Sort != "-deviations" || !strings.Contains(string(r.body), "INV-200") {
		t.Errorf("listed by %+v: %s", f, r.body)
	}
	if csv := h.get(mes.RoleQuality, "~/record-releases?format=csv").wants(200); !strings.Contains(string(csv.body), "deviations") {
		t.Errorf("as a table: %s", csv.body)
	}
}

func TestTheRuleForRecords(t *testing.T) {
	h := recorded(t)
	put := func(role mes.Role, body map[string]any) *reply {
		return h.do(call{method: "PUT", path: "~/record-rule", role: role, body: body})
	}
	good := map[string]any{"lots": true, "orders": false, "release_before_ship": true, "due_hours": 48, "reason": "Customer asks"}
	put(mes.RoleSupervisor, good).refused(403, mes.CodeForbidden)
	put(mes.RoleQuality, good).wants(200)
	if r := h.get(mes.RoleAuditor, "~/record-rule").wants(200); !strings.Contains(string(r.body), `"due_hours":48`) {
		t.Errorf("the rule is %s", r.body)
	}
	bad := map[string]any{"lots": false, "orders": false, "release_before_ship": true, "due_hours": 0, "reason": "x"}
	if e := put(mes.RoleQuality, bad); e.status != 422 || !strings.Contains(string(e.body), "due_hours") || !strings.Contains(string(e.body), "release_before_ship") {
		t.Errorf("answered %d %s", e.status, e.body)
	}
}
