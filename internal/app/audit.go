package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/witness"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// Audit groups the commands about the audit trail.
type Audit struct {
	Verify VerifyAudit `cmd:"" help:"Check rows, checkpoints and the file outside the database; name the first that does not fit."`
	Export ExportAudit `cmd:"" help:"Write the trail, or a part of it, as JSON lines and as CSV."`
	Key    AuditKey    `cmd:"" help:"Print the audit key's ID and public half."`
	Rotate RotateAudit `cmd:"" help:"Replace the key that signs checkpoints; the old one signs for the new one."`
}

// Outside says where the key and the file outside the database are.
type Outside struct {
	Key string `placeholder:"FILE" help:"Audit key, public or private; MES_AUDIT_KEY_FILE, else the data folder's."`
	Log string `placeholder:"FILE" help:"File of checkpoints; MES_AUDIT_LOG, else the data folder's."`
	Records
}

// witnesses are the key and file of this command. A file that was not named and is not there counts as none.
func (o Outside) witnesses(c config.Config) (witness.Keys, witness.Log) {
	found := func(named, inFolder string) string {
		if _, err := os.Stat(inFolder); named == "" && err == nil {
			return inFolder
		}
		return named
	}
	f := folder{dir: o.Data}
	return witness.Keys{File: found(or(o.Key, c.AuditKeyFile), f.path("keys", "audit.ed25519"))},
		witness.Log{File: found(or(o.Log, c.AuditLog), f.path("audit", "checkpoints.jsonl"))}
}

// VerifyAudit is the command that checks the trail.
type VerifyAudit struct{ Outside }

// Run prints the proof, and fails with the first thing that does not fit.
func (v VerifyAudit) Run(ctx context.Context) error {
	s, c, err := v.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	keys, log := v.witnesses(c)
	verdict, err := proverOf(s, keys, log).Verify(ctx)
	if err != nil {
		return err
	}
	if err := printProof(os.Stdout, verdict, keys, log); err != nil {
		return err
	}
	return errors.Join(misfit(verdict), signaturesFit(ctx, s))
}

// signaturesFit checks every signature's own row, the request that it answers and its place in the audit trail.
func signaturesFit(ctx context.Context, s *store.Store) error {
	v, err := s.Signatures.Verify(ctx)
	if err != nil {
		return err
	}
	if !v.OK {
		return fmt.Errorf("signature %s does not fit: %s", v.Bad, v.Why)
	}
	_, err = fmt.Printf("%-12s %d fit the requests that they answer\n", "signatures", v.Signatures)
	return err
}

// misfit is the error of a trail that does not hold.
func misfit(v mes.AuditVerdict) error {
	switch {
	case v.OK:
		return nil
	case v.Bad != 0:
		return fmt.Errorf("the audit trail does not fit at row %d: %s", v.Bad, v.Why)
	}
	return fmt.Errorf("the audit trail does not fit: %s", v.Why)
}

// printProof says what was checked and with what.
func printProof(w io.Writer, v mes.AuditVerdict, keys witness.Keys, log witness.Log) error {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("rows", "%d checked of %d, in %d strands", v.Checked, v.Rows, v.Strands)
	line("head", "%s", v.Head)
	line("checkpoints", "%d", v.Checkpoints)
	if v.Last != nil {
		line("last", "checkpoint %d of %s, %s ago, covers %d rows", v.Last.N, v.Last.At.UTC().Format("2006-01-02 15:04:05 MST"), v.At.Sub(v.Last.At).Round(time.Second), v.Last.Rows)
	}
	line("newer", "%d rows are newer than the last checkpoint: so many could be cut off unseen", v.Newer)
	for _, k := range v.Keys {
		line("key", "%s", k)
	}
	switch {
	case keys.File == "":
		line("warning", "no key outside the database was given: signatures prove nothing against its owner. Give one with --key")
	case v.OK && v.Checkpoints > 0:
		line("known key", "vouches: %s", keys.File)
	}
	if v.Compared {
		line("file", "compared: %s", log.File)
	} else {
		line("warning", "no file of checkpoints was given: an end that was cut off together with its checkpoints can't be seen. Give one with --log")
	}
	line("took", "%s", v.Took.Round(time.Millisecond))
	if v.OK {
		line("verdict", "everything fits")
	}
	return nil
}

// AuditKey is the command that prints the public key, for whoever keeps a copy of it.
type AuditKey struct{ Outside }

// Run prints the ID on the error output and the key on the standard output.
func (a AuditKey) Run() error {
	c, err := config.Load()
	if err != nil {
		return err
	}
	keys, _ := a.witnesses(c)
	if keys.File == "" {
		return errors.New("there is no audit key here; name one with --key")
	}
	public, err := witness.ReadPublic(keys.File)
	if err != nil {
		return err
	}
	text, err := witness.EncodePublic(public)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "key", mes.KeyID(public))
	_, err = os.Stdout.Write(text)
	return err
}

// RotateAudit is the command that replaces the key.
type RotateAudit struct {
	Reason string `required:"" help:"Why; it stands in the audit trail."`
	Outside
}

// Run replaces it. A running mes takes the new key at its next checkpoint.
func (r RotateAudit) Run(ctx context.Context) error {
	s, c, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	keys, log := r.witnesses(c)
	if keys.File == "" || log.File == "" {
		return errors.New("name the key with --key and the file of checkpoints with --log")
	}
	from, to, err := quietKeeper(s, c, keys, log).Rotate(ctx, commandLine(), r.Reason)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("Key %s signed for key %s, which signs from now on. The public half of the old one stays beside it.\n", from, to)
	return err
}

func quietKeeper(s *store.Store, c config.Config, keys witness.Keys, log witness.Log) *witness.Keeper {
	return keeperOf(s, c, keys, log, quiet())
}
