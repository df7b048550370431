// Package wiring joins ports to what implements them, where the product and its tests need the same joint.
package wiring

import (
	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/plant"
	"github.com/steelthread/steelthread/internal/witness"
	"github.com/steelthread/steelthread/store"
)

// API is the API's ports as the store implements them. What is not the store's (the workflow engine, addresses, screens) is
// for the caller to set.
func API(s *store.Store) api.Deps {
	return api.Deps{
		Accounts: s.Accounts, Sessions: s.Sessions, Answers: s.Answers, Audits: s.Audits, Plant: s.Plant, Orders: s.Orders, Lots: s.Lots,
		Stations: s.Stations, Scans: s.Stations, Materials: s.Materials, Genealogy: s.Genealogy, Vision: s.Visions, Visions: s.Visions,
		Signatures: s.Signatures, Blobs: s.Blobs, Outboxes: s.Outbox, Archive: s.Archive, Events: s.Events, Records: s.Records,
		Releases: s.Releases, Documents: s.Documents, Changes: s.Changes, Alerts: s.Alerts, Qualifications: s.Qualifications,
		Labour: s.Labour, Files: plant.Files{}, Terminals: s.Terminals, Shifts: s.Shifts, Devices: s.Devices,
		Reviews: s.Reviews, Proof: &witness.Prover{Audits: s.Audits},

		// Reactions.
		Reactions: s.Reactions,

		// Verdicts, models.
		Cameras: s.Visions,

		// Inspection review.
		VerdictReviews: s.VerdictReviews, RuleTrials: s.VerdictReviews, Models: s.Models, StationStops: s.StationStops, VisionEvents: s.VisionEvents,

		// Containment.
		Containments: s.Containments,

		// Statistical process control.
		Charts: s.Charts,

		// Inspection plans, gauges.
		Gauges: s.Gauges, Inspections: s.Inspections, Studies: s.Studies,

		// Nonconformances.

		Nonconformances: s.Nonconformances, DefectCodes: s.DefectCodes, Permits: s.Permits, Costs: s.Costs,

		// Corrective and preventive action.
		CAPAs: s.CAPAs,

		// Recall, split, merge.
		Recalls: s.Recalls,

		// Machines.
		Machines: s.Machines, Stops: s.Machines,

		// Shift calendar, OEE.
		Calendars: s.Calendars, Figures: s.Figures,

		// Telemetry.
		Telemetry: s.Telemetry,

		// Maintenance.
		Maintenances: s.Maintenances,

		// Andon, line board.
		Calls: s.Calls, Boards: s.Boards,

		// Dispatching.
		Dispatching: s.Dispatching,
	}
}
