package witness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/steelthread/steelthread/mes"
)

// Log is the file outside the database that holds every checkpoint, one JSON document a line. A line counts when it ends
// with its newline: what a dying process left half-written is cut off before the next one.
type Log struct {
	File string
}

// there tells that the file exists.
func (l Log) there() bool {
	_, err := os.Stat(l.File)
	return l.File != "" && err == nil
}

// Read reads the file; found is false where there is none.
func (l Log) Read() (entries mes.CheckpointLog, found bool, err error) {
	if l.File == "" {
		return nil, false, nil
	}
	content, err := os.ReadFile(l.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("the checkpoints' file can't be read: %w", err)
	}
	entries, _, err = l.parse(content)
	return entries, true, err
}

// parse reads whole lines and tells where they end.
func (l Log) parse(content []byte) (entries mes.CheckpointLog, whole int64, err error) {
	end := bytes.LastIndexByte(content, '\n') + 1
	for line := range bytes.Lines(content[:end]) {
		var c mes.Checkpoint
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, 0, fmt.Errorf("%s, line %d, is no checkpoint: %w", l.File, len(entries)+1, err)
		}
		entries = append(entries, mes.LoggedCheckpoint{N: c.N, At: c.At, Rows: c.Rows, Digest: c.Digest()})
	}
	return entries, int64(end), nil
}

// source is the database's side of the checkpoints.
type source interface {
	Checkpoints(ctx context.Context, after int64, most int) ([]mes.Checkpoint, error)
	NewestCheckpoint(ctx context.Context) (mes.Checkpoint, error)
}

// CatchUp adds what the file lacks of the database's checkpoints, and returns when it is on disk. Several processes may
// do so at the same time. Nothing is written when the file says otherwise than the database (Broken): then one of the two
// was tampered with. restarted tells that a new file was begun though there were checkpoints before.
func (l Log) CatchUp(ctx context.Context, s source) (restarted bool, err error) {
	if err := os.MkdirAll(filepath.Dir(l.File), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(l.File, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, fmt.Errorf("the checkpoints' file can't be written: %w", err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return false, fmt.Errorf("lock the checkpoints' file: %w", err)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		return false, err
	}
	entries, end, err := l.parse(content)
	if err != nil {
		return false, err
	}
	// Read under the file's lock: whatever is in the file was in the database before.
	newest, err := s.NewestCheckpoint(ctx)
	if err != nil {
		return false, err
	}
	known := int64(len(entries))
	if known > newest.N {
		return false, &Broken{entries.End(newest.N)}
	}
	if known == newest.N && entries.Misfit(newest) == "" {
		return false, nil
	}
	if err := l.extend(ctx, f, end, entries, newest.N, s); err != nil {
		return false, err
	}
	return known == 0 && newest.N > 1, errors.Join(f.Sync(), syncDir(filepath.Dir(l.File)))
}

// extend writes the checkpoints after the last of the file, whose last one must be the database's.
func (l Log) extend(ctx context.Context, f *os.File, end int64, entries mes.CheckpointLog, last int64, s source) error {
	if err := f.Truncate(end); err != nil {
		return err
	}
	if _, err := f.Seek(end, io.SeekStart); err != nil {
		return err
	}
	for at := max(0, int64(len(entries))-1); at < last; {
		more, err := s.Checkpoints(ctx, at, 500)
		if err != nil {
			return err
		}
		if len(more) == 0 {
			return &Broken{fmt.Sprintf("checkpoint %d is missing", at+1)}
		}
		for _, c := range more {
			if at = c.N; c.N <= int64(len(entries)) {
				if why := entries.Misfit(c); why != "" {
					return &Broken{why}
				}
				continue
			}
			if err := writeLine(f, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeLine(f *os.File, c mes.Checkpoint) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("the checkpoints' file can't be written: %w", err)
	}
	return nil
}

// Broken tells that the trail, its checkpoints or the file do not fit together.
type Broken struct{ Why string }

// Error says what does not fit.
func (b *Broken) Error() string { return "the audit trail does not fit: " + b.Why }
