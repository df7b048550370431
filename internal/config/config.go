// Package config reads the settings of a process. It is the only place that looks at environment variables, so this
// package's table is the whole list of what an operator can set from outside.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
)

// Config is what a process was told from outside. Command-line flags win over it.
type Config struct {
	// DatabaseURL is where the application works, as a role that cannot change the schema.
	DatabaseURL string
	// MigrateURL is where migrations run, as the schema's owner; empty means DatabaseURL.
	MigrateURL string
	MQTTURL    string
	Site       string
	// Listen is the API's address; PublicURL is how browsers and the ERP reach it.
	Listen    string
	PublicURL string
	// ERPURL receives confirmations, signed with ERPSecret; empty keeps them in the outbox.
	ERPURL      string
	ERPSecret   string
	ERPInboxURL string
	// SMTPURL is the mail server that tells people of calls, as smtp://user@host:587 or smtps://; empty sends no mail.
	SMTPURL, SMTPPassword, SMTPFrom, SMTPTLS string
	// CallWebhookURL is told of calls, signed with CallWebhookSecret; empty tells nobody.
	CallWebhookURL, CallWebhookSecret string
	// CMMSURL is told of maintenance jobs, signed with CMMSSecret; empty keeps what it would be told in the outbox.
	CMMSURL    string
	CMMSSecret string
	// APIURL and EdgeToken let an edge role without a database reach the API.
	APIURL    string
	EdgeToken string
	// SessionIdle ends a session that nobody uses.
	SessionIdle time.Duration
	// PasswordDays is how long passwords and PINs last; 0 is for ever.
	PasswordDays int
	// OIDC is the identity provider; without an issuer people sign in here only.
	OIDC OIDCConfig
	// AuditKeyFile holds the key that signs the audit trail's checkpoints, AuditLog the file that they are copied to;
	// `mes up` keeps both in its data folder where these are empty. An API needs the public key only.
	AuditKeyFile string
	AuditLog     string
	// AuditCheckpoint is the longest time between an audit row and the checkpoint that pins it.
	AuditCheckpoint time.Duration
	// AuditReview is how often people review the audit trail.
	AuditReview time.Duration
	// RawDays, MinuteDays and HourDays say how long devices' values are kept, raw and rolled up.
	RawDays, MinuteDays, HourDays int
	// OTLPEndpoint receives traces; empty means none.
	OTLPEndpoint string
	// ProfileListen serves Go's profiles to whoever reaches it; empty means nowhere.
	ProfileListen string
	LogLevel      string
	LogFormat     string
	// PostgresBin is the folder of PostgreSQL's programs; empty searches the machine.
	PostgresBin string
	// Temporal says how to reach an outside cluster.
	Temporal TemporalConfig
}

// OIDCConfig says which identity provider people may sign in at.
type OIDCConfig struct {
	Issuer, ClientID, ClientSecret, ClientSecretFile string
	// Scopes are separated by spaces.
	Scopes, UserClaim, RolesClaim string
	// Roles are the roles of this house by the provider's groups.
	Roles map[string]string
}

// Secret is the client's secret, from its file where one is named.
func (o OIDCConfig) Secret() (string, error) {
	if o.ClientSecretFile == "" {
		return o.ClientSecret, nil
	}
	b, err := os.ReadFile(o.ClientSecretFile)
	if err != nil {
		return "", fmt.Errorf("MES_OIDC_CLIENT_SECRET_FILE: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// TemporalConfig is what Temporal's own environment variables and profile file say.
type TemporalConfig struct {
	Address   string
	Namespace string
	APIKey    string
	// Options are ready for client.Dial; TLS and codec settings of the profile are inside.
	Options client.Options
}

// Load reads the environment. Its error names every variable that cannot be used, not only the first.
func Load() (Config, error) { return load(os.LookupEnv) }

func load(lookup func(string) (string, bool)) (Config, error) {
	var c Config
	var errs []error
	for _, s := range settings {
		text, ok := lookup(s.Name)
		if !ok || text == "" {
			text = s.Default
		}
		if err := s.set(&c, text); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Name, err))
		}
	}
	if c.MigrateURL == "" {
		c.MigrateURL = c.DatabaseURL
	}
	var err error
	if c.Temporal, err = loadTemporal(lookup); err != nil {
		errs = append(errs, err)
	}
	return c, errors.Join(errs...)
}

// loadTemporal follows the SDK's convention (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…,
// TEMPORAL_CONFIG_FILE), so that the same settings serve mes and Temporal's command line.
func loadTemporal(lookup func(string) (string, bool)) (TemporalConfig, error) {
	o, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{EnvLookup: environment(lookup)})
	if err != nil {
		return TemporalConfig{}, fmt.Errorf("TEMPORAL_…: %w", err)
	}
	if o.HostPort == "" {
		o.HostPort = "127.0.0.1:7233"
	}
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	key, _ := lookup("TEMPORAL_API_KEY")
	return TemporalConfig{Address: o.HostPort, Namespace: o.Namespace, APIKey: key, Options: o}, nil
}

// environment lets the SDK read the same variables as we do, also in tests.
type environment func(string) (string, bool)

func (e environment) Environ() []string {
	return os.Environ()
}

func (e environment) LookupEnv(name string) (string, bool) { return e(name) }

func postgresURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errors.New("must be postgres://user:password@host:port/database")
	}
	return nil
}

func webURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("must be http://host:port or https://host")
	}
	return nil
}

func mailURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return errors.New("must be smtp://user@host:port or smtps://user@host:port")
	}
	return nil
}

func mailAddress(text string) error {
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		return errors.New("must be a bare mail address")
	}
	return nil
}

func brokerURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return errors.New("must be tcp://host:port or ssl://host:port")
	}
	return nil
}

func hostPort(text string) error {
	if _, _, err := net.SplitHostPort(text); err != nil {
		return errors.New("must be host:port")
	}
	return nil
}
