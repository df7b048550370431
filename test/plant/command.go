package plant

import (
	"context"
	"errors"
	"fmt"
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
	cmd := exec.CommandContext(ctx, p.Binary, append(args, "--data", p.DataDir())...)
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
