package postgres

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// RunningURL is the connection URL of a role to a database of a server that another process runs on dataDir, such as a
// `mes up` on the same machine. It reads what lies beside the data, so only who may read the secrets can use it.
func RunningURL(dataDir, role, database string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return "", fmt.Errorf("PostgreSQL does not run in %s: %w", dataDir, err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 {
		return "", fmt.Errorf("PostgreSQL in %s has only just begun to start", dataDir)
	}
	s, err := openSecrets(filepath.Join(filepath.Dir(dataDir), "secrets", "postgres.json"))
	if err != nil {
		return "", err
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, s.get(role)), Host: net.JoinHostPort("127.0.0.1", strings.TrimSpace(lines[3])),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String(), nil
}
