package plant

import (
	"context"
	"encoding/json"
	"fmt"
)

// Sent is an ERP message of an order as the outbox keeps it.
type Sent struct {
	Key     string
	Kind    string
	State   string
	Payload json.RawMessage
}

// Messages reads the ERP messages of an order.
func (r *Records) Messages(ctx context.Context, order string) ([]Sent, error) {
	rows, err := r.Pool.Query(ctx, `SELECT key, kind, state, payload FROM outbox WHERE destination = 'erp' AND subject = $1 ORDER BY id`, order)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Sent
	for rows.Next() {
		var m Sent
		if err := rows.Scan(&m.Key, &m.Kind, &m.State, &m.Payload); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Undelivered says what the ERP has not confirmed yet, "" when it has all: one message for each completed operation that
// asks for one, and a final one.
func (r *Records) Undelivered(ctx context.Context, order string) string {
	due, err := r.Count(ctx, `SELECT count(*) FROM lot_operation v JOIN lot l ON l.id = v.lot JOIN work_order o ON o.number = l.work_order
		JOIN routing r ON r.product = o.product AND r.revision = o.revision
		CROSS JOIN LATERAL jsonb_array_elements(r.definition->'operations') op
		WHERE l.work_order = $1 AND op->>'id' = v.operation AND v.state = 'completed' AND (op->>'confirm')::bool`, order)
	if err != nil {
		return err.Error()
	}
	sent, err := r.Messages(ctx, order)
	if err != nil {
		return err.Error()
	}
	open := 0
	for _, m := range sent {
		if m.State != "delivered" {
			open++
		}
	}
	if int64(len(sent)) != due+1 || open > 0 {
		return fmt.Sprintf("%d of %d confirmations of order %s are written, %d of them not delivered", len(sent), due+1, order, open)
	}
	return ""
}
