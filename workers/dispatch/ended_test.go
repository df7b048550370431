package dispatch

import (
	"context"
	"errors"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// reviewers notes whose end they were told of.
type reviewers struct {
	mes.Releases
	told []mes.SignedRecord
	fail error
}

func (r *reviewers) Ended(_ context.Context, _ string, of mes.SignedRecord) error {
	r.told = append(r.told, of)
	return r.fail
}

func TestAnEndOpensTheReleaseAfterTheArchive(t *testing.T) {
	gone := Dead(errors.New("the engine has no history of it"))
	for name, c := range map[string]struct {
		archive, releases error
		told              bool
		want              error
	}{
		"archived":                 {nil, nil, true, nil},
		"the run is still open":    {Later(notClosed, "open"), nil, false, Later(notClosed, "open")},
		"history lost":             {gone, nil, true, gone},
		"the database is away":     {nil, errors.New("away"), true, errors.New("away")},
		"nothing to release of it": {nil, mes.NotFound("Lot", "X"), true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reviewers{fail: c.releases}
			d := Ended(func(context.Context, mes.Message) (string, error) { return "1 runs", c.archive }, r)
			_, err := d(t.Context(), messageOf(t, mes.MessageArchiveRun, mes.RunEnded{Noun: "order", Site: "HAM", Subject: "4711"}))
			if (err == nil) != (c.want == nil) || err != nil && err.Error() != c.want.Error() {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if c.told != (len(r.told) == 1) {
				t.Errorf("told of %v", r.told)
			}
			if c.told && r.told[0] != (mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: "4711"}) {
				t.Errorf("told of %v", r.told)
			}
		})
	}
}
