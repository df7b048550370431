package config

import (
	"strings"
	"testing"
	"time"
)

func from(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func TestDefaults(t *testing.T) {
	c, err := load(from(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.SessionIdle != 30*time.Minute || c.Temporal.Address != "127.0.0.1:7233" || c.Temporal.Namespace != "default" {
		t.Errorf("defaults are %+v", c)
	}
}

func TestMigrationsUseTheApplicationsDatabaseUnlessToldOtherwise(t *testing.T) {
	c, err := load(from(map[string]string{"MES_DATABASE_URL": "postgres://app@db/mes"}))
	if err != nil || c.MigrateURL != "postgres://app@db/mes" {
		t.Errorf("MigrateURL = %q, %v", c.MigrateURL, err)
	}
}

func TestEveryBadVariableIsNamed(t *testing.T) {
	_, err := load(from(map[string]string{
		"MES_DATABASE_URL": "mysql://x/y", "MES_LISTEN": "8080", "MES_SESSION_IDLE": "soon", "MES_LOG_LEVEL": "loud", "MES_ERP_URL": "erp",
		"MES_PASSWORD_DAYS": "soon", "MES_OIDC_ISSUER": "idp", "MES_OIDC_ROLES": "it",
	}))
	if err == nil {
		t.Fatal("bad settings were accepted")
	}
	for _, name := range []string{"MES_DATABASE_URL", "MES_LISTEN", "MES_SESSION_IDLE", "MES_LOG_LEVEL", "MES_ERP_URL", "MES_PASSWORD_DAYS", "MES_OIDC_ISSUER", "MES_OIDC_ROLES"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
}

func TestPrintShowsNoSecret(t *testing.T) {
	c, err := load(from(map[string]string{
		"MES_DATABASE_URL": "postgres://app:pg-secret@db/mes", "MES_MQTT_URL": "tcp://cam:mqtt-secret@broker:1883",
		"MES_ERP_SECRET": "erp-secret", "MES_CMMS_SECRET": "cmms-secret", "MES_OIDC_CLIENT_SECRET": "oidc-secret", "MES_OIDC_ROLES": "it=admin,line=operator", "MES_EDGE_TOKEN": "edge-secret", "TEMPORAL_API_KEY": "temporal-secret", "TEMPORAL_ADDRESS": "t.example:7233",
	}))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "-secret") {
		t.Errorf("a secret is printed:\n%s", b.String())
	}
	for _, want := range []string{"MES_DATABASE_URL", "db/mes", "broker:1883", "t.example:7233", "(set)", "it=admin,line=operator"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}
