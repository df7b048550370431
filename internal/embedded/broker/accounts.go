package broker

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// accounts is the broker's check of logins and topics. The library's own ledger allows every topic that no rule names;
// here what is not named is refused.
type accounts struct {
	mqtt.HookBase
	byName map[string]account
}

type account struct {
	passwordHash       [sha256.Size]byte
	publish, subscribe []string
}

func newAccounts(users []User) (*accounts, error) {
	a := &accounts{byName: make(map[string]account, len(users))}
	for _, u := range users {
		if u.Name == "" || u.Password == "" {
			return nil, fmt.Errorf("the MQTT user %q needs a name and a password", u.Name)
		}
		if _, twice := a.byName[u.Name]; twice {
			return nil, fmt.Errorf("the MQTT user %q is given twice", u.Name)
		}
		a.byName[u.Name] = account{passwordHash: sha256.Sum256([]byte(u.Password)), publish: u.Publish, subscribe: u.Subscribe}
	}
	return a, nil
}

// ID names the hook in the library's log.
func (a *accounts) ID() string { return "accounts" }

// Provides names the questions that the hook answers.
func (a *accounts) Provides(b byte) bool {
	return b == mqtt.OnConnectAuthenticate || b == mqtt.OnACLCheck
}

// OnConnectAuthenticate lets a client in that knows its password.
func (a *accounts) OnConnectAuthenticate(_ *mqtt.Client, pk packets.Packet) bool {
	known, ok := a.byName[string(pk.Connect.Username)]
	hash := sha256.Sum256(pk.Connect.Password)
	return subtle.ConstantTimeCompare(known.passwordHash[:], hash[:]) == 1 && ok
}

// OnACLCheck decides on one topic to publish to, or one filter to subscribe to.
func (a *accounts) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	known := a.byName[string(cl.Properties.Username)]
	prefixes := known.subscribe
	if write {
		prefixes = known.publish
	}
	for _, prefix := range prefixes {
		if below(topic, prefix) {
			return true
		}
	}
	return false
}

// below reports whether a topic or filter lies entirely at or below prefix. A filter with a wildcard inside the prefix
// reaches topics beside it and does not.
func below(topic, prefix string) bool {
	if prefix == "" {
		return !strings.HasPrefix(topic, "$")
	}
	rest, ok := strings.CutPrefix(topic, prefix)
	return ok && (rest == "" || rest[0] == '/')
}
