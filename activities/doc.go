// Package activities is where the workflows' decisions meet the world: one handler per file, in a package per area. Each
// handler says in one line why it is safe to run twice, since the engine runs it at least once. Which failures are tried
// again is decided in one place, contract.Carry; how often, by the activity's profile.
package activities
