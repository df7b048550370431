package contract

import (
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// SigningID is the workflow ID of the wait for one request's signatures.
func SigningID(site, request string) string { return "sign/" + site + "/" + request }

// SigningInput starts or continues a Signing.
type SigningInput struct {
	Site    string `json:"site"`
	Request string `json:"request"`
}

// SigningResult is how a request ended.
type SigningResult struct {
	State mes.RequestState `json:"state"`
}

// Signing waits for the signatures of one request, reminds and escalates. Who signs what is the ledger's to say.
var Signing = kit.Workflow[SigningInput, SigningResult]{Name: "Signing"}

// SignatureMoved tells a Signing that a signature was given, or that its request has ended.
var SignatureMoved = kit.Signal[mes.SignatureAsked]{Name: "SignatureMoved"}

// SigningReminder names the signature that nobody has given in its time.
type SigningReminder struct {
	Site    string `json:"site"`
	Request string `json:"request"`
	N       int    `json:"n"`
	Overdue bool   `json:"overdue,omitempty"`
}

// Activities of a Signing.
var (
	LoadSigning   = kit.Activity[SigningInput, mes.SignatureWait]{Name: "signing.Load", Profile: Record}
	RemindSigning = kit.Activity[SigningReminder, mes.SignatureWait]{Name: "signing.Remind", Profile: Record}
)
