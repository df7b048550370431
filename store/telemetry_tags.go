package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

type tagKey struct{ site, device, name string }

type knownTag struct {
	id int
	mes.RecordedTag
}

// knownTags spares the look-up of tags that this process has seen committed. Their IDs never change.
type knownTags struct {
	mu sync.RWMutex
	by map[tagKey]knownTag
}

func (k *knownTags) get(key tagKey, r mes.RecordedTag) (int, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	t, ok := k.by[key]
	return t.id, ok && t.RecordedTag == r
}

func (k *knownTags) learn(m map[tagKey]knownTag) {
	if len(m) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.by) > 200_000 {
		clear(k.by) // names that come and go must not fill the memory
	}
	maps.Copy(k.by, m)
}

// resolve gives the tags' IDs. A tag that nobody knows is made, unless it is a known one under a new name.
func (t *Telemetry) resolve(ctx context.Context, w *work, site string, tags []mes.RecordedTag, learned map[tagKey]knownTag) ([]int, error) {
	ids := make([]int, len(tags))
	var devices []string
	for i, r := range tags {
		key := tagKey{site, r.Device, r.Name}
		if id, ok := t.tags.get(key, r); ok {
			ids[i] = id
		} else if k, ok := learned[key]; ok && k.RecordedTag == r {
			ids[i] = k.id
		} else if !slices.Contains(devices, r.Device) {
			devices = append(devices, r.Device)
		}
	}
	if len(devices) == 0 {
		return ids, nil
	}
	rows, err := w.TagsOfDevices(ctx, sqlcgen.TagsOfDevicesParams{Site: site, Devices: devices})
	if err != nil {
		return nil, err
	}
	book := tagBook{site: site, rows: rows}
	for i, r := range tags {
		if ids[i] != 0 {
			continue
		}
		if ids[i], err = book.find(ctx, w, r); err != nil {
			return nil, err
		}
		learned[tagKey{site, r.Device, r.Name}] = knownTag{ids[i], r}
	}
	return ids, nil
}

// tagBook is what the table holds of some devices.
type tagBook struct {
	site string
	rows []sqlcgen.TagsOfDevicesRow
}

func (b *tagBook) find(ctx context.Context, w *work, r mes.RecordedTag) (int, error) {
	for i := range b.rows {
		row := &b.rows[i]
		if row.Device != r.Device || row.Name != r.Name {
			continue
		}
		if row.Address == r.Address && row.Unit == r.Unit && row.Kind == string(r.Kind) {
			return row.ID, nil
		}
		before := *row
		row.Address, row.Unit, row.Kind = r.Address, r.Unit, string(r.Kind)
		if before.Unit != r.Unit {
			if err := w.audit(mes.Actor{ID: mes.ActorSystem}, "unit_changed", "tag", r.Device+"/"+r.Name, "", "", before, row); err != nil {
				return 0, err
			}
		}
		return row.ID, w.ChangeTag(ctx, sqlcgen.ChangeTagParams{ID: row.ID, Address: r.Address, Unit: r.Unit, Kind: string(r.Kind)})
	}
	return b.findElsewhere(ctx, w, r)
}

// findElsewhere knows a tag by its address when its old name has left the device's configuration: its history goes on under
// the new name. Records made under the old name before find it by that.
func (b *tagBook) findElsewhere(ctx context.Context, w *work, r mes.RecordedTag) (int, error) {
	old, err := w.TagOnceNamed(ctx, sqlcgen.TagOnceNamedParams{Site: b.site, Device: r.Device, Name: r.Name})
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return old, err
	}
	configured, err := w.ConfiguredTags(ctx, sqlcgen.ConfiguredTagsParams{Site: b.site, Device: r.Device})
	if err != nil {
		return 0, err
	}
	for i := range b.rows {
		row := &b.rows[i]
		if r.Address == "" || row.Device != r.Device || row.Address != r.Address || slices.Contains(configured, row.Name) || !slices.Contains(configured, r.Name) {
			continue
		}
		return row.ID, b.rename(ctx, w, row, r)
	}
	id, err := w.AddTag(ctx, sqlcgen.AddTagParams{Site: b.site, Device: r.Device, Name: r.Name, Address: r.Address, Unit: r.Unit, Kind: string(r.Kind)})
	b.rows = append(b.rows, sqlcgen.TagsOfDevicesRow{ID: id, Device: r.Device, Name: r.Name, Address: r.Address, Unit: r.Unit, Kind: string(r.Kind)})
	return id, err
}

func (b *tagBook) rename(ctx context.Context, w *work, row *sqlcgen.TagsOfDevicesRow, r mes.RecordedTag) error {
	before := *row
	err := w.AddTagName(ctx, sqlcgen.AddTagNameParams{Tag: row.ID, Site: b.site, Device: r.Device, Name: row.Name})
	if err != nil {
		return err
	}
	row.Name, row.Unit, row.Kind = r.Name, r.Unit, string(r.Kind)
	if err := w.RenameTag(ctx, sqlcgen.RenameTagParams{ID: row.ID, Name: r.Name, Unit: r.Unit, Kind: string(r.Kind)}); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "renamed", "tag", r.Device+"/"+r.Name, "The device's configuration calls the same address by another name.", "", before, row)
}
