package witness

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/steelthread/steelthread/mes"
)

// Rotate replaces the key. The new one is on disk before the old one names it in a signed checkpoint; then it takes the
// old one's place, whose public half stays beside it. A crash in between is mended at the next start.
func (k *Keeper) Rotate(ctx context.Context, by mes.Actor, reason string) (from, to string, err error) {
	old, err := k.Keys.Private()
	if err != nil {
		return "", "", err
	}
	next, err := newKey(k.Keys.incoming())
	if err != nil {
		return "", "", err
	}
	from, to = mes.KeyID(publicOf(old)), mes.KeyID(next)
	c, err := k.seal(ctx, true, func(private ed25519.PrivateKey, c *mes.Checkpoint) error {
		c.Next = hex.EncodeToString(next)
		c.Sign(private)
		return nil
	})
	if err != nil {
		return from, to, err // whether the new key counts is decided by the last checkpoint, when the handover is finished
	}
	if c.Next != hex.EncodeToString(next) {
		return from, to, errors.New("another process is making a checkpoint. The key was not changed. Try again")
	}
	if err := k.finishHandover(ctx); err != nil {
		return from, to, err
	}
	return from, to, k.noteRotation(ctx, by, reason, from, to)
}

func (k *Keeper) noteRotation(ctx context.Context, by mes.Actor, reason, from, to string) error {
	before, err := json.Marshal(map[string]string{"key": from})
	if err != nil {
		return err
	}
	after, err := json.Marshal(map[string]string{"key": to})
	if err != nil {
		return err
	}
	return k.Audits.Append(ctx, mes.AuditRow{Actor: by.ID, Action: "audit_key_rotated", Noun: "audit", Subject: to, Reason: reason, Before: before, After: after, Source: by.Station})
}

// finishHandover puts the new key in its place once the last checkpoint names it, and drops one that was never named.
func (k *Keeper) finishHandover(ctx context.Context) error {
	next, err := readPrivate(k.Keys.incoming())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	newest, err := k.Audits.NewestCheckpoint(ctx)
	if err != nil {
		return err
	}
	if newest.Next != hex.EncodeToString(publicOf(next)) {
		return os.Remove(k.Keys.incoming())
	}
	if err := k.retire(); err != nil {
		return err
	}
	return os.Rename(k.Keys.incoming(), k.Keys.File)
}

// retire keeps the public half of the present key.
func (k *Keeper) retire() error {
	private, err := k.Keys.Private()
	if err != nil {
		return err
	}
	text, err := EncodePublic(publicOf(private))
	if err != nil {
		return err
	}
	return writeSafely(fmt.Sprintf("%s.%s.pub", k.Keys.File, mes.KeyID(publicOf(private))), text)
}
