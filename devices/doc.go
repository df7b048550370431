// Package devices holds the ports through which the rest of the house sees the shop floor: machines that are read,
// written and started, cameras that are triggered, printers that print. It knows no protocol. Drivers live in one
// package per protocol below this one and are made known to a [Hub] as factories.
//
// Four rules hold for every driver and are checked by the conformance suite in devices/devicetest:
//
//   - A value is usable only while its quality is good. Bad or uncertain quality never counts as production.
//   - Health speaks of the age of data, not of the state of a socket.
//   - A write is read, compared, written only when different, and read back.
//   - A command that must not repeat carries a sequence number and gets one attempt; [RunCycle] is safe to run twice.
package devices
