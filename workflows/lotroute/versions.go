package lotroute

import "go.temporal.io/sdk/workflow"

// Every change to what a running LotRoute does, in an order that its history can tell, is guarded by a named predicate in
// this file, so that runs which began under an older release replay as they began:
//
//	func asksPrinterTwice(ctx workflow.Context) bool {
//		return workflow.GetVersion(ctx, "asks-printer-twice", workflow.DefaultVersion, 1) == 1
//	}
//
// A predicate is removed together with the last replay fixture of a release that did not know it.

// asksBeforePrint asks the ledger whether the lot is on hold before its label is printed. Releases up to 0.2 print at once.
func asksBeforePrint(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "asks-before-print", workflow.DefaultVersion, 1) == 1
}
