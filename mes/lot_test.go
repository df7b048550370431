package mes_test

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestLotStates(t *testing.T) {
	ended := map[mes.LotState]bool{mes.LotAvailable: false, mes.LotQueued: false, mes.LotRunning: false, mes.LotPaused: false, mes.LotReview: false,
		mes.LotPacked: true, mes.LotShipped: true, mes.LotScrapped: true, mes.LotConsumed: true, mes.LotVoid: true}
	said := map[string]bool{}
	for s, want := range ended {
		if s.Ended() != want {
			t.Errorf("%s ended: %v", s, s.Ended())
		}
		if said[s.Phrase()] || !strings.Contains(s.Phrase(), " ") {
			t.Errorf("%s is said as %q", s, s.Phrase())
		}
		said[s.Phrase()] = true
	}
}

func TestHoldRefusal(t *testing.T) {
	for want, h := range map[string]mes.Hold{
		"Lot X is on hold: dirt. Nothing was moved or consumed. Leave it where it is; quality decides.": {Scope: mes.HoldLot, Subject: "X", Reason: "dirt"},
		"Lot X is on hold: dirt in it. Nothing":                                                         {Scope: mes.HoldLot, Subject: "X", Reason: " dirt in it... "},
		"Order WO-1 is on hold: no reason is given.":                                                    {Scope: mes.HoldOrder, Subject: "WO-1"},
	} {
		rule{mes.CodeHeld, want}.check(t, h.Refusal())
	}
}
