package backup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Unfinished is the folder's name while an archive is being unpacked. A data folder that holds it is not to be used.
const Unfinished = "postgres.restoring"

// Marker is the file by which the first start after a restore learns of it.
const Marker = "restored.json"

// Extract unpacks a checked archive into dir, which must be empty or missing. before runs when everything is on disk and
// just before the data gets its name. On failure nothing stays.
func Extract(c Checked, dir string, before func() error) (err error) {
	made, err := emptyFolder(dir)
	if err != nil {
		return err
	}
	fresh := filepath.Join(dir, Unfinished)
	defer func() {
		if err == nil {
			return
		}
		err = errors.Join(fmt.Errorf("restore into %s: %w. What was written is removed again", dir, err), os.RemoveAll(fresh), os.RemoveAll(filepath.Join(dir, Marker)))
		for _, name := range KeyFolders { // the folder was empty when we came
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
		}
		if made {
			_ = os.Remove(dir) // stays when it holds something of somebody else's
		}
	}()
	at := func(name string) string {
		return filepath.Join(fresh, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, DataFolder), "/")))
	}
	m, err := walk(c.Path, c.by, func(f File, r io.Reader) error { return writeFile(at(f.Name), f, r) },
		func(name string) error { return os.Mkdir(at(name), 0o700) })
	if err != nil {
		return err
	}
	if m.WALEnd != c.WALEnd || m.SystemID != c.SystemID || !m.EndedAt.Equal(c.EndedAt) {
		return errors.New("the archive has changed since it was checked")
	}
	syscall.Sync() // thousands of small files: one call for all is a hundred times faster than one for each
	if err := before(); err != nil {
		return err
	}
	if err := os.Rename(fresh, filepath.Join(dir, DataFolder)); err != nil {
		return err
	}
	return syncFolder(dir)
}

// emptyFolder makes the folder, or refuses one that holds anything.
func emptyFolder(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return false, fmt.Errorf("%s holds files already (%s). Nothing was written. Restore into an empty folder, or one that does not exist", dir, entries[0].Name())
	case err == nil:
		return false, nil
	case errors.Is(err, os.ErrNotExist):
		return true, os.MkdirAll(dir, 0o755)
	}
	return false, fmt.Errorf("%s can't be used: %w", dir, err)
}

func writeFile(place string, f File, r io.Reader) error {
	out, err := os.OpenFile(place, os.O_CREATE|os.O_EXCL|os.O_WRONLY, os.FileMode(f.Mode&0o700))
	if err != nil {
		return err
	}
	n, err := io.Copy(out, r)
	if err == nil && n != f.Size {
		err = fmt.Errorf("%s has %d bytes, not %d", f.Name, n, f.Size)
	}
	return errors.Join(err, out.Close())
}
