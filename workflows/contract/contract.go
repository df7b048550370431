// Package contract is the agreement between the API, the workflows, the activities and the workers: names, IDs, task
// queues, inputs, results and retry profiles, each a typed value. Whoever changes it breaks a build, not a plant.
//
// Payloads carry IDs and hashes; pictures, curves and documents stay in blob storage.
package contract

import (
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/workflows/kit"
)

// QueueCore is the task queue of workflows and of activities that need only the database.
const QueueCore = "mes"

// QueueDevice is the task queue of the edge role of a site, which alone touches devices.
func QueueDevice(site string) string { return "site." + site + ".device" }

// Search attributes: these five, for ever.
var (
	AttrSite      = temporal.NewSearchAttributeKeyKeyword("Site")
	AttrLine      = temporal.NewSearchAttributeKeyKeyword("Line")
	AttrWorkOrder = temporal.NewSearchAttributeKeyKeyword("WorkOrder")
	AttrLot       = temporal.NewSearchAttributeKeyKeyword("Lot")
	AttrSeverity  = temporal.NewSearchAttributeKeyKeyword("Severity")
)

// Profiles of retries and time-outs.
var (
	// Record is for one database transaction run as a local activity: it outlasts a restart of the database.
	Record = kit.Profile{Name: "record", Attempt: 10 * time.Second, Total: 10 * time.Minute, Initial: 100 * time.Millisecond, Max: 5 * time.Second}
	// Await is for an activity that waits on SQL with heartbeats: a killed worker's wait moves within seconds.
	// Its attempts end by themselves before their time-out, and ask for the next one at once.
	Await = kit.Profile{Name: "await", Attempt: 30 * time.Minute, Total: 365 * 24 * time.Hour, Heartbeat: 8 * time.Second, Initial: 200 * time.Millisecond, Max: 2 * time.Second}
	// Batch is for a database transaction with more than a few rows, and for starting workflows.
	Batch = kit.Profile{Name: "batch", Attempt: time.Minute, Total: 24 * time.Hour, Heartbeat: 20 * time.Second, Initial: 200 * time.Millisecond, Max: 10 * time.Second}
	// Read is for one large read of the database, as of months of defects, with the small write that follows from it.
	Read = kit.Profile{Name: "read", Attempt: 2 * time.Minute, Total: time.Hour, Initial: time.Second, Max: time.Minute}
	// Cycle is for one machine cycle under a sequence handshake. The handshake makes a second attempt safe, so a
	// killed worker's cycle is taken up again; a machine that stays silent ends in a question to the operator.
	Cycle = kit.Profile{Name: "cycle", Attempt: 5 * time.Minute, Total: 10 * time.Minute, Heartbeat: 10 * time.Second, Attempts: 3, Initial: 500 * time.Millisecond, Max: 2 * time.Second}
	// Shot is for asking a camera or a printer, which may be asked twice under the same key.
	Shot = kit.Profile{Name: "shot", Attempt: 10 * time.Second, Total: 40 * time.Second, Attempts: 4, Initial: 500 * time.Millisecond, Max: 5 * time.Second}
)
