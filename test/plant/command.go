package plant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Import loads a plant's definition beside what is there.
func (p *Plant) Import(ctx context.Context, folder string) error {
	return p.Command(ctx, "import", folder)
}

// Command runs another command of the binary on this system's records.
func (p *Plant) Command(ctx context.Context, args ...string) error {
	_, err := p.Output(ctx, args...)
	return err
}

// Output runs another command of the binary on this system's records and returns what it prints.
func (p *Plant) Output(ctx context.Context, args ...string) (string, error) {
	dsn, err := DatabaseURL(p.DataDir(), "mes")
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, p.Binary, args...)
	cmd.Env = append(os.Environ(), "MES_DATABASE_URL="+dsn, "MES_SITE=HAM")
	if address, _, err := p.Temporal(); err == nil {
		cmd.Env = append(cmd.Env, "TEMPORAL_ADDRESS="+address, "TEMPORAL_NAMESPACE=steelthread")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("mes %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// Temporal is where the embedded engine listens, and the namespace that the system uses.
func (p *Plant) Temporal() (address, namespace string, err error) {
	info, err := p.Info()
	if err == nil && info.Temporal == "" {
		err = errors.New("run.json does not tell Temporal's address")
	}
	return info.Temporal, "steelthread", err
}
