// Package pki makes and keeps OPC UA application instance certificates: self-signed, trusted by thumbprint.
package pki

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Load reads the certificate and key in dir, or makes and stores them when there are none yet.
func Load(dir, name, uri string) ([]byte, *rsa.PrivateKey, error) {
	cert, key, err := Read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Make(dir, name, uri)
	}
	return cert, key, err
}

// Thumbprint gives the SHA-256 thumbprint by which a certificate in DER is pinned.
func Thumbprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Read reads the certificate in DER and its key from dir. It fails with fs.ErrNotExist when there is none yet.
func Read(dir string) ([]byte, *rsa.PrivateKey, error) {
	cert, err := readPEM(filepath.Join(dir, "own.crt"), "CERTIFICATE")
	if err != nil {
		return nil, nil, err
	}
	der, err := readPEM(filepath.Join(dir, "own.key"), "PRIVATE KEY")
	if err != nil {
		return nil, nil, err
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, nil, fmt.Errorf("own.key: %w", err)
	}
	key, ok := k.(*rsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("own.key holds %T, RSA is needed", k)
	}
	return cert, key, nil
}

func readPEM(path, kind string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s holds no %s", path, kind)
	}
	return block.Bytes, nil
}

// Make makes a self-signed application instance certificate as OPC UA Part 6 wants it, with the application
// URI as a subject alternative name, and stores it as own.crt and own.key (0600) in dir. It gives the certificate in DER.
func Make(dir, name, uri string) ([]byte, *rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	tmpl, err := template(name, uri)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	// The key goes first: a certificate on disk is what says that the pair is complete.
	if err := writePEM(filepath.Join(dir, "own.key"), "PRIVATE KEY", der); err != nil {
		return nil, nil, err
	}
	return cert, key, writePEM(filepath.Join(dir, "own.crt"), "CERTIFICATE", cert)
}

func template(name, uri string) (*x509.Certificate, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("application URI: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Steelthread"}},
		URIs:         []*url.URL{u},
		DNSNames:     []string{host, "localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageKeyEncipherment |
			x509.KeyUsageDataEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}, nil
}

// writePEM writes through a temporary file, so that a crash leaves no half of a key.
func writePEM(path, kind string, der []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".own-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = pem.Encode(f, &pem.Block{Type: kind, Bytes: der})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
