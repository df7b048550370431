package store

// timeline joins the order's records into one story. A step's record and its movement are one line; each movement says
// how long the lot had waited before it.
const timeline = `
WITH moves AS (
	SELECT e.*, extract(epoch FROM e.at - lag(e.at) OVER (PARTITION BY e.lot ORDER BY e.id)) AS waited
	  FROM lot_event e WHERE e.work_order = $1
), steps AS (
	SELECT s.*, e.wait_kind, e.wait_on, e.reason,
	       coalesce((SELECT string_agg(v.name || ' ' || v.value || CASE WHEN v.unit = '' THEN '' ELSE ' ' || v.unit END || CASE WHEN v.result = 'fail' THEN ' (out of limits)' ELSE '' END, ', ' ORDER BY v.n)
	                   FROM step_value v WHERE v.record = s.id), '') AS measured,
	       coalesce((SELECT string_agg(c.component || ' (' || c.quantity || ')', ', ' ORDER BY c.n) FROM consumption c WHERE c.key = s.key), '') AS consumed
	  FROM step_record s JOIN moves e ON e.key = s.key
), story AS (
	SELECT a.at, 1 AS rank, a.id, 'audit' AS source, a.action AS kind, a.actor, '' AS lot, '' AS operation, 0 AS visit, '' AS step, a.source AS station,
	       '' AS device, '' AS result, '' AS text, '' AS wait_kind, '' AS wait_on, a.reason, 0::float8 AS seconds
	  FROM audit a WHERE a.noun = 'order' AND a.subject = $1
	UNION ALL
	SELECT e.at, 2, e.id, 'lot', e.kind, e.actor, e.lot, e.operation, e.visit, e.step, e.station, '', '', e.code, e.wait_kind, e.wait_on, e.reason, coalesce(e.waited, 0)
	  FROM moves e WHERE NOT EXISTS (SELECT FROM step_record s WHERE s.key = e.key)
	UNION ALL
	SELECT s.ended_at, 3, s.id, 'step', s.kind, s.operator, s.lot, s.operation, s.visit, s.step, s.station, s.device, s.result,
	       concat_ws('; ', nullif(s.name, ''), nullif(s.measured, ''), nullif(s.consumed, ''), nullif(s.note, ''), CASE WHEN s.by_hand THEN 'entered by hand' END),
	       s.wait_kind, s.wait_on, s.reason, extract(epoch FROM s.ended_at - s.started_at)
	  FROM steps s
	UNION ALL
	SELECT v.received_at, 4, 0, 'vision', v.match, v.source, v.lot, v.operation, 0, v.step, '', v.camera, v.verdict, 'confidence ' || v.confidence || ', ' || v.model,
	       '', '', '', extract(epoch FROM v.received_at - v.captured_at)
	  FROM vision_result v JOIN lot l ON l.id = v.lot WHERE l.work_order = $1
	UNION ALL
	SELECT o.created_at, 5, o.id, 'outbox', o.kind, '', coalesce(o.payload ->> 'lot', ''), coalesce(o.payload ->> 'operation', ''), 0, '', '', o.destination, o.state,
	       concat_ws(', ', o.attempts || ' attempts', nullif(o.last_error, '')), '', '', '', coalesce(extract(epoch FROM o.delivered_at - o.created_at), 0)
	  FROM outbox o WHERE o.destination = 'erp' AND o.subject = $1
)
SELECT at, source, kind, actor, lot, operation, visit, step, station, device, result, text, wait_kind, wait_on, reason, seconds
  FROM story ORDER BY at, rank, id`
