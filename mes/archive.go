package mes

import (
	"context"
	"time"
)

// ArchivedRun is a closed workflow run whose history was exported before the engine forgets it.
type ArchivedRun struct {
	WorkflowID string    `json:"workflow_id"`
	RunID      string    `json:"run_id"`
	Subject    string    `json:"subject"` // order or lot
	Status     string    `json:"status"`  // how the run closed
	Events     int       `json:"events"`
	Blob       string    `json:"blob"` // hash of the history, JSON
	ArchivedAt time.Time `json:"archived_at"`
}

// Archive keeps exported histories; the hash of each is in the audit chain.
type Archive interface {
	// Put stores a run's history once; the same run again changes nothing.
	Put(ctx context.Context, r ArchivedRun, history []byte) (ArchivedRun, error)
	// Runs lists the archived runs of a workflow, oldest first; none is an empty list.
	Runs(ctx context.Context, workflowID string) ([]ArchivedRun, error)
}
