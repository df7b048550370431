package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Answers keeps the final answers of commands.
type Answers struct{ db }

var _ mes.Answers = (*Answers)(nil)

// Find looks for the first answer to a key.
func (a *Answers) Find(ctx context.Context, account, key string) (mes.Answer, bool, error) {
	row, err := a.q.FindAnswer(ctx, sqlcgen.FindAnswerParams{Account: account, Key: key})
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.Answer{}, false, nil
	}
	return mes.Answer{Account: account, Key: key, RequestHash: row.RequestHash, Status: row.Status, ContentType: row.ContentType, Body: row.Body},
		err == nil, translate(err)
}

// Store keeps an answer unless there is one.
func (a *Answers) Store(ctx context.Context, n mes.Answer) error {
	if n.Body == nil {
		n.Body = []byte{}
	}
	return translate(a.q.KeepAnswer(ctx, sqlcgen.KeepAnswerParams{Account: n.Account, Key: n.Key, RequestHash: n.RequestHash, Status: n.Status,
		ContentType: n.ContentType, Body: n.Body}))
}
