package config

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is one environment variable: how it is read, checked and shown.
type setting struct {
	Name    string
	Doc     string
	Default string
	// Secret values are never printed; URLs are printed without their password.
	Secret bool
	field  func(*Config) *string
	check  func(string) error
	// parse replaces field for what is not text.
	parse func(*Config, string) error
	show  func(Config) string
}

var settings = []setting{
	{Name: "MES_DATABASE_URL", Doc: "PostgreSQL, as the application's role", field: func(c *Config) *string { return &c.DatabaseURL }, check: postgresURL},
	{Name: "MES_MIGRATE_URL", Doc: "PostgreSQL, as the schema's owner; the same when empty", field: func(c *Config) *string { return &c.MigrateURL }, check: postgresURL},
	{Name: "MES_MQTT_URL", Doc: "broker of cameras", field: func(c *Config) *string { return &c.MQTTURL }, check: brokerURL},
	{Name: "MES_SITE", Doc: "site of this process", field: func(c *Config) *string { return &c.Site }},
	{Name: "MES_LISTEN", Doc: "address of the API", Default: "127.0.0.1:8080", field: func(c *Config) *string { return &c.Listen }, check: hostPort},
	{Name: "MES_PUBLIC_URL", Doc: "how browsers reach the API", field: func(c *Config) *string { return &c.PublicURL }, check: webURL},
	{Name: "MES_ERP_URL", Doc: "receiver of confirmations", field: func(c *Config) *string { return &c.ERPURL }, check: webURL},
	{Name: "MES_ERP_SECRET", Doc: "key that signs confirmations", Secret: true, field: func(c *Config) *string { return &c.ERPSecret }},
	{Name: "MES_ERP_INBOX_URL", Doc: "the demo ERP's list of what arrived", field: func(c *Config) *string { return &c.ERPInboxURL }, check: webURL},
	{Name: "MES_SMTP_URL", Doc: "mail server for calls, smtp://user@host:587 or smtps://", field: func(c *Config) *string { return &c.SMTPURL }, check: mailURL},
	{Name: "MES_SMTP_PASSWORD", Doc: "password of its user", Secret: true, field: func(c *Config) *string { return &c.SMTPPassword }},
	{Name: "MES_SMTP_FROM", Doc: "sender of its mails", Default: "steelthread@localhost", field: func(c *Config) *string { return &c.SMTPFrom }, check: mailAddress},
	{Name: "MES_SMTP_TLS", Doc: "STARTTLS: required, optional or off", Default: "required", field: func(c *Config) *string { return &c.SMTPTLS }, check: oneOf("required", "optional", "off")},
	{Name: "MES_CALL_WEBHOOK_URL", Doc: "receiver of calls", field: func(c *Config) *string { return &c.CallWebhookURL }, check: webURL},
	{Name: "MES_CALL_WEBHOOK_SECRET", Doc: "key that signs what it is told", Secret: true, field: func(c *Config) *string { return &c.CallWebhookSecret }},
	{Name: "MES_CMMS_URL", Doc: "outside maintenance system that is told of jobs", field: func(c *Config) *string { return &c.CMMSURL }, check: webURL},
	{Name: "MES_CMMS_SECRET", Doc: "key that signs what it is told", Secret: true, field: func(c *Config) *string { return &c.CMMSSecret }},
	{Name: "MES_API_URL", Doc: "API of the site, for an edge without a database", field: func(c *Config) *string { return &c.APIURL }, check: webURL},
	{Name: "MES_EDGE_TOKEN", Doc: "service token of the edge", Secret: true, field: func(c *Config) *string { return &c.EdgeToken }},
	{Name: "MES_SESSION_IDLE", Doc: "ends a session that nobody uses", Default: "30m", parse: between(time.Minute, 24*time.Hour, func(c *Config) *time.Duration { return &c.SessionIdle }), show: func(c Config) string { return c.SessionIdle.String() }},
	{Name: "MES_AUDIT_KEY_FILE", Doc: "key that signs audit checkpoints; in the data folder of mes up when empty", field: func(c *Config) *string { return &c.AuditKeyFile }},
	{Name: "MES_AUDIT_LOG", Doc: "file of audit checkpoints; in the data folder of mes up when empty", field: func(c *Config) *string { return &c.AuditLog }},
	{Name: "MES_AUDIT_CHECKPOINT", Doc: "longest time from an audit row to the checkpoint that pins it", Default: "5m",
		parse: between(time.Second, time.Hour, func(c *Config) *time.Duration { return &c.AuditCheckpoint }), show: func(c Config) string { return c.AuditCheckpoint.String() }},
	{Name: "MES_AUDIT_REVIEW", Doc: "how often people review the audit trail", Default: "720h",
		parse: between(24*time.Hour, 366*24*time.Hour, func(c *Config) *time.Duration { return &c.AuditReview }), show: func(c Config) string { return c.AuditReview.String() }},
	{Name: "MES_TELEMETRY_RAW_DAYS", Doc: "days that devices' values are kept as they came", Default: "31", parse: daysOf(func(c *Config) *int { return &c.RawDays }), show: func(c Config) string { return strconv.Itoa(c.RawDays) }},
	{Name: "MES_TELEMETRY_MINUTE_DAYS", Doc: "days that they are kept by minute", Default: "400", parse: daysOf(func(c *Config) *int { return &c.MinuteDays }), show: func(c Config) string { return strconv.Itoa(c.MinuteDays) }},
	{Name: "MES_TELEMETRY_HOUR_DAYS", Doc: "days that they are kept by hour", Default: "3660", parse: daysOf(func(c *Config) *int { return &c.HourDays }), show: func(c Config) string { return strconv.Itoa(c.HourDays) }},
	{Name: "MES_PASSWORD_DAYS", Doc: "passwords and PINs end after so many days; 0 is never", Default: "90", parse: parseDays, show: func(c Config) string { return strconv.Itoa(c.PasswordDays) }},
	{Name: "MES_OIDC_ISSUER", Doc: "identity provider that people may sign in at", field: func(c *Config) *string { return &c.OIDC.Issuer }, check: webURL},
	{Name: "MES_OIDC_CLIENT_ID", Doc: "this system's name there", field: func(c *Config) *string { return &c.OIDC.ClientID }},
	{Name: "MES_OIDC_CLIENT_SECRET", Doc: "this system's secret there", Secret: true, field: func(c *Config) *string { return &c.OIDC.ClientSecret }},
	{Name: "MES_OIDC_CLIENT_SECRET_FILE", Doc: "file that holds it", field: func(c *Config) *string { return &c.OIDC.ClientSecretFile }},
	{Name: "MES_OIDC_SCOPES", Doc: "what is asked for there", Default: "openid profile", field: func(c *Config) *string { return &c.OIDC.Scopes }},
	{Name: "MES_OIDC_USER_CLAIM", Doc: "claim that a new account's ID comes from", Default: "preferred_username", field: func(c *Config) *string { return &c.OIDC.UserClaim }},
	{Name: "MES_OIDC_ROLES_CLAIM", Doc: "claim with a person's groups", Default: "roles", field: func(c *Config) *string { return &c.OIDC.RolesClaim }},
	{Name: "MES_OIDC_ROLES", Doc: "group=role,…; the same words when empty", parse: parseRoles, show: func(c Config) string { return dash(showRoles(c.OIDC.Roles)) }},
	{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Doc: "receiver of traces", field: func(c *Config) *string { return &c.OTLPEndpoint }, check: webURL},
	{Name: "MES_PROFILE_LISTEN", Doc: "address of Go's profiles; keep it on loopback", field: func(c *Config) *string { return &c.ProfileListen }, check: optional(hostPort)},
	{Name: "MES_LOG_LEVEL", Doc: "debug, info, warn or error", Default: "info", field: func(c *Config) *string { return &c.LogLevel }, check: oneOf("debug", "info", "warn", "error")},
	{Name: "MES_LOG_FORMAT", Doc: "text or json", Default: "text", field: func(c *Config) *string { return &c.LogFormat }, check: oneOf("text", "json")},
	{Name: "MES_POSTGRES_BIN", Doc: "folder of PostgreSQL's programs; searched when empty", field: func(c *Config) *string { return &c.PostgresBin }},
}

func (s setting) set(c *Config, text string) error {
	if s.parse != nil {
		return s.parse(c, text)
	}
	if s.check != nil {
		if err := s.check(text); err != nil {
			return err
		}
	}
	*s.field(c) = text
	return nil
}

func between(least, most time.Duration, field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d < least || d > most {
			return fmt.Errorf("%q must be a duration from %s to %s", text, least, most)
		}
		*field(c) = d
		return nil
	}
}

func parseDays(c *Config, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 3650 {
		return fmt.Errorf("%q must be a number of days, 0 for never", text)
	}
	c.PasswordDays = n
	return nil
}

// parseRoles reads group=role pairs. Which roles there are is checked where they are used.
func parseRoles(c *Config, text string) error {
	if text == "" {
		return nil
	}
	c.OIDC.Roles = map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		group, role, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || group == "" || role == "" {
			return fmt.Errorf("%q must be group=role", pair)
		}
		c.OIDC.Roles[group] = role
	}
	return nil
}

func showRoles(roles map[string]string) string {
	var pairs []string
	for _, group := range slices.Sorted(maps.Keys(roles)) {
		pairs = append(pairs, group+"="+roles[group])
	}
	return strings.Join(pairs, ",")
}

func optional(check func(string) error) func(string) error {
	return func(text string) error {
		if text == "" {
			return nil
		}
		return check(text)
	}
}

func oneOf(words ...string) func(string) error {
	return func(text string) error {
		if !slices.Contains(words, text) {
			return fmt.Errorf("%q must be one of %s", text, strings.Join(words, ", "))
		}
		return nil
	}
}

// Print writes the effective settings, one a line, without any secret.
func (c Config) Print(w io.Writer) error {
	for _, s := range settings {
		if _, err := fmt.Fprintf(w, "%-28s %-44s %s\n", s.Name, s.value(c), s.Doc); err != nil {
			return err
		}
	}
	for _, row := range [][3]string{
		{"TEMPORAL_ADDRESS", c.Temporal.Address, "Temporal cluster"},
		{"TEMPORAL_NAMESPACE", c.Temporal.Namespace, "its namespace"},
		{"TEMPORAL_API_KEY", redact(c.Temporal.APIKey), "its key"},
	} {
		if _, err := fmt.Fprintf(w, "%-28s %-44s %s\n", row[0], dash(row[1]), row[2]); err != nil {
			return err
		}
	}
	return nil
}

func (s setting) value(c Config) string {
	switch {
	case s.show != nil:
		return s.show(c)
	case s.Secret:
		return dash(redact(*s.field(&c)))
	}
	text := *s.field(&c)
	if u, err := url.Parse(text); err == nil && u.User != nil {
		text = u.Redacted()
	}
	return dash(text)
}

func redact(secret string) string {
	if secret == "" {
		return ""
	}
	return "(set)"
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// daysOf reads how many days something is kept.
func daysOf(field func(*Config) *int) func(*Config, string) error {
	return func(c *Config, text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 36_600 {
			return fmt.Errorf("%q must be 1 to 36600 days", text)
		}
		*field(c) = n
		return nil
	}
}
