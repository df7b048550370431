package devices

import "fmt"

// PackMLState is a machine's state as numbered by PackML (ISA-TR88.00.02, OPC 30050).
type PackMLState int32

// The PackML states.
const (
	StateClearing     PackMLState = 1
	StateStopped      PackMLState = 2
	StateStarting     PackMLState = 3
	StateIdle         PackMLState = 4
	StateSuspended    PackMLState = 5
	StateExecute      PackMLState = 6
	StateStopping     PackMLState = 7
	StateAborting     PackMLState = 8
	StateAborted      PackMLState = 9
	StateHolding      PackMLState = 10
	StateHeld         PackMLState = 11
	StateUnholding    PackMLState = 12
	StateSuspending   PackMLState = 13
	StateUnsuspending PackMLState = 14
	StateResetting    PackMLState = 15
	StateCompleting   PackMLState = 16
	StateComplete     PackMLState = 17
)

// The PackML commands, as written to the control tag.
const (
	ControlReset     int32 = 1
	ControlStart     int32 = 2
	ControlStop      int32 = 3
	ControlHold      int32 = 4
	ControlUnhold    int32 = 5
	ControlSuspend   int32 = 6
	ControlUnsuspend int32 = 7
	ControlAbort     int32 = 8
	ControlClear     int32 = 9
)

var packMLNames = map[PackMLState]string{
	StateClearing: "Clearing", StateStopped: "Stopped", StateStarting: "Starting", StateIdle: "Idle",
	StateSuspended: "Suspended", StateExecute: "Execute", StateStopping: "Stopping", StateAborting: "Aborting",
	StateAborted: "Aborted", StateHolding: "Holding", StateHeld: "Held", StateUnholding: "Unholding",
	StateSuspending: "Suspending", StateUnsuspending: "Unsuspending", StateResetting: "Resetting",
	StateCompleting: "Completing", StateComplete: "Complete",
}

// String gives PackML's own word.
func (s PackMLState) String() string {
	if n, ok := packMLNames[s]; ok {
		return n
	}
	return fmt.Sprintf("state %d", int32(s))
}

// resting reports a state that the machine leaves only when somebody acts, and in which it accepts no cycle.
func (s PackMLState) resting() bool {
	switch s {
	case StateStopped, StateAborted, StateHeld, StateSuspended:
		return true
	}
	_, known := packMLNames[s]
	return !known
}

// ended reports a state in which a cycle that has no result yet will never get one.
func (s PackMLState) ended() bool {
	switch s {
	case StateStopped, StateStopping, StateAborted, StateAborting, StateClearing:
		return true
	}
	return false
}
