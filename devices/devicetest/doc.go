// Package devicetest is the conformance suite that every driver passes: [Run] for machines, [RunCamera] for cameras,
// [RunPrinter] for printers. A suite meets the driver only through the ports of package devices, and the device only over
// TCP through a relay that it can cut or turn into a black hole.
//
// A new driver writes a harness around a real server of its protocol and calls the suite.
package devicetest

import (
	"testing"
	"time"
)

// patience is how long the suite waits for what has to happen. It is long, because a machine that runs tests is often busy
// with others; how fast a driver has to be is said where it matters.
const patience = 45 * time.Second

// eventually polls a condition until it holds. It fails the test with what the condition last said was missing.
func eventually(t *testing.T, cond func() (ok bool, missing string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ok, missing := cond()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, missing)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
