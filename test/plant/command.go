package plant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
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

var temporalAnswers = regexp.MustCompile(`Temporal answers.*address=([0-9.:]+).*namespace=(\w+)`)

// Temporal finds the engine's address in what the newest life of `mes` has logged.
func (p *Plant) Temporal() (address, namespace string, err error) {
	data, err := os.ReadFile(p.MES().Log)
	if err != nil {
		return "", "", err
	}
	all := temporalAnswers.FindAllStringSubmatch(string(data), -1)
	if len(all) == 0 {
		return "", "", errors.New("the log does not tell Temporal's address")
	}
	last := all[len(all)-1]
	return last[1], last[2], nil
}
