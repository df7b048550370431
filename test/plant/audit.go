package plant

import (
	"context"
	"fmt"
)

// check is one thing that must hold of an ended order. Its query finds what is wrong, one text a row; $1 is the order.
type check struct{ name, query string }

// checks hold whatever happened on the way. They read the records alone: no code of the system judges itself.
var checks = []check{
	{"the ledger balances", `SELECT format('%s = %s good + %s scrap + %s in process + %s not started', quantity, good, scrap, in_process, not_started)
		FROM work_order WHERE number = $1 AND (quantity <> good + scrap + in_process + not_started OR in_process <> 0)`},
	{"the order's account is the sum over its lots", `SELECT format('%s good and %s scrap in the order, %s and %s in its lots', o.good, o.scrap, l.good, l.scrap)
		FROM work_order o, LATERAL (SELECT coalesce(sum(quantity - scrapped) FILTER (WHERE state IN ('packed', 'shipped', 'consumed')), 0) AS good,
			coalesce(sum(scrapped) FILTER (WHERE state <> 'void'), 0) AS scrap FROM lot WHERE work_order = o.number) l
		WHERE o.number = $1 AND (o.good <> l.good OR o.scrap <> l.scrap)`},
	{"every lot has ended", `SELECT format('%s is %s', id, state) FROM lot WHERE work_order = $1 AND state NOT IN ('packed', 'shipped', 'consumed', 'scrapped', 'void')`},
	{"no step passes twice in one visit", `SELECT format('%s %s/%s visit %s: %s passes', s.lot, s.operation, s.step, s.visit, count(*)) FROM step_record s
		JOIN lot l ON l.id = s.lot WHERE l.work_order = $1 AND s.result = 'pass' GROUP BY s.lot, s.operation, s.step, s.visit HAVING count(*) > 1`},
	{"no attempt is recorded twice", `SELECT format('%s %s/%s visit %s attempt %s: %s records', s.lot, s.operation, s.step, s.visit, s.attempt, count(*)) FROM step_record s
		JOIN lot l ON l.id = s.lot WHERE l.work_order = $1 AND s.result IN ('pass', 'fail') AND s.kind <> 'vision'
		GROUP BY s.lot, s.operation, s.step, s.visit, s.attempt HAVING count(*) > 1`},
	{"every step of every finished unit has a record", stepsOfPacked + `SELECT format('%s has no passed %s/%s in visit %s', lot, operation, step, visit) FROM due
		WHERE NOT EXISTS (SELECT FROM step_record s WHERE s.lot = due.lot AND s.operation = due.operation AND s.step = due.step AND s.visit = due.visit
			AND (s.result = 'pass' OR s.kind = 'vision' AND EXISTS (SELECT FROM lot_event e WHERE e.lot = s.lot AND e.kind = 'reviewed')))`},
	{"every measured step has all its values", stepsOfPacked + `SELECT format('%s %s/%s has %s values, %s are due', lot, operation, step, have, want) FROM (
		SELECT due.lot, due.operation, due.step, jsonb_array_length(def->'characteristics') * greatest(coalesce((def->>'sample')::int, 1), 1) AS want,
			(SELECT count(*) FROM step_value v JOIN step_record s ON s.id = v.record WHERE s.lot = due.lot AND s.operation = due.operation AND s.step = due.step
				AND s.visit = due.visit AND s.result = 'pass' AND v.result = 'pass') AS have
		FROM due WHERE kind IN ('device', 'measure')) m WHERE have <> want`},
	{"every finished unit has each component exactly", stepsOfPacked + `SELECT format('%s has %s of %s, %s are due', lot, have, material, each * pieces) FROM (
		SELECT due.lot, due.pieces, due.started, m.id AS material, (def->'component'->>'quantity')::numeric * CASE m.tracking WHEN 'serial' THEN 1 ELSE
			(SELECT count(*) FROM step_record s WHERE s.lot = due.lot AND s.operation = due.operation AND s.step = due.step AND s.result = 'pass') END AS each,
			coalesce((SELECT sum(quantity) FROM consumption c WHERE c.lot = due.lot AND c.operation = due.operation AND c.step = due.step), 0) AS have
		FROM due JOIN material m ON m.id = def->'component'->>'material' WHERE kind = 'scan') c WHERE have < each * pieces OR have > each * started`},
	{"no component gives more than it had", `SELECT format('%s: %s received, %s left, %s scrapped, %s consumed', l.id, l.quantity, l.remaining, l.scrapped, c.used) FROM lot l
		JOIN (SELECT component, sum(quantity) AS used FROM consumption GROUP BY component) c ON c.component = l.id
		WHERE l.quantity - l.remaining - CASE WHEN l.origin = 'received' THEN l.scrapped ELSE 0 END <> c.used AND $1 <> ''`},
	{"no serial is built in twice", `SELECT format('%s is in %s lots', component, count(DISTINCT c.lot)) FROM consumption c JOIN material m ON m.id = c.material
		WHERE m.tracking = 'serial' AND $1 <> '' GROUP BY component HAVING count(*) > 1`},
	{"every verdict has its picture", `SELECT format('vision result %s of %s', v.id, v.lot) FROM vision_result v JOIN lot l ON l.id = v.lot
		WHERE l.work_order = $1 AND v.image <> '' AND NOT EXISTS (SELECT FROM blob b WHERE b.hash = v.image)`},
	{"every passed vision step names its verdict", `SELECT format('%s %s/%s', s.lot, s.operation, s.step) FROM step_record s JOIN lot l ON l.id = s.lot
		WHERE l.work_order = $1 AND s.kind = 'vision' AND s.result = 'pass' AND s.note NOT LIKE 'Passed in review%' AND NOT EXISTS (SELECT FROM vision_result v WHERE v.id = s.vision AND v.lot = s.lot)`},
	{"no version of a lot is missing", `SELECT format('%s has version %s and %s entries', l.id, l.version, count(e.*)) FROM lot l JOIN lot_event e ON e.lot = l.id
		WHERE l.work_order = $1 AND e.kind NOT IN ('held', 'hold_released', 'received') -- these move nothing
		GROUP BY l.id, l.version HAVING l.version <> count(e.*)`},
	{"the audit trail holds", `SELECT format('row %s: %s', bad_id, why) FROM audit_verify() WHERE $1 <> ''`},
}

// stepsOfPacked lists each step that a finished unit must have passed: those of its routing, in the last visit to each operation.
const stepsOfPacked = `WITH due AS (
	SELECT l.id AS lot, l.quantity - l.scrapped AS pieces, l.quantity AS started, op->>'id' AS operation, st->>'id' AS step, st->>'kind' AS kind, st AS def,
		(SELECT max(visit) FROM lot_operation v WHERE v.lot = l.id AND v.operation = op->>'id' AND v.state = 'completed') AS visit
	FROM lot l JOIN work_order o ON o.number = l.work_order JOIN routing r ON r.product = o.product AND r.revision = o.revision
	CROSS JOIN LATERAL jsonb_array_elements(r.definition->'operations') op CROSS JOIN LATERAL jsonb_array_elements(op->'steps') st
	WHERE l.work_order = $1 AND l.state IN ('packed', 'shipped', 'consumed')) `

// Faults audits an ended order against the records and returns what is wrong, nothing when all is well.
func (r *Records) Faults(ctx context.Context, order string) []string {
	var out []string
	n, err := r.Count(ctx, `SELECT count(*) FROM lot WHERE work_order = $1`, order)
	if err != nil || n == 0 {
		return []string{fmt.Sprintf("order %s has %d lots (%v): there is nothing to audit", order, n, err)}
	}
	for _, c := range checks {
		out = append(out, r.finding(ctx, c.name, c.query, order)...)
	}
	return out
}
