package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Devices finds who speaks for devices.
type Devices struct{ db }

var _ mes.Devices = (*Devices)(nil)

// Owner reads where a device stands and who speaks for it.
func (d *Devices) Owner(ctx context.Context, site, device string) (mes.DeviceOwner, error) {
	row, err := d.q.DeviceOwner(ctx, sqlcgen.DeviceOwnerParams{Site: site, Device: device})
	return mes.DeviceOwner{ID: row.ID, Site: row.Site, Station: row.Station, Senders: row.Senders}, missing(err, "Device", device)
}

// Bind makes a program speak for these devices and no others.
func (d *Devices) Bind(ctx context.Context, by mes.Actor, site, account string, devices []string, reason string) error {
	return d.change(ctx, func(w *work) error {
		row, err := w.LockAccount(ctx, account)
		if err != nil {
			return missing(err, "Account", account)
		}
		var f mes.Faults
		f.Check(row.Kind == string(mes.AccountService), "account", "%s is a person; only programs speak for devices", account)
		for i, id := range devices {
			_, err := w.DeviceOwner(ctx, sqlcgen.DeviceOwnerParams{Site: site, Device: id})
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			f.Check(err == nil, fmt.Sprintf("devices[%d]", i), "%s is no device of %s", id, site)
		}
		if err := f.Err("The account speaks for what it did before."); err != nil {
			return err
		}
		return w.bind(ctx, by, account, devices, reason)
	})
}

func (w *work) bind(ctx context.Context, by mes.Actor, account string, devices []string, reason string) error {
	was, err := w.SendersDevices(ctx, account)
	if err != nil {
		return err
	}
	if err := w.later.DropSenders(ctx, sqlcgen.DropSendersParams{Account: account, Devices: devices}); err != nil {
		return err
	}
	for _, id := range devices {
		if err := w.later.PutSender(ctx, sqlcgen.PutSenderParams{Device: id, Account: account}); err != nil {
			return err
		}
	}
	return w.audit(by, "devices_bound", "account", account, reason, "", map[string]any{"devices": was}, map[string]any{"devices": devices})
}
