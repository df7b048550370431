package mes

import "context"

// Answer is the HTTP answer to a command, kept so that a repeated key gets the first answer.
type Answer struct {
	Account     string
	Key         string // Idempotency-Key
	RequestHash string // of method, path and body: the same key for another request is a mistake
	Status      int
	ContentType string
	Body        []byte
}

// Answers keeps the final answers of commands.
type Answers interface {
	// Find looks for an answer.
	Find(ctx context.Context, account, key string) (a Answer, found bool, err error)
	// Store keeps the answer unless there is one: the first stays.
	Store(ctx context.Context, a Answer) error
}
