package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// eightD is a report with one of everything that a page can hold.
func eightD() mes.EightD {
	baseline := mes.CAPAReading{From: at(-90 * 24 * 60), Until: at(0), Events: 14, Pieces: mes.Count(3040)}
	reading := mes.CAPAReading{From: at(60), Until: at(90*24*60 + 60), Events: 2, Pieces: mes.Count(9120)}
	k := mes.CAPACriterion{Codes: []string{"SEAL-02"}, Product: "INV-200", Measure: mes.MeasureRate, Target: mes.One, Days: 90, MinPieces: mes.Count(8000), Baseline: &baseline}
	c := mes.CAPA{Site: "HAM", ID: "CAPA-0006", Title: "Undichte Gehäuse an der Dichtung, INV-200", Severity: mes.SeverityHigh, State: mes.CAPAClosed, Source: mes.CAPAByRule, Rule: "R-009", Group: "SEAL-02",
		Product: "INV-200", Codes: []string{"SEAL-02"}, Owner: "qe-02", RaisedBy: "system", RaisedAt: at(0), Why: "Leak rate over 3.0 per 1,000 in 30 days", Iteration: 2, EndedAt: atp(200 * 24 * 60),
		EndReason: "Effective", Links: []mes.CAPALink{{Noun: "hold", Subject: "H-0019", State: "released", Text: "212 units sorted"}, {Noun: "hold", Subject: "H-0021", State: "open", Open: true}}}
	c.Record = mes.CAPARecord{
		Team:        []mes.CAPAMember{{Account: "qe-02", Part: "leads"}, {Account: "pe-03", Part: "process"}},
		Problem:     mes.CAPAProblem{What: "Leaks at the seal", Where: "ST50", Extent: "14 of 3,040", Usual: "0.8 per 1,000", Limits: []mes.IsNot{{Aspect: "where", Is: "corner 3", Not: "corner 1", Difference: "screw order"}}},
		Containment: mes.CAPAContainment{Text: "Held and sorted", Sorted: "212 looked at, 6 leaked"},
		Occurrence:  mes.CAPACause{Whys: []string{"the seal is not pressed", "the housing tilts"}, Text: "The screw order lets the housing tilt", Verified: "Tilt study, 120 units"},
		Escape:      mes.CAPACause{Whys: []string{"the test passed"}, Text: "The clamp sat on corner 3", Verified: "Clamp moved, leak seen"},
		Fishbone:    []mes.FishboneCause{{ID: "a", Category: "method", Text: "screw order", State: "confirmed", Why: "tilt study"}, {ID: "b", Category: "material", Text: "seal too thin", State: "ruled_out", Why: "measured"}},
		Plan:        mes.CAPAPlan{Text: "Chosen over a thicker seal", Criterion: &k},
		Verified:    "0 leaks in 300 units",
		Prevention:  mes.CAPAPrevention{Text: "PFMEA line 41", Similar: []mes.CAPASimilar{{Product: "HK-20", Text: "has no seal"}}, Documents: []mes.CAPADocument{{RevisionKey: mes.RevisionKey{Kind: mes.DocRouting, ID: "INV-200", Revision: "B"}, State: mes.DocEffective, Readers: 3, Read: 3}}},
		Closure:     mes.CAPAClosure{Lessons: "Look at the clamp too", Recognition: "op-117, who saw it first"},
		Effect:      &mes.CAPAEffect{Since: at(60), CheckAt: at(90*24*60 + 60), Outcome: mes.OutcomeEffective, Reading: &reading, ReadAt: atp(90*24*60 + 61), Extended: []mes.CAPAExtension{{At: at(100), Until: at(200), By: "system", Why: "nothing made"}}},
		Done:        map[mes.Discipline]mes.CAPADone{}, Signed: map[mes.CAPASigning]mes.CAPADone{mes.CAPASignVerdict: {By: "pm-01", At: at(90*24*60 + 99)}},
	}
	for d := mes.D1; d <= mes.D8; d++ {
		c.Record.Done[d] = mes.CAPADone{By: "qe-02", At: at(int(d) * 24 * 60)}
	}
	c.Tasks = []mes.CAPATask{{ID: "T3", D: mes.D6, Title: "Screw order 1-5-3-7", Against: mes.CauseOccurrence, Owner: "pe-03", DueAt: at(9999), State: mes.TaskVerified, Note: "program 8", DoneBy: "pe-03", DoneAt: atp(100),
		Verification: "300 tight", VerifiedBy: "qe-05", VerifiedAt: atp(120), Evidence: []mes.CAPAEvidence{{Hash: strings.Repeat("e", 64), Name: "run.pdf"}}}}
	c.Former = []mes.CAPAIteration{{N: 1, EndedAt: at(50), Reason: "Not effective: 30 events in 9000 pieces, 3.333 per 1,000", Record: mes.CAPARecord{Occurrence: mes.CAPACause{Text: "seal batch"}, Escape: mes.CAPACause{Text: "no test"}}}}
	return mes.EightD{CAPA: c, Hash: strings.Repeat("0123456789abcdef", 4), Site: "Hamburg plant", Zone: "Europe/Berlin", Criteria: k.Sentence(), People: map[string]string{"qe-02": "David Okafor", "pm-01": "Pia Meyer"},
		Signatures: []mes.Signature{{ID: "s1", Record: mes.SignedRecord{Noun: mes.SignedCAPA, ID: "CAPA-0006/2/closure"}, N: 1, Meaning: mes.MeaningApproved, Signer: "pm-01", Name: "Pia Meyer", At: at(99), Zone: "Europe/Berlin", State: mes.SignatureValid, Hash: strings.Repeat("d", 64)}},
		Audit:      []mes.AuditRow{{ID: 7, At: at(0), Actor: "system", Action: "opened", Reason: "leaks", Hash: strings.Repeat("b", 64)}}}
}

func TestTheEightDReportShowsAllDisciplines(t *testing.T) {
	var b, again bytes.Buffer
	if err := EightD(&b, eightD()); err != nil {
		t.Fatal(err)
	}
	if err := EightD(&again, eightD()); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the same record gives other bytes: %v", err)
	}
	path := filepath.Join(t.TempDir(), "8d.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("PAPER_KEEP"); keep != "" {
		_ = os.WriteFile(keep, b.Bytes(), 0o644)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not here")
	}
	out, err := exec.Command(tool, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"8D report HAM / CAPA-0006", "Undichte Gehäuse an der Dichtung", "David Okafor (qe-02)", "rule R-009", "D1 Team", "D2 Problem", "14 of 3,040", "corner 3", "D3 Containment",
		"Hold H-0019", "212 looked at", "D4 Root causes", "Why 2", "The screw order lets the housing tilt", "The clamp sat on corner 3", "Ruled out", "D5 Actions chosen", "Criterion of effectiveness: at most 1 event per 1,000 pieces",
		"14 events in 3040 pieces, 4.605 per 1,000", "D6 Actions implemented and verified", "qe-05", "run.pdf", "Effectiveness check", "Verdict: Effective", "Watched longer", "D7 Prevention", "3 of 3", "HK-20", "D8 Closure",
		"op-117, who saw it first", "Round 1 failed", "Not effective: 30 events", "Pia Meyer (pm-01)", "CET", "Audit trail", "Page 1 of"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not stand in the report", want)
		}
	}
}
