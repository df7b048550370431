package lotroute

// Every change to what a running LotRoute does, in an order that its history can tell, is guarded by a named predicate in
// this file, so that runs which began under an older release replay as they began:
//
//	func asksPrinterTwice(ctx workflow.Context) bool {
//		return workflow.GetVersion(ctx, "asks-printer-twice", workflow.DefaultVersion, 1) == 1
//	}
//
// A predicate is removed together with the last replay fixture of a release that did not know it. There is none yet.
