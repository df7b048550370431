// Package autopilot plays the people of the demo plant: operators at every station, the store, quality, and an ERP that
// asks for more. It is an outsider: it signs in like anybody else and knows nothing but the public API, so whatever it
// does a person can do by hand, and a person can take any station over.
//
// It leaves alone a lot that anybody else has begun or worked on, and stations that are paused for it.
package autopilot
