package store

import (
	"context"
	"maps"
	"slices"
	"sync"

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
	book, err := openTagBook(ctx, w, site, devices)
	if err != nil {
		return nil, err
	}
	for i, r := range tags {
		if ids[i] == 0 {
			if ids[i], err = book.find(ctx, w, r); err != nil {
				return nil, err
			}
		}
	}
	if err := book.add(ctx, w); err != nil {
		return nil, err
	}
	for i, r := range tags {
		if ids[i] == 0 {
			ids[i] = book.byName[[2]string{r.Device, r.Name}].ID
		}
		learned[tagKey{site, r.Device, r.Name}] = knownTag{ids[i], r}
	}
	return ids, nil
}

// tagBook is what the tables hold of some devices, by device and name, and by device and address.
type tagBook struct {
	site       string
	byName     map[[2]string]*sqlcgen.TagsOfDevicesRow
	byAddress  map[[2]string][]*sqlcgen.TagsOfDevicesRow
	onceNamed  map[[2]string]int
	configured map[[2]string]bool
	fresh      sqlcgen.AddTagsParams
}

func openTagBook(ctx context.Context, w *work, site string, devices []string) (*tagBook, error) {
	b := &tagBook{site: site, byName: map[[2]string]*sqlcgen.TagsOfDevicesRow{}, byAddress: map[[2]string][]*sqlcgen.TagsOfDevicesRow{}, onceNamed: map[[2]string]int{}, configured: map[[2]string]bool{}}
	b.fresh.Site = site
	rows, err := w.TagsOfDevices(ctx, sqlcgen.TagsOfDevicesParams{Site: site, Devices: devices})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		b.enter(&rows[i])
	}
	old, err := w.TagsOnceNamed(ctx, sqlcgen.TagsOnceNamedParams{Site: site, Devices: devices})
	if err != nil {
		return nil, err
	}
	for _, o := range old {
		b.onceNamed[[2]string{o.Device, o.Name}] = o.Tag
	}
	names, err := w.ConfiguredTags(ctx, sqlcgen.ConfiguredTagsParams{Site: site, Devices: devices})
	for _, n := range names {
		b.configured[[2]string{n.Device, n.Name}] = true
	}
	return b, err
}

func (b *tagBook) enter(row *sqlcgen.TagsOfDevicesRow) {
	b.byName[[2]string{row.Device, row.Name}] = row
	at := [2]string{row.Device, row.Address}
	b.byAddress[at] = append(b.byAddress[at], row)
}

// find gives a tag's ID, 0 for one that is to be made. A tag is known by its name, by a name that it once had, or by its address
// when its old name has left the device's configuration: its history goes on under the new one.
func (b *tagBook) find(ctx context.Context, w *work, r mes.RecordedTag) (int, error) {
	key := [2]string{r.Device, r.Name}
	if row := b.byName[key]; row != nil {
		if row.ID == 0 || row.Address == r.Address && row.Unit == r.Unit && row.Kind == string(r.Kind) {
			return row.ID, nil
		}
		return row.ID, b.change(ctx, w, row, r)
	}
	if id := b.onceNamed[key]; id != 0 {
		return id, nil
	}
	for _, row := range b.byAddress[[2]string{r.Device, r.Address}] {
		if r.Address != "" && row.ID != 0 && b.configured[key] && !b.configured[[2]string{row.Device, row.Name}] {
			return row.ID, b.rename(ctx, w, row, r)
		}
	}
	b.byName[key] = &sqlcgen.TagsOfDevicesRow{Device: r.Device, Name: r.Name, Address: r.Address, Unit: r.Unit, Kind: string(r.Kind)}
	f := &b.fresh
	f.Devices, f.Names, f.Addresses, f.Units, f.Kinds = append(f.Devices, r.Device), append(f.Names, r.Name), append(f.Addresses, r.Address), append(f.Units, r.Unit), append(f.Kinds, string(r.Kind))
	return 0, nil
}

// add makes the tags that nobody knew, all in one statement: a new device may have thousands.
func (b *tagBook) add(ctx context.Context, w *work) error {
	if len(b.fresh.Names) == 0 {
		return nil
	}
	rows, err := w.AddTags(ctx, b.fresh)
	for _, r := range rows {
		b.byName[[2]string{r.Device, r.Name}].ID = r.ID
	}
	return err
}

func (b *tagBook) change(ctx context.Context, w *work, row *sqlcgen.TagsOfDevicesRow, r mes.RecordedTag) error {
	before := *row
	row.Address, row.Unit, row.Kind = r.Address, r.Unit, string(r.Kind)
	if before.Unit != r.Unit {
		if err := w.audit(mes.Actor{ID: mes.ActorSystem}, "unit_changed", "tag", r.Device+"/"+r.Name, "", "", before, row); err != nil {
			return err
		}
	}
	return w.ChangeTag(ctx, sqlcgen.ChangeTagParams{ID: row.ID, Address: r.Address, Unit: r.Unit, Kind: string(r.Kind)})
}

func (b *tagBook) rename(ctx context.Context, w *work, row *sqlcgen.TagsOfDevicesRow, r mes.RecordedTag) error {
	before := *row
	err := w.AddTagName(ctx, sqlcgen.AddTagNameParams{Tag: row.ID, Site: b.site, Device: r.Device, Name: row.Name})
	if err != nil {
		return err
	}
	delete(b.byName, [2]string{row.Device, row.Name})
	b.onceNamed[[2]string{row.Device, row.Name}] = row.ID
	row.Name, row.Unit, row.Kind = r.Name, r.Unit, string(r.Kind)
	b.byName[[2]string{row.Device, row.Name}] = row
	if err := w.RenameTag(ctx, sqlcgen.RenameTagParams{ID: row.ID, Name: r.Name, Unit: r.Unit, Kind: string(r.Kind)}); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "renamed", "tag", r.Device+"/"+r.Name, "The device's configuration calls the same address by another name.", "", before, row)
}
