package dispatch

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/steelthread/steelthread/mes"
)

// CMMS tells an outside maintenance system of jobs, by the same signed webhook as the ERP. A receiver that answers with JSON whose field number
// holds its own number of the request has that number kept with the job.
type CMMS struct {
	Webhook *Webhook
	Ledger  mes.MaintenanceLedger
}

// Deliver sends one message. A number that was kept and is answered again changes nothing, so a message that comes twice is harmless.
func (c *CMMS) Deliver(ctx context.Context, m mes.Message) (string, error) {
	told, err := decode[mes.MaintenanceTold](m)
	if err != nil {
		return "", err
	}
	answer, err := c.Webhook.Deliver(ctx, m)
	if err != nil || told.Outside != "" {
		return answer, err
	}
	number := numberOf(answer)
	if number == "" {
		return answer, nil
	}
	return answer, c.Ledger.Numbered(ctx, told.Site, told.Job, number)
}

const maxOutsideNumber = 100

// numberOf reads the partner's number from its answer; empty where it gives none that can be kept.
func numberOf(answer string) string {
	_, body, _ := strings.Cut(answer, " ")
	var given struct {
		Number string `json:"number"`
	}
	if json.Unmarshal([]byte(body), &given) != nil || len(given.Number) > maxOutsideNumber {
		return ""
	}
	return strings.TrimSpace(given.Number)
}
