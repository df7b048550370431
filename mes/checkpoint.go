package mes

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// StrandHead is the newest row of one strand of the audit trail.
type StrandHead struct {
	N    int64  `json:"n"` // place in the strand; 0 before the first row
	Hash string `json:"hash"`
}

// Checkpoint pins the audit trail as it was at one moment. It is signed with a key that the database does not hold and
// kept twice: in the database, and as a line of a file outside it. The signature covers the JSON of all other fields in
// this order; checkpoints form a chain of their own by Prev.
type Checkpoint struct {
	N     int64        `json:"n"` // from 1, without gaps
	At    time.Time    `json:"at"`
	Rows  int64        `json:"rows"`
	Heads []StrandHead `json:"heads"`
	// Prev is the Digest of the checkpoint before; empty for the first.
	Prev string `json:"prev"`
	// Key is the ID of the key that signed, Public its public half in hex.
	Key    string `json:"key"`
	Public string `json:"public"`
	// Next is the public half, in hex, of the key that signs from the next checkpoint on; empty while the key stays.
	Next      string `json:"next,omitempty"`
	Signature string `json:"signature,omitempty"` // hex, of ed25519
}

// KeyID names a public key in a length that people can compare.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// content is what is signed.
func (c Checkpoint) content() []byte {
	c.Signature = ""
	b, _ := json.Marshal(c) // numbers, texts and a time always encode
	return b
}

// Sign completes a checkpoint.
func (c *Checkpoint) Sign(private ed25519.PrivateKey) {
	public, _ := private.Public().(ed25519.PublicKey)
	c.At = c.At.UTC()
	c.Key, c.Public = KeyID(public), hex.EncodeToString(public)
	c.Signature = hex.EncodeToString(ed25519.Sign(private, c.content()))
}

// Digest is a hash over the whole checkpoint with its signature, in hex.
func (c Checkpoint) Digest() string {
	sum := sha256.Sum256(append(c.content(), c.Signature...))
	return hex.EncodeToString(sum[:])
}

// key is the public key that the checkpoint says it is signed with.
func (c Checkpoint) key() (ed25519.PublicKey, bool) {
	b, err := hex.DecodeString(c.Public)
	return b, err == nil && len(b) == ed25519.PublicKeySize && KeyID(b) == c.Key
}

// signed tells whether the signature is that of the key.
func (c Checkpoint) signed(key ed25519.PublicKey) bool {
	s, err := hex.DecodeString(c.Signature)
	return err == nil && ed25519.Verify(key, c.content(), s)
}

// CheckpointChain judges checkpoints one after the other, from the first.
type CheckpointChain struct {
	// Known are the IDs of keys that are known from outside the database.
	Known map[string]bool
	// Keys are the IDs of the keys that signed, in their order.
	Keys []string
	// Last is the newest that was judged; its N is 0 before the first.
	Last Checkpoint
	// Anchored tells that a known key has signed one of them: by Prev it stands for all before it, by Next for the keys
	// after it.
	Anchored bool
}

// Add judges the next checkpoint and says in words what does not fit; "" is none.
func (s *CheckpointChain) Add(c Checkpoint) string {
	key, ok := c.key()
	switch {
	case c.N != s.Last.N+1:
		return fmt.Sprintf("checkpoint %d is missing", s.Last.N+1)
	case !ok || !c.signed(key):
		return fmt.Sprintf("the signature of checkpoint %d is not that of its key %s", c.N, c.Key)
	case s.Last.N > 0 && c.Prev != s.Last.Digest() || s.Last.N == 0 && c.Prev != "":
		return fmt.Sprintf("checkpoint %d does not follow the one before it", c.N)
	case !s.follows(c):
		return fmt.Sprintf("checkpoint %d is signed with key %s, which the key before it did not name", c.N, c.Key)
	case c.Rows < s.Last.Rows:
		return fmt.Sprintf("checkpoint %d counts fewer rows than the one before it", c.N)
	}
	if s.Last.Key != c.Key {
		s.Keys = append(s.Keys, c.Key)
	}
	s.Anchored = s.Anchored || s.Known[c.Key]
	s.Last = c
	return ""
}

// follows tells whether a checkpoint's key may come after the last one's: it is the same, the last one named it, or both
// are known from outside.
func (s *CheckpointChain) follows(c Checkpoint) bool {
	l := s.Last
	return l.N == 0 || l.Next == "" && l.Key == c.Key || l.Next != "" && l.Next == c.Public || s.Known[l.Key] && s.Known[c.Key]
}

// Judge says what is wrong with the chain as a whole; "" is nothing.
func (s *CheckpointChain) Judge() string {
	if len(s.Known) > 0 && s.Last.N > 0 && !s.Anchored {
		return fmt.Sprintf("the checkpoints are signed with key %s, which is not the audit key", s.Last.Key)
	}
	return ""
}

// LoggedCheckpoint is what the file outside the database says of a checkpoint.
type LoggedCheckpoint struct {
	N      int64
	At     time.Time
	Rows   int64
	Digest string
}

// CheckpointLog compares the file with the database's checkpoints, which must be given from the first on.
type CheckpointLog []LoggedCheckpoint

// Misfit says how the file differs from one checkpoint of the database; "" is not.
func (l CheckpointLog) Misfit(c Checkpoint) string {
	if c.N < 1 || c.N > int64(len(l)) {
		return ""
	}
	if e := l[c.N-1]; e.N != c.N || e.Digest != c.Digest() {
		return fmt.Sprintf("checkpoint %d is another one in the file outside the database", c.N)
	}
	return ""
}

// End says what is wrong with how the file ends, where the database's last checkpoint is last. The file may lack one:
// it is written after the database.
func (l CheckpointLog) End(last int64) string {
	if n := int64(len(l)); n > last {
		e := l[last]
		return fmt.Sprintf("the file outside the database knows checkpoint %d of %s with %d rows; the database ends at checkpoint %d: its end was cut off",
			e.N, e.At.UTC().Format("2006-01-02 15:04:05 MST"), e.Rows, last)
	} else if n < last-1 {
		return fmt.Sprintf("the file outside the database ends at checkpoint %d, the database at %d: the file was cut off or replaced", n, last)
	}
	return ""
}
