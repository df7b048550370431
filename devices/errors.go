package devices

import "errors"

// The ways in which a device can fail its caller. Drivers wrap them with what happened, so callers decide with
// errors.Is and people read the text.
var (
	// ErrNoAnswer says that the device did not answer in time. Nothing is known to have changed; trying again is safe.
	ErrNoAnswer = errors.New("the device does not answer")
	// ErrBadQuality says that the device answered with a value that it does not vouch for itself.
	ErrBadQuality = errors.New("the value has bad quality")
	// ErrWrongType says that a value does not fit the type of its tag. Trying again does not help.
	ErrWrongType = errors.New("the value does not fit the tag's type")
	// ErrUnknownTag says that a tag is not in the device's mapping, or that the mapping names a node which the device
	// does not have. Trying again does not help.
	ErrUnknownTag = errors.New("the tag is unknown")
	// ErrReadBack says that the device kept another value than the one written.
	ErrReadBack = errors.New("the device reads back another value")
	// ErrRefused says that the device answered and declined, for instance because a tag is read-only.
	ErrRefused = errors.New("the device refuses")
	// ErrOutcomeUnknown says that a single-attempt command was sent and its answer was lost, and that reading the device
	// did not settle whether it was taken. A person has to look.
	ErrOutcomeUnknown = errors.New("the device may or may not have taken the command")
	// ErrNotReady says that the machine is in a state in which it accepts no cycle.
	ErrNotReady = errors.New("the machine is not ready")
	// ErrSequenceUsed says that the machine has already used this sequence number for another lot.
	ErrSequenceUsed = errors.New("the sequence number belongs to another lot")
	// ErrOldNumber says that the cycle's number was given out before the records were restored, and that the machine does
	// not show it: it may have run the cycle in the time that is lost. Nothing was started; a person has to look.
	ErrOldNumber = errors.New("the cycle was ordered before the records were restored")
	// ErrLostCycle says that the machine's last cycle was of this very lot, under a number that nobody knows since the records
	// were restored. Nothing was started; a person has to look, and may then order the cycle all the same.
	ErrLostCycle = errors.New("the machine has run this lot in the time that was lost")
	// ErrUntrusted says that the device showed another certificate than the pinned one. Nothing was sent to it.
	ErrUntrusted = errors.New("the device's certificate is not the pinned one")
	// ErrUnknownDevice says that no device with this ID is configured.
	ErrUnknownDevice = errors.New("the device is unknown")
	// ErrUnsupported says that the device is of another kind: a camera asked to print, a printer asked for a reading.
	ErrUnsupported = errors.New("the device cannot do this")
	// ErrClosed says that the device or the hub has been closed.
	ErrClosed = errors.New("the device is closed")
)
