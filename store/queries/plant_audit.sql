-- What an import finds and leaves, record by record, for the audit trail.

-- name: PlantRecords :many
SELECT 'equipment'::text AS noun, e.id, jsonb_build_object('level', e.level, 'parent', e.parent, 'name', e.name, 'time_zone', e.time_zone, 'capacity', e.capacity) AS content
  FROM equipment e WHERE e.id = ANY(@equipment::text[])
UNION ALL
SELECT 'material', m.id, jsonb_build_object('name', m.name, 'tracking', m.tracking, 'unit', m.unit, 'gtin', m.gtin, 'expires', m.expires)
  FROM material m WHERE m.id = ANY(@materials::text[])
UNION ALL
SELECT 'device', d.id, jsonb_build_object('site', d.site, 'station', d.station, 'driver', d.driver, 'name', d.name, 'config', d.config)
  FROM device d WHERE d.id = ANY(@devices::text[]);
