package plant

import (
	"context"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// Ports are where a definition is stored.
type Ports struct {
	Plant        mes.Plant
	Accounts     mes.Accounts
	Materials    mes.Materials
	Lots         mes.Lots
	Shifts       mes.Shifts
	Devices      mes.Devices
	Gauges       mes.Gauges
	Reactions    mes.Reactions
	Machines     mes.Machines
	Maintenances mes.Maintenances
	Stops        mes.Stops
	Calendars    mes.Calendars
	Figures      mes.Figures
	Calls        mes.Calls
}

// Report counts what an import stored or found as it should be.
type Report struct {
	mes.ImportReport
	Accounts int `json:"accounts"`
	Lots     int `json:"lots"`   // newly received ones
	Gauges   int `json:"gauges"` // newly registered ones
}

// Store stores the definition. What can refuse is stored first: equipment, devices, materials and routings in one
// transaction, then the lots in one, then the accounts with their devices and shifts. Lots that were received before are left alone, whatever has
// become of them.
func (d Definition) Store(ctx context.Context, p Ports, by mes.Actor) (Report, error) {
	if err := d.people(ctx, p.Accounts); err != nil {
		return Report{}, err
	}
	var r Report
	var err error
	if r.ImportReport, err = p.Plant.Import(ctx, by, d.Plant); err != nil {
		return r, fmt.Errorf("store the plant: %w", err)
	}
	if r.Gauges, err = d.storeGauges(ctx, p, by); err != nil {
		return r, fmt.Errorf("register the gauges: %w", err)
	}
	if err := d.storeRules(ctx, p, by); err != nil {
		return r, fmt.Errorf("store the rules that act: %w", err)
	}
	if err := d.storeAndon(ctx, p, by); err != nil {
		return r, fmt.Errorf("store the plan of calls: %w", err)
	}
	if err := d.storeMachines(ctx, p, by); err != nil {
		return r, fmt.Errorf("store the machines: %w", err)
	}
	if err := d.storeMaintenance(ctx, p, by); err != nil {
		return r, fmt.Errorf("store the plans of maintenance: %w", err)
	}
	if r.Lots, err = d.receive(ctx, p, by); err != nil {
		return r, fmt.Errorf("receive the lots: %w", err)
	}
	for _, a := range d.Accounts {
		if err := a.store(ctx, p.Accounts, by); err != nil {
			return r, fmt.Errorf("store account %s: %w", a.ID, err)
		}
		r.Accounts++
	}
	if err := d.bindDevices(ctx, p, by); err != nil {
		return r, err
	}
	if err := d.storeShifts(ctx, p, by); err != nil {
		return r, fmt.Errorf("store the shifts: %w", err)
	}
	return r, nil
}

// people refuses, before anything is stored, a badge that another account carries, and the ID of somebody who has left
// under another name.
func (d Definition) people(ctx context.Context, accounts mes.Accounts) error {
	var f faults
	for i, a := range d.Accounts {
		at := fmt.Sprintf("accounts[%d]", i)
		had, err := accounts.Get(ctx, a.ID)
		if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
			return err
		}
		f.check(err != nil || had.Active || had.Name == a.Name, "accounts.yaml", at+".id", "%q belongs to %s, who has left; an ID is never given again", a.ID, had.Name)
		f.check(err != nil || had.Kind == a.Kind, "accounts.yaml", at+".kind", "%q is a %s account", a.ID, had.Kind)
		if a.Badge == "" {
			continue
		}
		other, err := accounts.ByBadge(ctx, a.Badge)
		switch {
		case mes.CodeOf(err) == mes.CodeNotFound:
		case err != nil:
			return err
		default:
			f.check(other.ID == a.ID, "accounts.yaml", at+".badge", "%q belongs to %s", a.Badge, other.ID)
		}
	}
	return f.err()
}

// byFiles is the reason of every change that an import makes: who changed the files, and why, is said where they are kept.
const byFiles = "As the plant's files say."

// store makes an account that is not there, and keeps name and badge of one that is. Its roles are the files' word only
// once: later they are given and withdrawn by people, each with a reason. Who has left stays out, and whom the identity
// provider knows is left to it. Importing the same files again leaves no audit rows.
func (a Account) store(ctx context.Context, accounts mes.Accounts, by mes.Actor) error {
	had, err := accounts.Get(ctx, a.ID)
	known := err == nil
	if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return err
	}
	if known && (!had.Active || had.Federated()) {
		return nil
	}
	switch {
	case !known:
		err = accounts.Upsert(ctx, by, mes.Account{ID: a.ID, Name: a.Name, Kind: a.Kind, Site: a.Site, Roles: a.Roles, Badge: a.Badge, Active: true})
	case had.Name != a.Name || had.Badge != a.Badge:
		_, err = accounts.Change(ctx, by, a.ID, a.Name, a.Badge, byFiles)
	default:
		err = nil
	}
	if err != nil {
		return err
	}
	return a.qualify(ctx, accounts, by)
}

func (a Account) qualify(ctx context.Context, accounts mes.Accounts, by mes.Actor) error {
	if len(a.Qualifications) == 0 {
		return nil
	}
	held, err := accounts.Qualifications(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, q := range a.Qualifications {
		if slices.ContainsFunc(held, q.is) {
			continue
		}
		if err := accounts.Qualify(ctx, by, a.ID, mes.Qualification{ID: q.ID, Level: q.Level, ExpiresAt: q.ExpiresAt}, q.Issuer); err != nil {
			return err
		}
	}
	return nil
}

// is tells whether a held certificate is the one of the files. One whose end is counted from the import keeps the end
// that its first import gave it.
func (q Qualification) is(held mes.Qualification) bool {
	if held.ID != q.ID || held.Level != q.Level {
		return false
	}
	if q.ExpiresInDays != nil || q.ExpiresAt == nil || held.ExpiresAt == nil {
		return q.ExpiresInDays != nil || q.ExpiresAt == held.ExpiresAt
	}
	return q.ExpiresAt.Equal(*held.ExpiresAt)
}

// receive books in the lots that are not in the plant yet.
func (d Definition) receive(ctx context.Context, p Ports, by mes.Actor) (int, error) {
	site := d.Site()
	known := map[string]bool{}
	for _, m := range d.lotMaterials() {
		f := mes.LotFilter{Site: site, Material: m, Origin: "received"}
		f.Limit = mes.MaxPage
		for {
			page, err := p.Lots.List(ctx, f)
			if err != nil {
				return 0, err
			}
			for _, l := range page.Items {
				known[l.Lot] = true
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(d.Lots), func(r mes.Receipt) bool { return known[r.Lot] })
	if len(fresh) == 0 {
		return 0, nil
	}
	// The key holds the first and the count, so that the same delivery books once and a longer list books its rest.
	key := fmt.Sprintf("import/%s/%s/%d", site, fresh[0].Lot, len(fresh))
	_, err := p.Materials.Receive(ctx, key, site, by, fresh)
	return len(fresh), err
}

// Site is the ID of the defined site.
func (d Definition) Site() string { return files{Equipment: d.Plant.Equipment}.site() }

func (d Definition) lotMaterials() []string {
	var out []string
	for _, r := range d.Lots {
		if !slices.Contains(out, r.Material) {
			out = append(out, r.Material)
		}
	}
	return out
}
