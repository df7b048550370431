// Package plant runs a whole Steelthread for tests and benchmarks: the binary `mes` as its users start it, the simulated
// plant as a separate process beside it, and typed clients for the public API.
//
// It uses nothing of the system's inside. What a test learns, it learns through the API, from the simulator, or by
// reading the records' database; what it breaks, it breaks from outside, with signals and the simulator's fault control.
package plant
