package mqtt

import (
	"fmt"
	"testing"
)

func TestInboxForgetsOnlyTheOldest(t *testing.T) {
	i := newInbox()
	for n := range remembered + 10 {
		i.remember(fmt.Sprint(n))
	}
	if i.known("9") || !i.known("10") || !i.known(fmt.Sprint(remembered+9)) {
		t.Error("the memory is not that of the last results")
	}
	if len(i.seen) != remembered || len(i.order) != remembered {
		t.Errorf("it holds %d and %d", len(i.seen), len(i.order))
	}
}
