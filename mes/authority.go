package mes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Condition is an attribute that a line of policies/policy.csv asks for besides role and right. Each is a pure
// predicate over the facts of one case, so that a quality manager can read what is asked and a test can show it.
type Condition string

// The conditions.
const (
	// CondAtStation wants the command from a registered terminal (21 CFR 11.10(h)).
	CondAtStation Condition = "at_station"
	// CondOnShift wants the person's shift to run now. It binds only people who are assigned to shifts.
	CondOnShift Condition = "on_shift"
	// CondQualified wants the certificate that the operation or record asks for, valid now (11.10(i)).
	CondQualified Condition = "qualified"
	// CondProgram wants a program's account: no person is a machine.
	CondProgram Condition = "program"
	// CondFromDevice wants a reading from a program that speaks for the device it names (11.10(h)).
	CondFromDevice Condition = "from_device"
	// CondNotPerformer keeps who did the work from verifying it.
	CondNotPerformer Condition = "not_performer"
	// CondNotRequester keeps who raised a change from approving it.
	CondNotRequester Condition = "not_requester"
	// CondNotFirstSigner keeps a signer from signing the same record a second time.
	CondNotFirstSigner Condition = "not_first_signer"
)

// Conditions lists all of them, in the order in which they are judged: the first that fails is the one that is told.
var Conditions = []Condition{CondAtStation, CondOnShift, CondQualified, CondProgram, CondFromDevice, CondNotPerformer, CondNotRequester, CondNotFirstSigner}

// Case is what is known of one thing that somebody is about to do. A fact that is left out binds nobody: work that
// nobody did has no performer, an operation that asks for no certificate takes everyone. So whoever asks about a right
// with conditions must fill in what they speak of.
type Case struct {
	Who Principal
	// Station is where the registered terminal stands that the command comes from; empty at a desk.
	Station string
	// At is where the thing is that the command is about. With both known, they must be the same; where only a lot's
	// workflow knows, it compares.
	At string
	// Device is the one that a reading names.
	Device DeviceOwner
	// Performed are the accounts that did the work which is now judged.
	Performed []string
	// Requested is the account that raised the change which is now decided.
	Requested string
	// Signed are the accounts that have signed the record before.
	Signed []string
	// Need and Held are the certificate that is asked for and those that the person holds.
	Need *QualificationNeed
	// StepNeed is the certificate that the step asks for besides.
	StepNeed *QualificationNeed
	Held     []Qualification
	// Shifts are the person's.
	Shifts ShiftFacts
	Now    time.Time
	Zone   *time.Location
	// Kept says in a refusal what was not done; empty means "Nothing was changed."
	Kept string
}

// Judge tells whether the case meets the condition; the error is a forbidden refusal in the words of whoever is refused.
func (c Condition) Judge(k Case) error {
	switch c {
	case CondAtStation:
		return k.atStation()
	case CondOnShift:
		return k.onShift()
	case CondQualified:
		return k.qualified()
	case CondProgram:
		return k.program()
	case CondFromDevice:
		return k.fromDevice()
	case CondNotPerformer:
		return k.apart(slices.Contains(k.Performed, k.Who.ID), "did this work and so can't verify it", "Let somebody else look at it.")
	case CondNotRequester:
		return k.apart(k.Requested != "" && k.Requested == k.Who.ID, "raised this and so can't approve it", "Let somebody else decide.")
	case CondNotFirstSigner:
		return k.apart(slices.Contains(k.Signed, k.Who.ID), "has signed this already", "A second person must sign.")
	}
	return k.refuse(fmt.Sprintf("The condition %q is not known.", c), "Tell an administrator: the policy names what does not exist.")
}

// JudgeAll judges conditions in their order and tells the first that fails.
func (k Case) JudgeAll(cs []Condition) error {
	for _, c := range cs {
		if err := c.Judge(k); err != nil {
			return err
		}
	}
	return nil
}

// ParseConditions reads "on_shift & qualified". An empty text asks for nothing. ok is false with the word that is none.
func ParseConditions(text string) (cs []Condition, unknown string, ok bool) {
	if strings.TrimSpace(text) == "" {
		return nil, "", true
	}
	var named []Condition
	for word := range strings.SplitSeq(text, "&") {
		c := Condition(strings.TrimSpace(word))
		if !slices.Contains(Conditions, c) {
			return nil, string(c), false
		}
		named = append(named, c)
	}
	for _, c := range Conditions {
		if slices.Contains(named, c) {
			cs = append(cs, c)
		}
	}
	return cs, "", true
}

func (k Case) refuse(what, do string) error {
	kept := k.Kept
	if kept == "" {
		kept = "Nothing was changed."
	}
	return Refuse(CodeForbidden, what, kept, do)
}

func (k Case) apart(same bool, what, do string) error {
	if !same {
		return nil
	}
	name := k.Who.Name
	if name == "" {
		name = k.Who.ID
	}
	return k.refuse(fmt.Sprintf("%s %s.", name, what), do)
}

func (k Case) atStation() error {
	switch {
	case k.Station == "":
		return k.refuse("This is done at the station; this screen is not a registered terminal.",
			"Go to the station's terminal, or let a supervisor register this screen there.")
	case k.At != "" && k.At != k.Station:
		return k.refuse(fmt.Sprintf("This terminal stands at %s, not at %s.", k.Station, k.At), fmt.Sprintf("Do it at %s.", k.At))
	}
	return nil
}

func (k Case) onShift() error {
	what, do := k.Shifts.offShift(k.Now, k.zone())
	if what == "" {
		return nil
	}
	return k.refuse(what, do)
}

func (k Case) qualified() error {
	err := Qualified(k.Need, k.Held, k.Now, k.zone())
	if err == nil {
		err = GateStep.Admit(k.Held, k.Now, k.zone(), k.StepNeed)
	}
	var e *Error
	if k.Kept != "" && errors.As(err, &e) {
		again := *e
		again.Kept = k.Kept
		return &again
	}
	return err
}

func (k Case) program() error {
	if k.Who.Service {
		return nil
	}
	return k.refuse("Only the program of a device reports what it says; a person does not.", "Enter what you measured at the station.")
}

func (k Case) fromDevice() error {
	switch {
	case k.Device.SpokenForBy(k.Who):
		return nil
	case k.Device.ID == "":
		return k.refuse("The device that this reading names is not registered here.", "Register it in the plant's files, with the account that speaks for it.")
	}
	return k.refuse(fmt.Sprintf("%s does not speak for %s.", k.Who.ID, k.Device.ID), "Bind the account to the device in the plant's files.")
}

func (k Case) zone() *time.Location {
	if k.Zone == nil {
		return time.UTC
	}
	return k.Zone
}
