package postgres

import (
	"context"
	"fmt"
	"strings"
)

// adoptRestored makes data that came out of a backup this server's own: it belongs to the right user and knows the
// password of its owner that lies beside it, which a backup does not hold; the other roles get theirs when it runs. PostgreSQL is run once for that without opening a port; it
// replays the backup's log on this occasion. Safe to repeat.
func (s *Server) adoptRestored(ctx context.Context) error {
	if err := s.account.ownTree(s.dataDir); err != nil {
		return fmt.Errorf("hand the restored data to PostgreSQL: %w", err)
	}
	password, err := s.secrets.ensure(RoleOwner)
	if err != nil {
		return err
	}
	s.log.Info("the restored data is being brought to the backup's moment", "data", s.dataDir)
	// Passwords on the standard input stand in no process list. Ours are of letters and digits.
	cmd := s.account.command(ctx, s.bin.path("postgres"), "--single", "-D", s.dataDir, "-c", "exit_on_error=true",
		"-c", "logging_collector=off", "postgres")
	cmd.Stdin = strings.NewReader(fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'\n", RoleOwner, strings.ReplaceAll(password, "'", "''")))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("bring the restored data in %s to the backup's moment: %w: %s", s.dataDir, err, complaints(string(out)))
	}
	return nil
}
