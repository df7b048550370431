package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// KeyFolders are the folders of a data folder that hold secrets and never go into an archive of records.
var KeyFolders = []string{"keys", "pki", "secrets"}

const (
	// MinPassphrase is the shortest passphrase that is taken.
	MinPassphrase = 12
	maxKeys       = 16 << 20 // bytes of all keys together
)

// WriteKeys encrypts the key folders of a data folder with a passphrase into a new file, and returns what is inside. Any
// age program opens it.
func WriteKeys(dataDir, place, passphrase string) ([]string, error) {
	if len(passphrase) < MinPassphrase {
		return nil, fmt.Errorf("the passphrase is shorter than %d characters. Nothing was written", MinPassphrase)
	}
	var plain bytes.Buffer
	names, err := packKeys(dataDir, &plain)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no keys (%s). Nothing was written", dataDir, strings.Join(KeyFolders, ", "))
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = w.Write(plain.Bytes())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encrypt the keys: %w", err)
	}
	if err := writeNew(place, sealed.Bytes()); err != nil {
		return nil, err
	}
	return names, syncFolder(filepath.Dir(place))
}

func packKeys(dataDir string, to io.Writer) (names []string, err error) {
	t := tar.NewWriter(to)
	for _, folder := range KeyFolders {
		err := filepath.WalkDir(filepath.Join(dataDir, folder), func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			rel, err := filepath.Rel(dataDir, p)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(rel)
			names = append(names, name)
			if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o600}); err != nil {
				return err
			}
			_, err = t.Write(text)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the keys: %w", err)
		}
	}
	return names, t.Close()
}

// Keys are decrypted key files by name, in memory only.
type Keys map[string][]byte

// ReadKeys opens a file of WriteKeys.
func ReadKeys(place, passphrase string) (Keys, error) {
	f, err := os.Open(place)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	who, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(f, who)
	if err != nil {
		return nil, fmt.Errorf("%s does not open with this passphrase. Nothing was written: %w", place, err)
	}
	k, err := unpackKeys(io.LimitReader(r, maxKeys))
	if err != nil {
		return nil, fmt.Errorf("%s can't be used. Nothing was written: %w", place, err)
	}
	return k, nil
}

func unpackKeys(r io.Reader) (Keys, error) {
	k := Keys{}
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return k, nil
		}
		if err != nil {
			return nil, err
		}
		folder, _, _ := strings.Cut(h.Name, "/")
		if !fs.ValidPath(h.Name) || path.Clean(h.Name) != h.Name || h.Typeflag != tar.TypeReg || !isKeyFolder(folder) || folder == h.Name {
			return nil, fmt.Errorf("it holds an entry named %q, which no file of keys does", h.Name)
		}
		if k[h.Name], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}

func isKeyFolder(name string) bool {
	for _, f := range KeyFolders {
		if f == name {
			return true
		}
	}
	return false
}

// Write puts the keys into a data folder, readable by nobody else.
func (k Keys) Write(dataDir string) error {
	for name, text := range k {
		place := filepath.Join(dataDir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			return err
		}
		if err := writeNew(place, text); err != nil {
			return err
		}
	}
	return nil
}
