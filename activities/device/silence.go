package device

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/workflows/kit"
)

// words says what an operator reads when a device gives no usable answer, in the order in which causes are looked for.
// passing causes are tried again by the activity's profile where the driver has not done so itself.
var words = []struct {
	cause   error
	text    string
	passing bool
}{
	{devices.ErrOutcomeUnknown, "may or may not have taken the command; look at it before you try again", false},
	{devices.ErrSequenceUsed, "shows another lot's result", false},
	{devices.ErrOldNumber, "may have run this lot in the time that was lost before the restore; look at the piece before you try again", false},
	{devices.ErrLostCycle, "has run this lot in the time that was lost before the restore; look at the piece before you try again", false},
	{devices.ErrReadBack, "kept another program than the one it was given", false},
	{devices.ErrUntrusted, "shows another certificate than the trusted one", false},
	{devices.ErrNotReady, "is not ready", false},
	{devices.ErrRefused, "refuses", false},
	{devices.ErrBadQuality, "sent a value that it does not vouch for", false},
	{devices.ErrWrongType, "sent a value of another kind than expected", false},
	{devices.ErrUnknownTag, "is not set up for this", false},
	{devices.ErrUnsupported, "can't do this", false},
	{devices.ErrUnknownDevice, "is not set up here", false},
	{devices.ErrNoAnswer, "does not answer", true},
}

// silence turns a device's failure into words for the operator, or into an error to try again. An attempt that was cut
// off, because the worker stops or the lot was taken away, is no answer of the device's.
func silence(ctx context.Context, device string, p kit.Profile, err error) (string, error) {
	if ctx.Err() != nil || errors.Is(err, devices.ErrClosed) {
		return "", err
	}
	last := p.Attempts > 0 && activity.GetInfo(ctx).Attempt >= p.Attempts
	text := inWords(device, err, last || !retried(p))
	if text == "" {
		return "", err
	}
	activity.GetLogger(ctx).Warn("A device gave no usable answer", "device", device, "error", err)
	return text, nil
}

// retried tells whether the profile repeats what a device did not answer. The driver of a machine has done so already in
// its own cycle, which is the profile that carries heartbeats.
func retried(p kit.Profile) bool { return p.Heartbeat == 0 }

// inWords is what the operator reads; empty means that another attempt may still be answered.
func inWords(device string, err error, last bool) string {
	for _, w := range words {
		if errors.Is(err, w.cause) && (last || !w.passing) {
			return device + " " + w.text
		}
		if errors.Is(err, w.cause) {
			return ""
		}
	}
	if last && errors.Is(err, context.DeadlineExceeded) {
		return device + " does not answer"
	}
	return ""
}
