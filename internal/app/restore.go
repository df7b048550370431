package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/steelthread/steelthread/internal/backup"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// Restore groups the commands about restoring.
type Restore struct {
	Unpack UnpackBackup `cmd:"" default:"withargs" help:"Restore a backup into an empty data folder; starts nothing."`
	Adopt  AdoptOutside `cmd:"" help:"Take up records that a database administrator restored in an outside PostgreSQL, before any role is started."`
	Accept AcceptERP    `cmd:"" help:"End parked messages to the ERP because it holds those of the lost time under the same keys."`
	Lost   TellLost     `cmd:"" help:"Tell what lies between a restored backup and the loss, compared with what the world remembers."`
}

// UnpackBackup is the command that restores. What must happen to the records themselves happens in the first `mes up`,
// before anything works on them.
type UnpackBackup struct {
	File    string `arg:"" help:"The backup."`
	Data    string `required:"" help:"Data folder to make; it must be empty or missing."`
	Keys    string `type:"existingfile" placeholder:"FILE" help:"File of mes backup --keys; its passphrase is read from the standard input. Without it, new passwords are made."`
	SHA256  string `name:"sha256" placeholder:"HEX" help:"Sum that the backup must have; FILE.sha256 when left out."`
	LotJump int64  `default:"10000" help:"Numbers of each product that are left out, since they may have been given out after the backup. More than any product can have got meanwhile."`
	Unseal
}

// Run checks everything, then writes.
func (u UnpackBackup) Run(ctx context.Context) error {
	began := time.Now()
	ask := onceAsked()
	by, err := u.identities(u.File, ask)
	if err != nil {
		return err
	}
	c, err := backup.Check(u.File, u.SHA256, by...)
	if err != nil {
		return err
	}
	r := mes.Restore{ID: rand.Text(), File: filepath.Base(c.Path), SHA256: c.SHA256, TakenAt: c.EndedAt, RestoredAt: time.Now().UTC(), By: systemAccount(),
		LotJump: u.LotJump, Keys: u.Keys != "", Before: c.Tally}
	if err := errors.Join(faultsOf(r.Validate()), fitsHere(ctx, c)); err != nil {
		return err
	}
	keys := backup.Keys{}
	if u.Keys != "" {
		passphrase, err := ask()
		if err != nil {
			return err
		}
		if keys, err = backup.ReadKeys(u.Keys, passphrase); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%s is in order; %s are being written to %s.\n", u.File, size(c.Bytes()), u.Data)
	err = backup.Extract(c, u.Data, func() error {
		return errors.Join(keys.Write(u.Data), writeJSON(filepath.Join(u.Data, backup.Marker), r))
	})
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%s holds the records of %s, restored in %s. Nothing runs yet.\nStart it with: mes up --data %s\nThen read: mes restore lost --data %s\n",
		u.Data, c.EndedAt.Format(time.RFC3339), time.Since(began).Round(time.Millisecond), u.Data, u.Data)
	return err
}

func faultsOf(err error) error {
	if err != nil {
		return faultLines(err)
	}
	return nil
}

// fitsHere refuses a backup that this machine and this program can't run.
func fitsHere(ctx context.Context, c backup.Checked) error {
	settings, err := config.Load()
	if err != nil {
		return err
	}
	if _, err := postgres.FindBinaries(ctx, settings.PostgresBin, c.Major); err != nil {
		return fmt.Errorf("the backup was made with PostgreSQL %d, whose files no other version reads. Nothing was written. Install PostgreSQL %d, or name its folder with MES_POSTGRES_BIN: %w", c.Major, c.Major, err)
	}
	newest, err := store.NewestSchema()
	if err != nil {
		return err
	}
	if c.Tally.Schema > newest {
		return fmt.Errorf("the backup was made by mes %s with schema version %d; this program knows up to %d. Nothing was written. Use that version, or a newer one", c.MESVersion, c.Tally.Schema, newest)
	}
	return nil
}

// readPassphrase takes one line, so that it stands neither in the shell's history nor in the process list.
func readPassphrase() (string, error) {
	fmt.Fprint(os.Stderr, "Passphrase (one line): ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// pendingRestore reads what a restore left for the first start; found is false where there was none. A folder in which a
// restore was cut off is refused.
func pendingRestore(f *folder) (r mes.Restore, found bool, err error) {
	if _, err := os.Stat(f.path(backup.Unfinished)); err == nil {
		return r, false, fmt.Errorf("a restore into %s was cut off. Nothing was started. Empty the folder and restore again", f.dir)
	}
	err = readJSON(f.path(backup.Marker), &r)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	return r, err == nil, err
}

// completeRestore takes restored records up, before anything works on them, and forgets the marker. Where the process dies
// in between, the next start finds the restore complete.
func (h *house) completeRestore(ctx context.Context) error {
	if h.restored == nil {
		return nil
	}
	done, err := h.store.Restores.Complete(ctx, *h.restored)
	if err != nil {
		return fmt.Errorf("take up the restored records: %w", err)
	}
	h.log.Warn("the records were restored from a backup; what was recorded later is lost", "backup", done.File, "of", done.TakenAt,
		"audit rows", done.AuditRows, "sessions ended", done.Sessions, "read", "mes restore lost --data "+h.folder.dir)
	return os.Remove(h.folder.path(backup.Marker))
}

// AcceptERP is the command that ends parked messages on a person's word.
type AcceptERP struct {
	Keys   []string `arg:"" help:"Keys of the messages, as the ERP screen shows them."`
	Reason string   `required:"" help:"What was compared, and by whom; it stands in the audit trail."`
	Records
}

// Run ends them, each in a transaction of its own.
func (a AcceptERP) Run(ctx context.Context) error {
	s, _, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Restores.Last(ctx); err != nil {
		return fmt.Errorf("these records were never restored from a backup; send the message again instead: %w", err)
	}
	for _, key := range a.Keys {
		if err := s.Outbox.Accept(ctx, key, commandLine(), a.Reason); err != nil {
			return err
		}
		fmt.Println(key, "is ended.")
	}
	return nil
}

// AdoptOutside is the command that does for an outside database what the first mes up does for a restored folder.
type AdoptOutside struct {
	TakenAt time.Time `required:"" format:"2006-01-02T15:04:05Z07:00" help:"Moment that the records went back to, such as 2026-11-26T20:15:00Z."`
	LotJump int64     `default:"10000" help:"Numbers of each product that are left out."`
}

// Run takes the records up, once for each moment.
func (a AdoptOutside) Run(ctx context.Context) error {
	c, err := config.Load()
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		return errors.New("MES_DATABASE_URL must name the restored database. Nothing was changed. A folder that mes restore made is taken up by mes up itself")
	}
	s, err := store.Open(ctx, c.DatabaseURL)
	if err != nil {
		return err
	}
	defer s.Close()
	moment := a.TakenAt.UTC().Format(time.RFC3339)
	done, err := s.Restores.Complete(ctx, mes.Restore{ID: "outside/" + moment, File: "outside PostgreSQL, " + moment, TakenAt: a.TakenAt.UTC(), RestoredAt: time.Now().UTC(),
		By: systemAccount(), LotJump: a.LotJump})
	if err != nil {
		return faultsOf(err)
	}
	_, err = fmt.Printf("The records of %s are taken up: %d devices and %d products go on with a gap, %d sessions ended.\n", moment, len(done.Devices), len(done.Lots), done.Sessions)
	return err
}
