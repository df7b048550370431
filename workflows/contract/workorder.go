package contract

import (
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// WorkOrderID is the workflow ID of an order.
func WorkOrderID(site, number string) string { return "wo/" + site + "/" + number }

// WorkOrderInput starts or continues a WorkOrder.
type WorkOrderInput struct {
	Site   string `json:"site"`
	Number string `json:"number"`
	Line   string `json:"line"`
	// Answered are the IDs of the updates that were carried out last: the engine forgets them at continue-as-new.
	Answered kit.Recent `json:"answered,omitempty"`
}

// WorkOrderResult is how an order ended.
type WorkOrderResult struct {
	State  mes.OrderState `json:"state"`
	Ledger mes.Ledger     `json:"ledger"`
}

// WorkOrder is one order from its creation to its final confirmation.
var WorkOrder = kit.Workflow[WorkOrderInput, WorkOrderResult]{Name: "WorkOrder"}

// Updates of a WorkOrder. The update ID is the command's Idempotency-Key.
var (
	ReleaseOrder = kit.Update[OrderCommand, OrderAnswer]{Name: "ReleaseOrder"}
	HoldOrder    = kit.Update[OrderCommand, OrderAnswer]{Name: "HoldOrder"}
	ResumeOrder  = kit.Update[OrderCommand, OrderAnswer]{Name: "ResumeOrder"}
	CancelOrder  = kit.Update[OrderCommand, OrderAnswer]{Name: "CancelOrder"}
	ChangeOrder  = kit.Update[ChangeCommand, OrderAnswer]{Name: "ChangeOrder"}
)

// OrderCommand releases, holds, resumes or cancels an order.
type OrderCommand struct {
	Actor  mes.Actor `json:"actor"`
	Reason string    `json:"reason,omitempty"`
}

// By is who gives the command.
func (c OrderCommand) By() mes.Actor { return c.Actor }

// By is who gives the command.
func (c ChangeCommand) By() mes.Actor { return c.Actor }

// OrderStatus asks a WorkOrder for the status that it judges commands by. Screens read SQL instead.
var OrderStatus = kit.Query[mes.OrderStatus]{Name: "status"}

// ChangeCommand changes an order.
type ChangeCommand struct {
	Actor  mes.Actor       `json:"actor"`
	Change mes.OrderChange `json:"change"`
}

// OrderAnswer is the result of an order's update.
type OrderAnswer struct {
	Status mes.OrderStatus `json:"status"`
}

// OrderRequest names an order, with the key of the command that is carried out where there is one.
type OrderRequest struct {
	Key     string           `json:"key,omitempty"`
	Site    string           `json:"site"`
	Number  string           `json:"number"`
	Line    string           `json:"line,omitempty"`
	Command OrderCommandName `json:"command,omitempty"`
	Actor   mes.Actor        `json:"actor,omitzero"`
	Reason  string           `json:"reason,omitempty"`
	Change  *mes.OrderChange `json:"change,omitempty"`
}

// OrderCommandName says which command ApplyOrder stores.
type OrderCommandName string

// The commands that ApplyOrder stores.
const (
	OrderRelease  OrderCommandName = "release"
	OrderHold     OrderCommandName = "hold"
	OrderResume   OrderCommandName = "resume"
	OrderCancel   OrderCommandName = "cancel"
	OrderChange   OrderCommandName = "change"
	OrderComplete OrderCommandName = "complete"
)

// Activities of a WorkOrder.
var (
	LoadOrder  = kit.Activity[OrderRequest, mes.OrderStatus]{Name: "order.Load", Profile: Record}
	ApplyOrder = kit.Activity[OrderRequest, mes.OrderStatus]{Name: "order.Apply", Profile: Record}
	// FillWindow creates lots in the database and starts a LotRoute for each open one.
	FillWindow = kit.Activity[OrderRequest, mes.Fill]{Name: "order.FillWindow", Profile: Batch}
	// AwaitProgress waits on SQL until the window has room or the order is finished.
	AwaitProgress = kit.Activity[OrderRequest, mes.OrderProgress]{Name: "order.AwaitProgress", Profile: Await}
)
