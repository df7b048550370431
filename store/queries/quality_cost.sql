-- What poor quality cost, from recorded facts. What has no price is counted, not reckoned.

-- name: CostFacts :many
-- One row per fact: pieces that were scrapped with the standard cost of that time, minutes of rework with the rate of that
-- time, affected pieces with their code's cost of handling, and costs from outside.
WITH facts AS (
    SELECT 'scrap'::text AS kind, e.code, l.material AS product, e.at, e.quantity AS amount,
           (SELECT c.cost FROM material_cost c WHERE c.material = l.material AND c.at <= e.at ORDER BY c.at DESC LIMIT 1) AS price
      FROM lot_event e JOIN lot l ON l.id = e.lot
     WHERE l.site = @site AND e.at >= @since::timestamptz AND e.at < @until::timestamptz AND e.quantity > 0 AND e.kind NOT IN ('received', 'shipped', 'voided', 'returned')
    UNION ALL -- destroyed where it was shipped to, so that no stock of ours tells of it
    SELECT 'scrap', d.code, l.material, d.at, d.quantity, (SELECT c.cost FROM material_cost c WHERE c.material = l.material AND c.at <= d.at ORDER BY c.at DESC LIMIT 1)
      FROM disposal d JOIN lot l ON l.id = d.lot
     WHERE d.site = @site AND d.at >= @since::timestamptz AND d.at < @until::timestamptz AND d.kind = 'scrap'
       AND EXISTS (SELECT FROM lot_event e WHERE e.key = 'disposed/' || d.key || '/disposed')
    UNION ALL
    SELECT 'rework', coalesce((SELECT e.code FROM lot_event e WHERE e.lot = v.lot AND e.at <= v.queued_at AND e.kind IN ('defect_reported', 'rework_dispatched') ORDER BY e.id DESC LIMIT 1), ''),
           l.material, v.ended_at, (extract(epoch FROM v.ended_at - v.started_at) / 60)::numeric,
           (SELECT r.per_hour / 60 FROM labour_rate r WHERE r.site = l.site AND r.at <= v.ended_at ORDER BY r.at DESC LIMIT 1)
      FROM lot_operation v JOIN lot l ON l.id = v.lot
     WHERE l.site = @site AND v.ended_at >= @since::timestamptz AND v.ended_at < @until::timestamptz AND v.started_at IS NOT NULL AND (v.rework OR v.visit > 1)
    UNION ALL
    SELECT 'handling', n.code, n.product, x.added_at, x.quantity, d.piece_cost
      FROM nonconformance_lot x JOIN nonconformance n ON n.site = x.site AND n.id = x.nc LEFT JOIN defect_code d ON d.site = n.site AND d.code = n.code
     WHERE n.site = @site AND x.added_at >= @since::timestamptz AND x.added_at < @until::timestamptz AND n.state <> 'cancelled'
    UNION ALL
    SELECT 'external', n.code, n.product, x.at, x.amount, 1
      FROM external_cost x JOIN nonconformance n ON n.site = x.site AND n.id = x.nc
     WHERE n.site = @site AND x.at >= @since::timestamptz AND x.at < @until::timestamptz
)
SELECT f.kind, CASE @by_group::text WHEN 'product' THEN f.product WHEN 'month' THEN to_char(f.at AT TIME ZONE @zone::text, 'YYYY-MM') ELSE f.code END::text AS in_group,
       sum(f.amount)::numeric AS amount, coalesce(sum(f.amount * f.price), 0)::numeric AS cost, coalesce(sum(f.amount) FILTER (WHERE f.price IS NULL), 0)::numeric AS unpriced
  FROM facts f WHERE (@product::text = '' OR f.product = @product) AND (@code::text = '' OR f.code = @code)
 GROUP BY 1, 2 ORDER BY 2, 1;

-- name: CostNames :many
SELECT c.code AS id, c.name FROM defect_code c WHERE c.site = @site AND @by_group::text = 'code'
UNION ALL SELECT m.id, m.name FROM material m WHERE @by_group::text = 'product';

-- name: RateOfLabour :one
SELECT per_hour, currency, given_by, reason, at FROM labour_rate WHERE site = @site ORDER BY at DESC, id DESC LIMIT 1;

-- name: AddLabourRate :exec
INSERT INTO labour_rate (site, per_hour, currency, given_by, reason) VALUES (@site, @per_hour, @currency, @given_by, @reason);

-- name: CostOfMaterial :one
SELECT cost FROM material_cost WHERE material = @material ORDER BY at DESC, id DESC LIMIT 1;

-- name: AddMaterialCost :exec
INSERT INTO material_cost (material, cost, given_by, reason) VALUES (@material, @cost, @given_by, @reason);
