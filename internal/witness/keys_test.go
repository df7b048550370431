package witness

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestTheKeyIsHandedOver(t *testing.T) {
	f := newTrail(t)
	f.work(10)
	first, err := ReadPublic(f.k.Keys.File)
	f.must(err)
	from, to, err := f.k.Rotate(t.Context(), mes.Actor{ID: "au-01"}, "yearly change")
	f.must(err)
	f.work(10)
	v := f.verify()
	if !v.OK || from == to || len(v.Keys) != 2 || v.Keys[0] != from || v.Keys[1] != to {
		t.Errorf("from %s to %s, verification says %+v", from, to, v)
	}
	// Either key alone vouches for all.
	for _, known := range []string{from, to} {
		v, err := f.Audits.Verify(t.Context(), mes.AuditCheck{Known: map[string]bool{known: true}})
		if f.must(err); !v.OK || !v.Anchored {
			t.Errorf("with key %s alone: %+v", known, v)
		}
	}
	page, err := f.Audits.List(t.Context(), mes.AuditFilter{Action: "audit_key_rotated"})
	f.must(err)
	if page.Total != 1 || page.Items[0].Reason != "yearly change" || page.Items[0].Before == nil || page.Items[0].After == nil {
		t.Errorf("the rotation in the trail: %+v", page.Items)
	}
	if from != mes.KeyID(first) {
		t.Errorf("the old key was %s, %s signed for the new one", mes.KeyID(first), from)
	}
}

// TestAHandoverIsFinishedAfterACrash plays a process that died after the old key named the new one.
func TestAHandoverIsFinishedAfterACrash(t *testing.T) {
	f := newTrail(t)
	f.work(10)
	next, err := newKey(f.k.Keys.incoming())
	f.must(err)
	_, err = f.k.seal(t.Context(), true, func(old ed25519.PrivateKey, c *mes.Checkpoint) error {
		c.Next = fmt.Sprintf("%x", []byte(next))
		c.Sign(old)
		return nil
	})
	f.must(err)
	f.rows(3)
	if _, err := f.k.Checkpoint(t.Context()); err == nil {
		t.Error("the old key signs although it has handed over")
	}
	f.must(f.k.Prepare(t.Context()))
	if c := f.work(3); c.Key != mes.KeyID(next) {
		t.Errorf("key %s signs, want %s", c.Key, mes.KeyID(next))
	}
	if v := f.verify(); !v.OK {
		t.Error(v.Why)
	}
	// A new key that was never named is dropped.
	_, err = newKey(f.k.Keys.incoming())
	f.must(err)
	f.must(f.k.Prepare(t.Context()))
	if c := f.work(3); c.Key != mes.KeyID(next) {
		t.Errorf("key %s signs, want %s", c.Key, mes.KeyID(next))
	}
}

func TestAnotherKeyDoesNotSign(t *testing.T) {
	f := newTrail(t)
	f.work(5)
	old := f.k.Keys.File
	f.k.Keys.File = filepath.Join(f.dir, "other", "audit.ed25519")
	_, made, err := f.k.Keys.Make()
	f.must(err)
	f.rows(5)
	if _, err := f.k.Checkpoint(t.Context()); !made || err == nil || !strings.Contains(err.Error(), "is another key") {
		t.Fatalf("made %v, %v", made, err)
	}
	// Where the old public key is known, a lost private one can be replaced.
	public, err := ReadPublic(old)
	f.must(err)
	text, err := EncodePublic(public)
	f.must(err)
	f.must(os.WriteFile(filepath.Join(f.dir, "other", "old.pub"), text, 0o600))
	f.work(5)
	f.k.Prover.Keys = f.k.Keys
	if v := f.verify(); !v.OK || len(v.Keys) != 2 {
		t.Errorf("%+v", v)
	}
	f.must(os.Chmod(f.k.Keys.File, 0o644))
	f.rows(5)
	if _, err := f.k.Checkpoint(t.Context()); err == nil || !strings.Contains(err.Error(), "may be read by others") {
		t.Errorf("a key that others can read: %v", err)
	}
}
