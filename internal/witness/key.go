package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/steelthread/steelthread/mes"
)

// Keys are the audit key's files: the private key, and beside it, as *.pub, the public keys of earlier ones.
type Keys struct {
	File string
}

// incoming is the new key while the old one hands over: it is on disk before the old key names it.
func (k Keys) incoming() string { return k.File + ".next" }

// Make makes the key where there is none, readable by this process's user alone. made tells that it did.
func (k Keys) Make() (public ed25519.PublicKey, made bool, err error) {
	if _, err := os.Stat(k.File); !errors.Is(err, fs.ErrNotExist) {
		private, err := k.Private()
		if err != nil {
			return nil, false, err
		}
		return publicOf(private), false, nil
	}
	if err := os.MkdirAll(filepath.Dir(k.File), 0o700); err != nil {
		return nil, false, fmt.Errorf("the audit key's folder can't be made: %w", err)
	}
	public, err = newKey(k.File)
	return public, err == nil, err
}

func newKey(file string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return public, writeSafely(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// writeSafely writes a file that is either whole or not there, whenever the power goes.
func writeSafely(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return syncDir(filepath.Dir(file))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Private reads the private key and refuses one that others may read.
func (k Keys) Private() (ed25519.PrivateKey, error) {
	info, err := os.Stat(k.File)
	if err != nil {
		return nil, fmt.Errorf("the audit key can't be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the audit key %s may be read by others (mode %o). Nothing was signed. Give it mode 600", k.File, info.Mode().Perm())
	}
	return readPrivate(k.File)
}

func readPrivate(file string) (ed25519.PrivateKey, error) {
	block, err := readPEM(file)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s holds no private ed25519 key", file)
	}
	return private, nil
}

func readPEM(file string) (*pem.Block, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", file)
	}
	return block, nil
}

// ReadPublic reads a public key, or the public half of a private one: an inspector needs no private key.
func ReadPublic(file string) (ed25519.PublicKey, error) {
	block, err := readPEM(file)
	if err != nil {
		return nil, err
	}
	if block.Type == "PRIVATE KEY" {
		private, err := readPrivate(file)
		return publicOf(private), err
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := key.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s holds no public ed25519 key", file)
	}
	return public, nil
}

func publicOf(private ed25519.PrivateKey) ed25519.PublicKey {
	if private == nil {
		return nil
	}
	public, _ := private.Public().(ed25519.PublicKey)
	return public
}

// EncodePublic is the form in which a public key is handed out.
func EncodePublic(public ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), err
}

// Known are the IDs of the present key and of the public keys beside it, and the present one's ID.
func (k Keys) Known() (known map[string]bool, current string, err error) {
	known = map[string]bool{}
	public, err := ReadPublic(k.File)
	if err != nil {
		return known, "", err
	}
	current = mes.KeyID(public)
	known[current] = true
	old, err := filepath.Glob(filepath.Join(filepath.Dir(k.File), "*.pub"))
	if err != nil {
		return known, current, err
	}
	for _, file := range old {
		public, err := ReadPublic(file)
		if err != nil {
			return known, current, err
		}
		known[mes.KeyID(public)] = true
	}
	return known, current, nil
}
