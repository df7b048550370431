-- name: DeviceOwner :one
-- A device with the programs that speak for it.
SELECT d.id, d.site, d.station, coalesce((SELECT array_agg(s.account ORDER BY s.account) FROM device_sender s WHERE s.device = d.id AND s.active), '{}')::text[] AS senders
  FROM device d WHERE d.id = @device AND d.site = @site;

-- name: SendersDevices :many
SELECT device FROM device_sender WHERE account = @account AND active ORDER BY device;

-- name: PutSender :exec
INSERT INTO device_sender (device, account) VALUES (@device, @account) ON CONFLICT (device, account) DO UPDATE SET active = true;

-- name: DropSenders :exec
UPDATE device_sender SET active = false WHERE account = @account AND NOT device = ANY (@devices::text[]);
