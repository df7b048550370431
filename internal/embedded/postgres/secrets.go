package postgres

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// secrets is the file of role passwords: a JSON object from role to password, mode 0600 in a folder of mode 0700.
type secrets struct {
	path string
	mu   sync.Mutex
	byID map[string]string
}

// openSecrets reads the file, or starts an empty one in memory when it does not exist yet.
func openSecrets(path string) (*secrets, error) {
	s := &secrets{path: path, byID: map[string]string{}}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("read the database passwords: %w", err)
	}
	if err := json.Unmarshal(data, &s.byID); err != nil {
		return nil, fmt.Errorf("read the database passwords in %s: %w", path, err)
	}
	return s, nil
}

func (s *secrets) get(role string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[role]
}

// ensure returns the role's password, drawing one of 128 random bits and storing it when the role has none.
func (s *secrets) ensure(role string) (string, error) {
	if p := s.get(role); p != "" {
		return p, nil
	}
	p := rand.Text()
	return p, s.set(role, p)
}

// set stores a role's password on disk before it returns, so that a password in use is never only in memory.
func (s *secrets) set(role, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[role] = password
	data, err := json.MarshalIndent(s.byID, "", "  ")
	if err != nil {
		return fmt.Errorf("store the database passwords: %w", err)
	}
	if err := writeDurably(s.path, append(data, '\n')); err != nil {
		return fmt.Errorf("store the database passwords: %w", err)
	}
	return nil
}

// writeDurably replaces a file in one step: a reader, or a process after a power cut, sees the old or the new content.
func writeDurably(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(dir)
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
