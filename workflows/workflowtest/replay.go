package workflowtest

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// Replay runs every recorded history under testdata/replay through the present code. A history that the code would have
// written otherwise fails: a plant's open runs could not go on after an update. least is how many there must be, so that
// a lost folder is noticed.
func Replay(t *testing.T, least int, register func(worker.WorkflowRegistry)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "replay", "*", "*.json*"))
	if err != nil || len(files) < least {
		t.Fatalf("%d recorded histories, at least %d are expected; %v", len(files), least, err)
	}
	for _, file := range files {
		release := filepath.Base(filepath.Dir(file))
		scenario, _, _ := strings.Cut(filepath.Base(file), ".json")
		t.Run(release+"/"+scenario, func(t *testing.T) { replay(t, file, register) })
	}
}

func replay(t *testing.T, file string, register func(worker.WorkflowRegistry)) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	h, err := client.HistoryFromJSON(r, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	replayer := worker.NewWorkflowReplayer()
	register(replayer)
	if err := replayer.ReplayWorkflowHistory(quiet{}, h); err != nil {
		t.Error(err)
	}
}
