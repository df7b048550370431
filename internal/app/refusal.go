package app

import (
	"errors"

	"github.com/steelthread/steelthread/mes"
)

func refusalIn(err error) *mes.Error {
	var e *mes.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
