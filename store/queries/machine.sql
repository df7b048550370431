-- name: PutMachine :exec
INSERT INTO machine AS m (station, site, definition, changed_by, changed_at) VALUES (@station, @site, @definition, @changed_by, now())
ON CONFLICT (station) DO UPDATE SET definition = EXCLUDED.definition, version = m.version + 1, changed_by = EXCLUDED.changed_by, changed_at = now();

-- name: AddMachineSignal :exec
INSERT INTO machine_signal (station, site) VALUES (@station, @site) ON CONFLICT DO NOTHING;

-- name: MachinesOfSite :many
SELECT definition FROM machine WHERE site = @site ORDER BY station;

-- name: MachineDefinitionOf :one
SELECT definition FROM machine WHERE site = @site AND station = @station;

-- name: LockMachine :one
SELECT station, site, definition FROM machine WHERE site = @site AND station = @station FOR UPDATE;

-- name: LockMachines :many
SELECT station, site, definition FROM machine WHERE site = @site AND station = ANY(@stations::text[]) ORDER BY station FOR UPDATE;

-- name: MachineSignalOf :one
SELECT * FROM machine_signal WHERE station = @station;

-- name: SetMachineSignal :exec
UPDATE machine_signal SET state = @state, source = @source, since = @since, detail = @detail, alarm = @alarm, alarm_text = @alarm_text, alarm_since = @alarm_since,
       declared = @declared, declared_by = @declared_by, declared_at = @declared_at, declared_reason = @declared_reason, declared_note = @declared_note,
       node = @node, produced = @produced, rejected = @rejected WHERE station = @station;

-- name: HearMachines :exec
UPDATE machine_signal SET heard_at = now() WHERE site = @site AND station = ANY(@stations::text[]);

-- name: MachineFacts :one
-- What the state of a machine follows from besides its own signals. blocked says why everything that takes its work can't.
SELECT (SELECT count(*) FROM lot l WHERE l.station = m.station AND l.state = 'running')::int AS working,
       (SELECT count(*) FROM lot l WHERE l.state = 'queued' AND l.stations @> ARRAY[m.station])::int AS queued,
       coalesce((SELECT t.reason FROM station_stop t WHERE t.station = m.station AND t.lifted_at IS NULL), '')::text AS stopped,
       coalesce((SELECT CASE WHEN bool_and(n.why <> '') THEN min(n.why) ELSE '' END FROM (
           SELECT CASE WHEN s.state IN ('unplanned_down', 'planned_down') THEN x.station || ' is down'
                       WHEN coalesce((o.definition ->> 'buffer')::int, 0) > 0 AND coalesce((o.definition ->> 'buffer')::int, 0)
                            <= (SELECT count(*) FROM lot l WHERE l.state = 'queued' AND l.stations @> ARRAY[x.station]) THEN x.station || ' is full'
                       ELSE '' END AS why
             FROM jsonb_array_elements_text(m.definition -> 'next') AS x(station) LEFT JOIN machine o ON o.station = x.station
             LEFT JOIN machine_state s ON s.station = x.station AND s.until_at IS NULL) n), '')::text AS blocked
  FROM machine m WHERE m.station = @station;

-- name: TouchedMachines :many
SELECT DISTINCT m.site, m.station FROM machine_touch t JOIN machine m ON m.station = t.station ORDER BY m.station;

-- name: TakeTouches :one
WITH gone AS (DELETE FROM machine_touch WHERE station = @station RETURNING at) SELECT coalesce(max(at), 'epoch')::timestamptz FROM gone;

-- name: TouchMachines :exec
SELECT touch_machines(@stations::text[]);

-- name: OpenStretch :one
SELECT * FROM machine_state WHERE station = @station AND until_at IS NULL;

-- name: StretchByID :one
SELECT * FROM machine_state WHERE site = @site AND station = @station AND id = @id;

-- name: StretchesFrom :many
-- The last stretch that was heard of and began before a time, and all that follow it, oldest first.
SELECT * FROM machine_state s WHERE s.station = @station
   AND s.from_at >= coalesce((SELECT max(p.from_at) FROM machine_state p WHERE p.station = @station AND p.from_at < @at AND NOT p.absent), '-infinity')
 ORDER BY s.from_at;

-- name: AddStretch :one
INSERT INTO machine_state (site, station, from_at, until_at, observed, state, source, detail, alarm, reason, reason_by, reason_at, note, absent, chased_at)
VALUES (@site, @station, @from_at, @until_at, @observed, @state, @source, @detail, @alarm, @reason, @reason_by, @reason_at, @note, @absent, @chased_at) RETURNING id;

-- name: PutStretch :exec
UPDATE machine_state SET from_at = @from_at, until_at = @until_at, observed = @observed, state = @state, source = @source, detail = @detail, alarm = @alarm,
       reason = @reason, reason_by = @reason_by, reason_at = @reason_at, note = @note, absent = @absent, version = version + 1 WHERE id = @id;

-- name: DropStretch :exec
DELETE FROM machine_state WHERE id = @id;

-- name: MachineLog :many
SELECT * FROM machine_state WHERE site = @site AND station = @station AND from_at < @until AND (until_at IS NULL OR until_at > @since) ORDER BY from_at LIMIT 5000;

-- name: CountOfMinute :one
SELECT produced, rejected FROM machine_count WHERE station = @station AND minute = @minute;

-- name: PutMachineCount :exec
INSERT INTO machine_count (site, station, minute, produced, rejected) VALUES (@site, @station, @minute, @produced, @rejected)
ON CONFLICT (station, minute) DO UPDATE SET produced = EXCLUDED.produced, rejected = EXCLUDED.rejected;

-- name: MachineCounts :many
-- Whatever was counted of each machine in a window.
SELECT station, sum(produced)::numeric AS produced, sum(rejected)::numeric AS rejected FROM machine_count WHERE site = @site AND minute >= @since GROUP BY station;

-- name: MachineRows :many
-- Every machine of a site as it is now.
SELECT m.station, e.name, coalesce(e.parent, '')::text AS line, m.definition, s.id, s.version, coalesce(s.state, 'unknown')::text AS state, s.from_at, coalesce(s.detail, '')::text AS detail,
       coalesce(s.alarm, '')::text AS stretch_alarm, coalesce(s.reason, '')::text AS reason, g.alarm, g.alarm_text, g.declared_by, g.heard_at,
       (SELECT count(*) FROM lot l WHERE l.station = m.station AND l.state = 'running')::int AS working,
       (SELECT count(*) FROM lot l WHERE l.state = 'queued' AND l.stations @> ARRAY[m.station])::int AS queued,
       (SELECT count(*) FROM machine_state u WHERE u.station = m.station AND u.state = 'unplanned_down' AND u.reason = '' AND u.from_at > now() - interval '1 day'
           AND coalesce(u.until_at, now()) - u.from_at > make_interval(secs => coalesce((m.definition ->> 'micro_stop_s')::int, 60)))::int AS unexplained
  FROM machine m JOIN equipment e ON e.id = m.station JOIN machine_signal g ON g.station = m.station LEFT JOIN machine_state s ON s.station = m.station AND s.until_at IS NULL
 WHERE m.site = @site AND (@station::text = '' OR m.station = @station) ORDER BY m.station;

-- name: AddMachineNotice :exec
INSERT INTO machine_notice (site, station, kind, text, at) VALUES (@site, @station, @kind, @text, @at);

-- name: NoticesOfMachine :many
SELECT kind, text, at FROM machine_notice WHERE site = @site AND station = @station ORDER BY at DESC, id DESC LIMIT 50;

-- name: SilentMachines :many
-- Machines whose edge node was not heard within their limit, and whose log still says that it was.
SELECT m.site, m.station FROM machine m JOIN machine_signal g ON g.station = m.station
 WHERE m.definition ->> 'source' = 'tags' AND g.heard_at IS NOT NULL
   AND g.heard_at < now() - make_interval(secs => greatest(coalesce((m.definition ->> 'stale_s')::int, 15), 15))
   AND EXISTS (SELECT 1 FROM machine_state s WHERE s.station = m.station AND s.until_at IS NULL AND s.state <> 'unknown' AND s.source <> 'person');

-- name: UnexplainedStops :many
-- Stops that nobody has explained in time and nobody was told of.
SELECT s.id, s.site, s.station, s.from_at, s.until_at, s.alarm, s.detail FROM machine_state s JOIN machine m ON m.station = s.station
 WHERE s.state = 'unplanned_down' AND s.reason = '' AND s.chased_at IS NULL AND s.from_at < now() - make_interval(secs => coalesce((m.definition ->> 'ask_after_s')::int, 300))
   AND coalesce(s.until_at, now()) - s.from_at > make_interval(secs => coalesce((m.definition ->> 'micro_stop_s')::int, 60))
 ORDER BY s.from_at LIMIT 100;

-- name: MarkChased :exec
UPDATE machine_state SET chased_at = now() WHERE id = @id;

-- name: StopReasonsOfSite :many
SELECT code, parent, definition, position, active, version FROM stop_reason WHERE site = @site ORDER BY position, code;

-- name: StopReasonOf :one
SELECT code, parent, definition, position, active, version FROM stop_reason WHERE site = @site AND code = @code;

-- name: PutStopReason :exec
INSERT INTO stop_reason AS r (site, code, parent, definition, position, active, changed_by, changed_at) VALUES (@site, @code, @parent, @definition, @position, @active, @changed_by, now())
ON CONFLICT (site, code) DO UPDATE SET parent = EXCLUDED.parent, definition = EXCLUDED.definition, position = EXCLUDED.position, active = EXCLUDED.active,
   version = r.version + 1, changed_by = EXCLUDED.changed_by, changed_at = now();

-- name: LockStopReasons :exec
SELECT pg_advisory_xact_lock(hashtext('stop_reason/' || @site::text));
