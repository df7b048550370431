package contract

import (
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// DocumentRevisionID is the workflow ID of an approved revision that waits for its date.
func DocumentRevisionID(site string, k mes.RevisionKey) string {
	return "doc/" + site + "/" + k.String()
}

// DocumentRevisionInput starts a DocumentRevision.
type DocumentRevisionInput struct {
	Site        string          `json:"site"`
	Revision    mes.RevisionKey `json:"revision"`
	EffectiveOn time.Time       `json:"effective_on"`
}

// DocumentRevision brings an approved revision into force at its date.
var DocumentRevision = kit.Workflow[DocumentRevisionInput, struct{}]{Name: "DocumentRevision"}

// EffectAnswer says when to look again; nil means that nothing is left to do.
type EffectAnswer struct {
	Again *time.Time `json:"again,omitempty"`
}

// TakeEffect brings the revision into force if its date has come.
var TakeEffect = kit.Activity[DocumentRevisionInput, EffectAnswer]{Name: "document.TakeEffect", Profile: Batch}
