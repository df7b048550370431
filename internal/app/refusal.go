package app

import (
	"errors"
	"log/slog"

	"github.com/steelthread/steelthread/mes"
)

func refusalIn(err error) *mes.Error {
	var e *mes.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// quiet is the log of commands that print their result and nothing else.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
