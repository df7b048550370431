package paper

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var update = flag.Bool("update", false, "write the golden files anew")

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }

func atp(minutes int) *time.Time {
	t := at(minutes)
	return &t
}

func dec(s string) *mes.Decimal {
	d := mes.MustDecimal(s)
	return &d
}

var pictures = map[string]mes.Blob{
	strings.Repeat("a", 64): {Hash: strings.Repeat("a", 64), ContentType: "image/png", Content: drawn(func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) })},
	strings.Repeat("b", 64): {Hash: strings.Repeat("b", 64), ContentType: "image/jpeg", Content: drawn(func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) })},
	strings.Repeat("c", 64): {Hash: strings.Repeat("c", 64), ContentType: "image/png", Content: []byte("no picture")},
}

// drawn is a picture of 16 bits, which the writer of PDF does not take as it is.
func drawn(encode func(*bytes.Buffer, image.Image) error) []byte {
	i := image.NewNRGBA64(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		for y := range 200 {
			i.Set(x, y, color.NRGBA64{uint16(x * 200), uint16(y * 300), 0x7000, 0xffff})
		}
	}
	var b bytes.Buffer
	if err := encode(&b, i); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func find(hash string) (mes.Blob, error) {
	if b, ok := pictures[hash]; ok {
		return b, nil
	}
	return mes.Blob{}, mes.NotFound("Picture", hash)
}

// example is a record with one of everything that a page can hold.
func example() mes.LotRecord {
	undecided := mes.VisionView{ID: "V1", Camera: "CAM-40", Lot: "INV200-004396", Operation: "40", Step: "1", Verdict: mes.ResultUndecided, Confidence: mes.MustDecimal("0.71"), Model: "seal-cls 1.9",
		Image: strings.Repeat("a", 64), Predictions: []mes.Prediction{{X: 160, Y: 100, Width: 80, Height: 50, Class: "seal", Confidence: 0.71}}, Match: mes.MatchWaiting, CapturedAt: at(30), ReceivedAt: at(30),
		Overridden: &mes.Override{Decision: mes.DecidePass, By: "quinn", Reason: "Dichtung sitzt, Spiegelung", At: at(33)}}
	late := undecided
	late.ID, late.Match, late.Image, late.Overridden, late.ReceivedAt, late.Predictions = "V2", mes.MatchLate, strings.Repeat("b", 64), nil, at(50), nil
	broken := late
	broken.ID, broken.Image = "V3", strings.Repeat("c", 64)
	r := mes.LotRecord{Hash: strings.Repeat("0123456789abcdef", 4), Content: mes.LotHistory{Format: mes.LotRecordFormat, Site: "HAM", Zone: "Europe/Berlin", Lot: "INV200-004396", Order: "WO-10482",
		Number: 56, Product: "INV-200", Revision: "A", Routing: strings.Repeat("f", 64), Tracking: mes.TrackSerial, Unit: "pcs", Quantity: mes.One, Good: mes.One, Scrapped: mes.Zero,
		Outcome: mes.LotPacked, CreatedBy: "system", CreatedAt: at(-5), StartedAt: atp(0), EndedAt: atp(45),
		Operations: []mes.BuiltOperation{
			{Operation: "20", Name: "Platine montieren", Visit: 1, State: "completed", Station: "ST20", Operator: "olga", QueuedAt: at(-5), StartedAt: atp(0), EndedAt: atp(20), Steps: []mes.BuiltStep{
				{Step: "1", Kind: mes.StepScan, Name: "Steuerplatine", Attempt: 1, Result: mes.ResultPass, Operator: "olga", At: at(1), StartedAt: at(0),
					Components: []mes.BuiltComponent{{Lot: "CB-33871", Material: "CB", Quantity: mes.One, Unit: "pcs", Supplier: "Müller & Söhne", SupplierLot: "PCB-2610-3"}}},
				{Step: "2", Kind: mes.StepDevice, Name: "Schrauben", Attempt: 1, Result: mes.ResultFail, Operator: "olga", Device: "TC-20", Program: 7, At: at(5), StartedAt: at(4), Values: []mes.BuiltValue{
					{Characteristic: "A5", Name: "Winkel 5", Value: mes.MustDecimal("38"), Unit: "°", Lower: dec("45"), Upper: dec("75"), Result: mes.ResultFail}}},
				{Step: "2", Kind: mes.StepDevice, Name: "Schrauben", Attempt: 2, Result: mes.ResultPass, Operator: "olga", Device: "TC-20", Program: 7, At: at(6), StartedAt: at(5), Values: []mes.BuiltValue{
					{Characteristic: "A5", Name: "Winkel 5", Value: mes.MustDecimal("57"), Unit: "°", Lower: dec("45"), Upper: dec("75"), Result: mes.ResultPass},
					{Characteristic: "R", Name: "Isolation", Value: mes.MustDecimal("1240"), Unit: "MΩ", Lower: dec("500"), Result: mes.ResultPass},
					{Characteristic: "L", Name: "Leckstrom", Value: mes.MustDecimal("0.42"), Unit: "µA", Upper: dec("1.00"), Result: mes.ResultPass},
					{Characteristic: "N", Name: "Notiz", Value: mes.MustDecimal("3"), Result: mes.ResultPass}}},
			}},
			{Operation: "40", Name: "Gehäuse schließen", Visit: 1, State: "completed", Station: "ST40", Operator: "olga", QueuedAt: at(20), StartedAt: atp(25), EndedAt: atp(45), Steps: []mes.BuiltStep{
				{Step: "1", Kind: mes.StepVision, Name: "Dichtung", Attempt: 1, Result: mes.ResultUndecided, Operator: "olga", Device: "CAM-40", At: at(30), StartedAt: at(26), Vision: &undecided},
			}},
		},
		Events:   []mes.LotEvent{{Key: "k1", Kind: mes.EntryStarted, Actor: "olga", Station: "ST20", Operation: "20", Visit: 1, Quantity: mes.Zero, At: at(0)}, {Key: "k2", Kind: mes.EntryReviewed, Actor: "quinn", Operation: "40", Visit: 1, Step: "1", Code: "pass", Reason: "Dichtung sitzt", Quantity: mes.Zero, At: at(33)}},
		Verdicts: []mes.VisionView{undecided, late, broken},
		Holds:    []mes.HoldRecord{{ID: "H-0031", Scope: mes.HoldLot, Subject: "INV200-004396", Reason: "Pastencharge 供应 gesperrt", PlacedBy: "quinn", PlacedAt: at(40)}},
		Messages: []mes.ERPMessage{{Key: "WO-10482/INV200-004396/40/1", Kind: "operation_confirmed", Payload: []byte(`{}`), CreatedAt: at(45)}},
		Signatures: []mes.Signature{{ID: "S1", Record: mes.SignedRecord{Noun: mes.SignedReview, ID: "INV200-004396/40/1"}, Meaning: mes.MeaningReviewed, Signer: "quinn", Name: "Quinn Großmann", Method: mes.SignedByPassword,
			At: at(33), Zone: "Europe/Berlin", Hash: strings.Repeat("5", 64), State: mes.SignatureValid},
			{ID: "S2", Record: mes.SignedRecord{Noun: mes.SignedStep, ID: "INV200-004396/20/1/2/2"}, Meaning: mes.MeaningPerformed, Signer: "olga", Name: "Olga Øst", At: at(7), Zone: "Europe/Berlin", Hash: strings.Repeat("6", 64), State: mes.SignatureVoided, Why: "a value came later"}},
		Labour: []mes.RecordLabour{{Operation: "20", Visit: 1, Person: "olga", Millis: 1_260_000, Hours: mes.MustDecimal("0.35")}, {Operation: "40", Visit: 1, Person: "quinn", Millis: 180_000, Hours: mes.MustDecimal("0.05"), Cut: true, Corrected: true}},
		Documents: []mes.RecordDocument{{Kind: mes.DocRouting, ID: "INV-200", Revision: "A", Hash: strings.Repeat("7", 64), Routing: "A", FrozenAt: at(-50)},
			{Kind: mes.DocInstruction, ID: "WI-SEAL", Revision: "3", Hash: strings.Repeat("8", 64), Routing: "A", FrozenAt: at(-50), Read: []mes.RecordReading{{Person: "olga", Hash: strings.Repeat("8", 64), At: at(-400)}}}},
	}, Beside: mes.LotBeside{SiteName: "Werk Hamburg", ProductName: "Wechselrichter 200", State: mes.LotPacked, Names: mes.RecordNames{People: map[string]string{"olga": "Olga Øst", "quinn": "Quinn Großmann"}, Materials: map[string]string{"CB": "Steuerplatine"}},
		Authority:  []mes.Authority{{Operation: "20", Visit: 1, Person: "olga", Need: mes.QualificationNeed{ID: "SCREW", Level: 2}, Held: true}},
		Deliveries: []mes.Delivery{{Key: "WO-10482/INV200-004396/40/1", State: "delivered", DeliveredAt: atp(46)}},
		Runs:       []mes.ArchivedRun{{WorkflowID: "lot/HAM/INV200-004396", RunID: "r", Status: "completed", Events: 88, Blob: strings.Repeat("9", 64), ArchivedAt: at(47)}},
		Releases:   []mes.RecordRelease{{State: mes.RecordOpen, Hash: strings.Repeat("0123456789abcdef", 4), By: "system", At: at(48)}},
	}}
	for i := range 90 {
		r.Beside.Audit = append(r.Beside.Audit, mes.AuditRow{ID: int64(884100 + i), At: at(i / 2), Actor: "olga", Action: "step_completed", Hash: fmt.Sprintf("%064x", i)})
	}
	r.Deviations = r.Deviate()
	return r
}

func lotPDF(t *testing.T, r mes.LotRecord) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Lot(&b, r, find, English); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// textOf reads a PDF's text with poppler, as an inspector's program would.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("pdftotext is not installed: tools/setup/system.sh installs it")
	}
	at := filepath.Join(t.TempDir(), "record.pdf")
	if err := os.WriteFile(at, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "-layout", at, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return string(out)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	at := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(at, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the pages read otherwise than %s; look at them and run with -update:\n%s", at, got)
	}
}

func TestALotsPages(t *testing.T) {
	pdf := lotPDF(t, example())
	if keep := os.Getenv("PAPER_KEEP"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "lot.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := textOf(t, pdf)
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	for i, p := range pages {
		for _, want := range []string{"SHA-256 " + example().Hash, "Lot record HAM / INV200-004396", fmt.Sprintf("Page %d of %d", i+1, len(pages))} {
			if !strings.Contains(p, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
	for _, want := range []string{"Müller & Söhne", "PCB-2610-3", "1240 MΩ", "0.42 µA", "38 °", "≤", "≥ 500", "45 to 75", "Out of limits", "Quinn Großmann (quinn)", "Reviewed", "2026-11-23 09:33:00 CET",
		"Voided, a value", "Olga Øst", "[U+4F9B]", "SCREW level 2 at 20/1: held", "The picture can't be shown", "Gehäuse schließen", "Overridden", "waits for a reviewer"} {
		if !strings.Contains(text, want) {
			t.Errorf("the pages lack %q", want)
		}
	}
	if first, built := strings.Index(text, "Not as planned"), strings.Index(text, "As built"); first < 0 || built < first {
		t.Error("deviations do not come before the record")
	}
	golden(t, "lot.txt", text)
}

// TestARecordInGerman prints everything in German, and the same hash.
func TestARecordInGerman(t *testing.T) {
	defer func(was func(string)) { missed = was }(missed)
	var lacks []string
	missed = func(text string) { lacks = append(lacks, text) }
	r := example()
	var lot, order bytes.Buffer
	if err := errors.Join(Lot(&lot, r, find, German), Order(&order, orderExample(), German)); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("PAPER_KEEP"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "lot-de.pdf"), lot.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(lacks) > 0 {
		slices.Sort(lacks)
		t.Errorf("no German for %q", slices.Compact(lacks))
	}
	text := textOf(t, lot.Bytes())
	for _, want := range []string{"Akte des Loses HAM / INV200-004396", "SHA-256 " + r.Hash, "Nicht wie geplant", "Arbeitszeit", "Gelesen und verstanden von", "Seite 1 von ", "Geprüft", "Hoch", "45 bis 75"} {
		if !strings.Contains(text, want) {
			t.Errorf("the pages lack %q", want)
		}
	}
	for kind := range germanCodes() {
		if german[kind] == "" {
			t.Errorf("no German for the code %q", kind)
		}
	}
	if LanguageOf("", "de-AT,de;q=0.9") != German || LanguageOf("en", "de") != English || LanguageOf("", "fr") != English {
		t.Error("a language is chosen wrongly")
	}
}

// germanCodes are the words of codes that the example can't hold all of.
func germanCodes() map[string]bool {
	out := map[string]bool{}
	for _, k := range mes.DeviationKinds {
		out[word(string(k))] = true
	}
	for _, k := range []string{string(mes.SeverityCritical), string(mes.SeverityHigh), string(mes.SeverityMedium), string(mes.SeverityLow), string(mes.ResultPass), string(mes.ResultFail),
		string(mes.ResultUndecided), string(mes.ResultSilent), string(mes.MeaningPerformed), string(mes.MeaningVerified), string(mes.MeaningReviewed), string(mes.MeaningApproved),
		string(mes.MeaningReleased), string(mes.MeaningAuthored), string(mes.SignatureValid), string(mes.SignatureVoided), string(mes.SignatureForged), string(mes.DocRouting),
		string(mes.DocInstruction)} {
		out[word(k)] = true
	}
	for _, k := range []mes.EntryKind{mes.EntryOpened, mes.EntryStarted, mes.EntryPaused, mes.EntryResumed, mes.EntryStep, mes.EntryAttempt, mes.EntrySilent, mes.EntryRetried, mes.EntryPrinted,
		mes.EntryCompleted, mes.EntryDefect, mes.EntryReviewed, mes.EntryScrapped, mes.EntryMachine, mes.EntryVerdict, mes.EntrySigned, mes.EntryUnsigned, mes.EntryVoided, mes.EntryHeld,
		mes.EntryReleased, mes.EntryReceived, mes.EntryShipped, mes.EntryRebased} {
		out[word(string(k))] = true
	}
	return out
}

func TestTheSameRecordGivesTheSameBytes(t *testing.T) {
	first := lotPDF(t, example())
	for range 5 {
		r := example()
		r.Beside.ReadAt = time.Now()
		if !bytes.Equal(first, lotPDF(t, r)) {
			t.Fatal("two PDFs of one record differ")
		}
	}
	r := example()
	r.Content.Operations[0].Steps[1].Values[0].Value = mes.MustDecimal("39")
	if bytes.Equal(first, lotPDF(t, r)) {
		t.Error("another value gives the same PDF")
	}
}

func orderExample() mes.OrderRecord {
	lot := example()
	r := mes.OrderRecord{Hash: strings.Repeat("d", 64), Content: mes.OrderHistory{Format: mes.OrderRecordFormat, Site: "HAM", Zone: "Europe/Berlin", Order: "WO-10482", Product: "INV-200", Revision: "A", Line: "L1", Unit: "pcs",
		Quantity: mes.Count(3), Good: mes.Count(1), Scrap: mes.Count(1), InProcess: mes.Zero, NotStarted: mes.Count(1), Due: at(5000), CreatedBy: "erp", CreatedAt: at(-60), Outcome: mes.OrderCancelled,
		Lots: []mes.LotLine{{Lot: "INV200-004396", Number: 1, Outcome: mes.LotPacked, Quantity: mes.One, Good: mes.One, Scrapped: mes.Zero, Hash: lot.Hash},
			{Lot: "INV200-004397", Number: 2, Outcome: mes.LotScrapped, Quantity: mes.One, Good: mes.Zero, Scrapped: mes.One, Hash: strings.Repeat("e", 64)}},
		Changes: []mes.OrderCommand{{At: at(40), Action: "cancelled", Actor: "paula", Reason: "Kunde storniert"}}},
		Lots:   []mes.LotSummary{{Lot: "INV200-004396", Deviations: lot.Deviations}, {Lot: "INV200-004397", Deviations: []mes.Deviation{}}},
		Beside: mes.OrderBeside{SiteName: "Werk Hamburg", ProductName: "Wechselrichter 200", State: mes.OrderCancelled}}
	r.Deviations = r.Deviate()
	return r
}

func TestAnOrdersPages(t *testing.T) {
	r, lot := orderExample(), example()
	var b bytes.Buffer
	if err := Order(&b, r, English); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("PAPER_KEEP"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "order.pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := textOf(t, b.Bytes())
	for _, want := range []string{"Balanced", "Kunde storniert", "1 of 2 lots", lot.Hash, "Page 1 of "} {
		if !strings.Contains(text, want) {
			t.Errorf("the pages lack %q", want)
		}
	}
	golden(t, "order.txt", text)
	r.Content.NotStarted = mes.Zero
	b.Reset()
	if err := Order(&b, r, English); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(textOf(t, b.Bytes()), "DOES NOT BALANCE") {
		t.Error("an order that does not balance does not say so")
	}
}

func BenchmarkLot(b *testing.B) {
	r := example()
	b.ReportAllocs()
	for b.Loop() {
		if err := Lot(&bytes.Buffer{}, r, find, English); err != nil {
			b.Fatal(err)
		}
	}
}
