package dispatch

import (
	"context"
	"errors"

	"github.com/steelthread/steelthread/mes"
)

// Ended opens the release of a record after its run was archived, or can't be any more. It may come twice for the same
// end: the second finds the release open.
func Ended(archive Deliver, releases mes.Releases) Deliver {
	if releases == nil {
		return archive
	}
	return func(ctx context.Context, m mes.Message) (string, error) {
		answer, err := archive(ctx, m)
		var parked dead
		if err != nil && !errors.As(err, &parked) {
			return answer, err
		}
		ended, wrong := decode[mes.RunEnded](m)
		if wrong != nil {
			return answer, wrong
		}
		switch ended.Noun {
		case mes.NounCAPA: // its closure is signed before it ends
			return answer, err
		case mes.NounMaintenance: // its hand-back is signed before it ends
			return answer, err
		case mes.NounContainment, mes.NounCall: // they have no record that is released
			return answer, err
		}
		record := mes.SignedRecord{Noun: mes.SignedLotRecord, ID: ended.Subject}
		if ended.Noun == "order" {
			record.Noun = mes.SignedOrderRecord
		}
		if asked := releases.Ended(ctx, ended.Site, record); asked != nil && mes.CodeOf(asked) != mes.CodeNotFound {
			return answer, asked
		}
		return answer, err
	}
}
