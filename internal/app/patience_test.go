package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestARoleWaitsForWhatItNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		log := slog.New(slog.NewTextHandler(&said, nil))
		tries := 0
		err := untilThere(t.Context(), log, "the records", func(context.Context) error {
			if tries++; tries < 20 {
				return errors.New("connection refused")
			}
			return nil
		})
		if err != nil || tries != 20 || strings.Count(said.String(), "waiting for the records") != 1 {
			t.Errorf("%v after %d tries, said:\n%s", err, tries, said.String())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err = untilThere(ctx, log, "the records", func(context.Context) error { return errors.New("no such host") })
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no such host") {
			t.Errorf("%v", err)
		}
	})
}
