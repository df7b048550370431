package backup

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestASealedArchiveOpensWithItsKeyAlone encrypts for a recipient, and opens, checks and unpacks with its identity.
func TestASealedArchiveOpensWithItsKeyAlone(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "b.tar.zst.age")
	w, err := Create(place, mine.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddTree(stream(t, cluster), func(string) bool { return false }, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	out, err := w.Commit(manifest())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err := Sealed(place); !sealed || err != nil || bytes.Contains(raw, []byte("PG_VERSION")) {
		t.Errorf("sealed %v, %v", sealed, err)
	}
	if _, err := Check(place, ""); err == nil || !strings.Contains(err.Error(), "is encrypted") {
		t.Errorf("without a key: %v", err)
	}
	if _, err := Check(place, "", other); err == nil || !strings.Contains(err.Error(), "does not open") {
		t.Errorf("with another key: %v", err)
	}
	c, err := Check(place, "", other, mine)
	if err != nil || !c.Sealed || c.SHA256 != out.SHA256 {
		t.Fatalf("with its key: %+v, %v", c, err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := Extract(c, dir, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, DataFolder, "PG_VERSION")); err != nil || string(got) != "15\n" {
		t.Errorf("unpacked %q, %v", got, err)
	}
	// One bit of what is encrypted, under a sum that fits: age itself refuses it.
	raw[len(raw)-40] ^= 1
	bent := filepath.Join(t.TempDir(), "bent.age")
	if err := os.WriteFile(bent, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	sum, _, err := hashOf(bent)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check(bent, sum, mine); err == nil {
		t.Error("a changed archive is taken")
	}
}
