package andon

// Every change to what a running Andon does, in an order that its history can tell, is guarded by a named predicate in this
// file, so that runs which began under an older release replay as they began; workflows/lotroute/versions.go shows how.
