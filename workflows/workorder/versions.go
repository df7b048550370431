package workorder

// Every change to what a running WorkOrder does, in an order that its history can tell, is guarded by a named predicate in
// this file, so that runs which began under an older release replay as they began:
//
//	func fillsTwice(ctx workflow.Context) bool {
//		return workflow.GetVersion(ctx, "fills-twice", workflow.DefaultVersion, 1) == 1
//	}
//
// A predicate is removed together with the last replay fixture of a release that did not know it. There is none yet.
