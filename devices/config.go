package devices

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Config describes one device: where it is, how to talk to it, and what its tags are called on the device's side.
type Config struct {
	ID      string `json:"id"`
	Site    string `json:"site"`
	Station string `json:"station"`
	// Driver is the name under which the driver's factory is registered: opcua, opcua-camera, mqtt, mqtt-camera or zpl.
	Driver string `json:"driver"`
	// Address is opc.tcp://host:port, tcp://host:port of a broker, or host:port of a printer.
	Address  string   `json:"address"`
	Security Security `json:"security"`
	Profile  Profile  `json:"profile"`
	// Tags maps a logical name to a node ID or a topic.
	Tags map[string]string `json:"tags,omitempty"`
	// Values are read together when a cycle has ended.
	Values []ValueSpec `json:"values,omitempty"`
	// Live are watched while the device is connected.
	Live []LiveSpec `json:"live,omitempty"`
	// History names the tags whose values are recorded.
	History History `json:"history,omitzero"`
	// HistoryLimit is how many changes a second are recorded; 0 means DefaultHistoryLimit.
	HistoryLimit int `json:"history_limit,omitempty"`
	// HistoryLate is how old a value may be when it comes; 0 means a minute. A device that keeps values of its own while it is
	// cut off is given more.
	HistoryLate Duration `json:"history_late,omitempty"`
	// OldNumbers is the last handshake number that was given out before the records were restored from a backup, 0 where
	// they never were. The ledger adds it; no plant's file holds it.
	OldNumbers uint32 `json:"old_numbers,omitempty"`
}

// Security says how a device is trusted and how it trusts us.
type Security struct {
	// Policy is None (the default) or Basic256Sha256.
	Policy string `json:"policy,omitempty"`
	// Mode is None (the default), Sign or SignAndEncrypt.
	Mode string `json:"mode,omitempty"`
	// Pin is the SHA-256 thumbprint of the device's certificate, in hex.
	Pin      string `json:"pin,omitempty"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
}

// Profile holds a vendor's time-outs and retries. Zero fields take the defaults of [Profile.WithDefaults].
type Profile struct {
	Name string `json:"name,omitempty"`
	// Attempts is how often a request that may be repeated is tried.
	Attempts int `json:"attempts,omitempty"`
	// Timeout bounds one request.
	Timeout Duration `json:"timeout,omitempty"`
	// CycleTimeout bounds one machine cycle, from start to result.
	CycleTimeout Duration `json:"cycle_timeout,omitempty"`
	// Poll is the pause between two looks at the machine, and between two attempts.
	Poll Duration `json:"poll,omitempty"`
}

// ValueSpec names one value of a cycle's result.
type ValueSpec struct {
	Name string `json:"name"`
	Tag  string `json:"tag"`
	Unit string `json:"unit,omitempty"`
}

// LiveSpec names one value that screens show while it changes.
type LiveSpec struct {
	Name  string `json:"name"`
	Tag   string `json:"tag"`
	Unit  string `json:"unit,omitempty"`
	Label string `json:"label,omitempty"`
}

// Duration is a time.Duration that is written as text in JSON: "1.5s".
type Duration time.Duration

// Std gives the duration as the standard type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// MarshalText writes the duration as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads "1.5s", "200ms", "2m".
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// WithDefaults fills what is not set: 3 attempts, 3 s a request, 90 s a cycle, 200 ms between looks.
func (p Profile) WithDefaults() Profile {
	if p.Attempts == 0 {
		p.Attempts = 3
	}
	if p.Timeout == 0 {
		p.Timeout = Duration(3 * time.Second)
	}
	if p.CycleTimeout == 0 {
		p.CycleTimeout = Duration(90 * time.Second)
	}
	if p.Poll == 0 {
		p.Poll = Duration(200 * time.Millisecond)
	}
	return p
}

// ParseConfigs reads a JSON list of devices and validates each. Unknown fields are refused, since a misspelt tag list
// would otherwise be silently empty.
func ParseConfigs(b []byte) ([]Config, error) {
	var cs []Config
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cs); err != nil {
		return nil, fmt.Errorf("read devices: %w", err)
	}
	return cs, validateAll(cs)
}

// FieldError is one thing that is wrong in a configuration. Field is a path such as values[2].tag.
type FieldError struct {
	Device, Field, Problem string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("device %q: %s %s", e.Device, e.Field, e.Problem)
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
var pinPattern = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// Validate checks the configuration. The error joins one [FieldError] per offending field.
func (c Config) Validate() error {
	v := validation{device: c.ID}
	v.check(idPattern.MatchString(c.ID), "id", "is 1 to 64 letters, digits, dots, dashes or underscores")
	v.check(c.Site != "", "site", "is missing")
	v.check(c.Driver != "", "driver", "is missing")
	v.address(c)
	v.security(c)
	v.profile(c.Profile)
	v.tags(c)
	v.history(c)
	return errors.Join(v.errs...)
}

func validateAll(cs []Config) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range cs {
		errs = append(errs, c.Validate())
		if seen[c.ID] {
			errs = append(errs, &FieldError{c.ID, "id", "is used twice"})
		}
		seen[c.ID] = true
	}
	return errors.Join(errs...)
}

type validation struct {
	device string
	errs   []error
}

func (v *validation) check(ok bool, field, problem string) {
	if !ok {
		v.errs = append(v.errs, &FieldError{v.device, field, problem})
	}
}

func (v *validation) address(c Config) {
	v.check(c.Address != "", "address", "is missing")
	brokers := []string{"tcp", "ssl", "mqtt", "mqtts", "ws", "wss"}
	schemes := map[string][]string{"opcua": {"opc.tcp"}, "opcua-camera": {"opc.tcp"}, "mqtt-camera": brokers, "mqtt": brokers}
	want, ok := schemes[c.Driver]
	if !ok || c.Address == "" {
		return
	}
	u, err := url.Parse(c.Address)
	v.check(err == nil && u.Host != "" && slices.Contains(want, u.Scheme), "address",
		"starts with "+strings.Join(want, "://, ")+":// and names a host")
}

func (v *validation) security(c Config) {
	s := c.Security
	v.check(slices.Contains([]string{"", "None", "Basic256Sha256"}, s.Policy), "security.policy", "is None or Basic256Sha256")
	v.check(slices.Contains([]string{"", "None", "Sign", "SignAndEncrypt"}, s.Mode), "security.mode",
		"is None, Sign or SignAndEncrypt")
	v.check(s.Pin == "" || pinPattern.MatchString(s.Pin), "security.pin", "is a SHA-256 thumbprint of 64 hex digits")
	v.check(s.Secure() == (s.Mode != "" && s.Mode != "None"), "security.mode", "and security.policy are set together")
	if c.Driver != "opcua" && c.Driver != "opcua-camera" {
		return
	}
	v.check(!s.Secure() || s.Pin != "", "security.pin", "is missing: without it any certificate would be trusted")
	v.check(s.User == "" || s.Mode == "SignAndEncrypt", "security.user",
		"needs mode SignAndEncrypt, so that the password is never sent in the clear")
}

// Secure reports whether messages are signed.
func (s Security) Secure() bool { return s.Policy != "" && s.Policy != "None" }

func (v *validation) profile(p Profile) {
	v.check(p.Attempts >= 0 && p.Attempts <= 100, "profile.attempts", "is 0 to 100")
	v.check(p.Timeout >= 0, "profile.timeout", "is not negative")
	v.check(p.CycleTimeout >= 0, "profile.cycle_timeout", "is not negative")
	v.check(p.Poll >= 0, "profile.poll", "is not negative")
}

func (v *validation) tags(c Config) {
	for name, id := range c.Tags {
		v.check(name != "" && id != "", fmt.Sprintf("tags[%q]", name), "names nothing")
	}
	names := map[string]bool{}
	for i, s := range c.Values {
		v.check(s.Name != "" && !names[s.Name], fmt.Sprintf("values[%d].name", i), "is missing or used twice")
		v.check(c.Tags[s.Tag] != "", fmt.Sprintf("values[%d].tag", i), fmt.Sprintf("%q is not in tags", s.Tag))
		names[s.Name] = true
	}
	for i, s := range c.Live {
		v.check(s.Name != "", fmt.Sprintf("live[%d].name", i), "is missing")
		v.check(c.Tags[s.Tag] != "", fmt.Sprintf("live[%d].tag", i), fmt.Sprintf("%q is not in tags", s.Tag))
	}
}
