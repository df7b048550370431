package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) visionModelRoutes() {
	handle(s, route{Method: "GET", Path: "/models", ID: "listModels", Group: "vision", Right: policies.VisionRead, Table: true,
		Short: "Versions of vision models, what they are and where they run", Long: "A version appears with its first verdict."},
		func(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.ModelVersion]], error) {
			return whole(s.Models.Versions(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "POST", Path: "/models", ID: "describeModel", Group: "vision", Right: policies.ModelDescribe, Command: true, Noun: mes.NounModel,
		Short: "Describe a model version, take it into use, or retire it"}, s.describeModel)
}

// NewModelVersion describes a version. All fields are stored as they are given.
type NewModelVersion struct {
	Name      string         `json:"name" maxLength:"200"`
	Version   string         `json:"version,omitempty" maxLength:"100"`
	Changes   int            `json:"changes,omitempty" minimum:"0" doc:"As it was read; 0 for a version that is not there yet."`
	State     mes.ModelState `json:"state"`
	Task      string         `json:"task,omitempty" maxLength:"200" doc:"What it looks for."`
	FileHash  string         `json:"file_hash,omitempty" maxLength:"64" doc:"SHA-256 of the model's file."`
	TrainedOn string         `json:"trained_on,omitempty" maxLength:"500" doc:"Data set, with its version."`
	Note      string         `json:"note,omitempty" maxLength:"2000"`
	Runs      []mes.ModelRun `json:"runs,omitempty" maxItems:"100" doc:"Where it runs, and for which cameras."`
	Reason    string         `json:"reason,omitempty" maxLength:"500" doc:"Needed where the state changes."`
}

func (s *Server) describeModel(ctx context.Context, in *struct{ Body NewModelVersion }) (*one[mes.ModelVersion], error) {
	r, b := requestOf(ctx), in.Body
	c := mes.ModelChange{Name: b.Name, Version: b.Version, Changes: b.Changes, State: b.State, Task: b.Task, FileHash: b.FileHash, TrainedOn: b.TrainedOn, Note: b.Note, Runs: b.Runs, Reason: b.Reason}
	r.subject = mes.ModelVersion{Name: b.Name, Version: b.Version}.Title()
	return answer(s.Models.Describe(ctx, r.scopedKey(), r.who.Site, r.actor(), c))
}
