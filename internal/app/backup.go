package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"filippo.io/age"

	"github.com/steelthread/steelthread/internal/backup"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// Backup groups the commands about backups.
type Backup struct {
	Take   TakeBackup   `cmd:"" default:"withargs" help:"Back up everything of a data folder, running or not, into one file."`
	Verify VerifyBackup `cmd:"" help:"Check a backup from its first byte to its last, without restoring it."`
}

// TakeBackup is the command that backs a data folder up. Records, pictures and the workflow engine's state lie in one
// PostgreSQL cluster, so one base backup of that holds all of them at one moment.
type TakeBackup struct {
	Data string `default:"data" help:"Data folder of mes up."`
	To   string `placeholder:"FILE|DIR" help:"File to write, or a folder in which one is named after the time."`
	Keys string `placeholder:"FILE" help:"Write the keys and passwords of the folder to this file, encrypted with a passphrase from the standard input."`
	Seal
}

// Seal says how an archive is encrypted. Without a recipient it is a passphrase from the standard input, the same as of the
// keys where both are written.
type Seal struct {
	Recipient []string `placeholder:"AGE1…" help:"Encrypt the backup for this age recipient, which can't open it: for backups that nobody stands by."`
	Plain     bool     `help:"Do not encrypt the backup: it lies on an encrypted disk, for example."`
}

// recipients are whom an archive is encrypted for; none for a plain one. ask gives the passphrase.
func (s Seal) recipients(ask func() (string, error)) ([]age.Recipient, error) {
	if s.Plain && len(s.Recipient) > 0 {
		return nil, errors.New("--plain and --recipient exclude each other. Nothing was written")
	}
	if s.Plain {
		return nil, nil
	}
	var out []age.Recipient
	for _, r := range s.Recipient {
		to, err := age.ParseX25519Recipient(r)
		if err != nil {
			return nil, fmt.Errorf("--recipient %s is no recipient of age. Nothing was written: %w", r, err)
		}
		out = append(out, to)
	}
	if len(out) > 0 {
		return out, nil
	}
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	if len(passphrase) < backup.MinPassphrase {
		return nil, fmt.Errorf("the passphrase is shorter than %d characters. Nothing was written. Give a longer one, --recipient, or --plain", backup.MinPassphrase)
	}
	to, err := age.NewScryptRecipient(passphrase)
	return []age.Recipient{to}, err
}

// Unseal says how an encrypted archive is opened.
type Unseal struct {
	Identity string `type:"existingfile" placeholder:"FILE" help:"age identity that opens an encrypted backup; left out, its passphrase is read from the standard input."`
}

// identities open an archive; none for a plain one. ask gives the passphrase.
func (u Unseal) identities(place string, ask func() (string, error)) ([]age.Identity, error) {
	sealed, err := backup.Sealed(place)
	if err != nil || !sealed {
		return nil, err
	}
	if u.Identity != "" {
		f, err := os.Open(u.Identity)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return age.ParseIdentities(f)
	}
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	by, err := age.NewScryptIdentity(passphrase)
	return []age.Identity{by}, err
}

// onceAsked asks for the passphrase when it is wanted first, and for no other.
func onceAsked() func() (string, error) { return sync.OnceValues(readPassphrase) }

// Run takes the backup, the keys or both.
func (b TakeBackup) Run(ctx context.Context, info Info) error {
	if err := b.check(); err != nil {
		return err
	}
	lock, err := lockBackup(b.Data)
	if err != nil {
		return err
	}
	defer lock.Close()
	ask := onceAsked()
	if b.Keys != "" {
		if err := b.keys(ask); err != nil {
			return err
		}
	}
	if b.To == "" {
		return nil
	}
	to, err := b.recipients(ask)
	if err != nil {
		return err
	}
	return b.records(ctx, info, to)
}

// check refuses what can't be backed up, before anything is opened.
func (b TakeBackup) check() error {
	if b.To == "" && b.Keys == "" {
		return errors.New("say where to: --to FILE|DIR for everything but the keys, --keys FILE for the keys")
	}
	c, err := config.Load()
	if err != nil {
		return err
	}
	if c.DatabaseURL != "" {
		return errors.New("MES_DATABASE_URL names an outside PostgreSQL, and mes backup takes the data folder of a mes up only. Nothing was written. " +
			"Use pg_basebackup with WAL archiving on that cluster; records and Temporal must come from one moment. docs/runbooks/backup.md says how")
	}
	if _, err := os.Stat(filepath.Join(b.Data, "postgres", "PG_VERSION")); err != nil {
		return fmt.Errorf("%s is no data folder of mes up. Nothing was written. Name it with --data: %w", b.Data, err)
	}
	if _, err := os.Stat(filepath.Join(b.Data, backup.Marker)); err == nil {
		return fmt.Errorf("%s was restored and not started since. Nothing was written. Start it once with mes up", b.Data)
	}
	return nil
}

// lockBackup lets one backup run at a time.
func lockBackup(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder can't be used: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another backup of %s is being taken. Nothing was written. Wait for its end", dir), f.Close())
	}
	return f, nil
}

func (b TakeBackup) keys(ask func() (string, error)) error {
	passphrase, err := ask()
	if err != nil {
		return err
	}
	names, err := backup.WriteKeys(b.Data, b.Keys, passphrase)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%s holds %d encrypted files: %s. Keep it and its passphrase apart from the backups.\n", b.Keys, len(names), strings.Join(names, ", "))
	return err
}

func (b TakeBackup) records(ctx context.Context, info Info, to []age.Recipient) error {
	source, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer source.close()
	records, err := store.OpenBackups(ctx, source.app)
	if err != nil {
		return err
	}
	defer records.Close()
	tally, err := records.Tally(ctx)
	if err != nil {
		return fmt.Errorf("count the records: %w", err)
	}
	m := backup.Manifest{MESVersion: info.Version, BeganAt: tally.At, Running: source.running, Tally: tally}
	w, err := backup.Create(placeOf(b.To, tally.At, len(to) > 0), to...)
	if err != nil {
		return err
	}
	out, m, err := copyBase(ctx, source.owner, w, m)
	if err != nil {
		return err
	}
	taken := mes.BackupTaken{File: filepath.Base(out.Path), SHA256: out.SHA256, Size: out.Size, BeganAt: m.BeganAt, EndedAt: m.EndedAt, WALEnd: m.WALEnd, Running: m.Running, By: systemAccount()}
	if err := records.Taken(ctx, commandLine(), taken); err != nil {
		return fmt.Errorf("%s is whole, but the audit trail does not tell of it: %w", out.Path, err)
	}
	return tellBackup(os.Stdout, out, m)
}

// copyBase has PostgreSQL send everything and writes it down. A failure leaves no file.
func copyBase(ctx context.Context, url string, w *backup.Writer, m backup.Manifest) (backup.Written, backup.Manifest, error) {
	base, err := postgres.TakeBase(ctx, url, func(b postgres.Base, r io.Reader) error {
		return w.AddTree(r, ofNoUse, newProgress(b.Estimate).show)
	})
	if err != nil {
		return backup.Written{}, m, errors.Join(fmt.Errorf("%w. No backup was written", err), w.Abort())
	}
	m.Major, m.Postgres, m.SystemID, m.Timeline = base.Major, base.Version, base.SystemID, base.Timeline
	m.WALStart, m.WALEnd, m.EndedAt = base.Start, base.End, time.Now().UTC()
	out, err := w.Commit(&m)
	return out, m, err
}

// ofNoUse leaves PostgreSQL's own log files out: they are the server's diary, not the plant's records.
func ofNoUse(name string) bool { return strings.HasPrefix(name, "log/") || name == "current_logfiles" }

// source is the PostgreSQL that is backed up.
type source struct {
	owner, app string // URLs
	running    bool
	close      func()
}

// open finds the running PostgreSQL of the folder, or starts it for the time of the backup.
func (b TakeBackup) open(ctx context.Context) (source, error) {
	f, err := openFolder(b.Data)
	if errors.Is(err, errInUse) {
		return b.running()
	}
	if err != nil {
		return source{}, err
	}
	fmt.Fprintf(os.Stderr, "%s does not run; its PostgreSQL is started for the backup.\n", b.Data)
	c, err := config.Load()
	if err != nil {
		return source{}, errors.Join(err, f.close())
	}
	pg, err := postgres.Start(ctx, postgres.Options{DataDir: f.path("postgres"), BinDir: c.PostgresBin, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return source{}, errors.Join(err, f.close())
	}
	return source{owner: pg.AdminURL("postgres"), app: pg.AppURL(database), close: func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		_ = errors.Join(pg.Stop(stop), f.close()) // the backup is on disk; PostgreSQL recovers at its next start
	}}, nil
}

func (b TakeBackup) running() (source, error) {
	fmt.Fprintf(os.Stderr, "%s runs; the plant goes on meanwhile.\n", b.Data)
	dir := filepath.Join(b.Data, "postgres")
	owner, err := postgres.RunningURL(dir, postgres.RoleOwner, "postgres")
	if err != nil {
		return source{}, err
	}
	app, err := postgres.RunningURL(dir, postgres.RoleApp, database)
	return source{owner: owner, app: app, running: true, close: func() {}}, err
}

// placeOf is the file to write: the one that is named, or one in the named folder.
func placeOf(to string, at time.Time, sealed bool) string {
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		name := "mes-" + at.UTC().Format("20060102T150405Z") + ".tar.zst"
		if sealed {
			name += ".age"
		}
		return filepath.Join(to, name)
	}
	return to
}

// systemAccount is who runs this program, in the words of the operating system.
func systemAccount() string {
	name, err := user.Current()
	if err != nil {
		return "unknown"
	}
	host, err := os.Hostname()
	if err != nil {
		return name.Username
	}
	return name.Username + "@" + host
}

func tellBackup(w io.Writer, out backup.Written, m backup.Manifest) error {
	_, err := fmt.Fprintf(w, "%s\n  %s in %d files, %s in the archive, %s\n  sha256 %s\n  moment of the records %s, %d orders (%d open), %d lots (%d open), %d audit rows\n",
		out.Path, size(m.Bytes()), len(m.Files), size(out.Size), m.EndedAt.Sub(m.BeganAt).Round(time.Millisecond), out.SHA256,
		m.EndedAt.Format(time.RFC3339), m.Tally.Orders, m.Tally.OpenOrders, m.Tally.Lots, m.Tally.OpenLots, m.Tally.AuditRows)
	return err
}

// VerifyBackup is the command that checks an archive.
type VerifyBackup struct {
	File   string `arg:"" type:"existingfile" help:"The backup."`
	SHA256 string `name:"sha256" placeholder:"HEX" help:"Sum that it must have; FILE.sha256 when left out."`
	Unseal
}

// Run checks.
func (v VerifyBackup) Run() error {
	by, err := v.identities(v.File, onceAsked())
	if err != nil {
		return err
	}
	c, err := backup.Check(v.File, v.SHA256, by...)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%s is in order: %d files with %s, PostgreSQL %s, mes %s.\n  sha256 %s\n  moment of the records %s, %d orders, %d lots, at least %d audit rows, head %s\n",
		c.Path, len(c.Files), size(c.Bytes()), c.Postgres, c.MESVersion, c.SHA256, c.EndedAt.Format(time.RFC3339), c.Tally.Orders, c.Tally.Lots, c.Tally.AuditRows, c.Tally.AuditHead)
	return err
}

// progress tells how far the copy is, every few seconds, on the standard error.
type progress struct {
	estimate int64
	last     time.Time
}

func newProgress(estimate int64) *progress { return &progress{estimate: estimate, last: time.Now()} }

func (p *progress) show(bytes int64) {
	if time.Since(p.last) < 2*time.Second {
		return
	}
	p.last = time.Now()
	fmt.Fprintf(os.Stderr, "%s of about %s\n", size(bytes), size(p.estimate))
}

func size(n int64) string {
	const mb = 1 << 20
	if n < 10*mb {
		return fmt.Sprintf("%.1f MB", float64(n)/mb)
	}
	return fmt.Sprintf("%d MB", n/mb)
}
