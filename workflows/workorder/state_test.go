package workorder

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// TestAnOlderWordIsNotAdopted: a wait that looked before a hold was stored may end after it.
func TestAnOlderWordIsNotAdopted(t *testing.T) {
	o := &order{}
	o.adopt(mes.OrderStatus{Version: 2})
	o.adopt(mes.OrderStatus{Version: 3, Held: true})
	o.adopt(mes.OrderStatus{Version: 2})
	if !o.status.Held {
		t.Error("the hold was forgotten")
	}
	o.adopt(mes.OrderStatus{Version: 3, Held: true, Ledger: mes.Ledger{Good: mes.One}}) // pieces move without a new version
	if !o.status.Ledger.Good.Equal(mes.One) {
		t.Error("the newest quantities were not adopted")
	}
}
