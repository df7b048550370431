package mes

import "time"

// Federated is what an identity provider says of a person who has just signed in there.
type Federated struct {
	Issuer  string
	Subject string
	// ID is the user ID that a new account gets. It is a proposal: an ID that was ever given is refused.
	ID    string
	Name  string
	Site  string
	Roles []Role
}

// PendingLogin is a sign-in that has gone to the identity provider and not come back yet. It can be taken once.
type PendingLogin struct {
	// StateHash is the hex SHA-256 of the state that travels through the browser.
	StateHash string
	Nonce     string
	Verifier  string // of PKCE
	Next      string // the page that the person wanted
	ExpiresAt time.Time
}
