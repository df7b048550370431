package plant

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// checker holds the files against each other: every name that one file uses must stand in another.
type checker struct {
	files
	*faults
	equipment map[string]mes.Equipment
	devices   map[string]devices.Config
	materials map[string]mes.Material
}

func check(in files, f *faults, now time.Time) {
	c := checker{files: in, faults: f, equipment: map[string]mes.Equipment{}, devices: map[string]devices.Config{}, materials: map[string]mes.Material{}}
	c.checkEquipment()
	c.checkDevices()
	c.checkShifts()
	c.checkSkills()
	c.checkMaterials()
	c.checkDefects()
	for _, r := range in.Routings {
		c.checkRouting(r)
	}
	for _, d := range in.Documents {
		c.checkDocument(d)
	}
	c.checkCharts()
	c.checkAccounts()
	c.checkLots()
	c.checkGauges(now)
	c.checkRules()
	c.checkAndon()
	c.checkMachines()
	c.checkMaintenance()
}

// parents says under what each level stands.
var parents = map[mes.EquipmentLevel]mes.EquipmentLevel{
	mes.LevelSite: "", mes.LevelArea: mes.LevelSite, mes.LevelLine: mes.LevelArea, mes.LevelStation: mes.LevelLine,
}

func (c checker) checkEquipment() {
	sites := 0
	for i, e := range c.Equipment {
		at := fmt.Sprintf("equipment[%d]", i)
		_, twice := c.equipment[e.ID]
		c.check(e.ID != "" && !twice, "plant.yaml", at+".id", "%q must be given and unique", e.ID)
		c.check(e.Name != "", "plant.yaml", at+".name", "is missing")
		c.check(e.Capacity >= 0, "plant.yaml", at+".capacity", "must not be negative")
		want, known := parents[e.Level]
		c.check(known, "plant.yaml", at+".level", "%q must be site, area, line or station", e.Level)
		// A parent stands before its children, so that the hierarchy reads from the top and has no circle.
		c.check(!known || c.equipment[e.Parent].Level == want, "plant.yaml", at+".parent", "%q is not a %s that stands above it", e.Parent, orNothing(want))
		if e.Level == mes.LevelSite {
			sites++
			_, err := time.LoadLocation(e.TimeZone)
			c.check(e.TimeZone != "" && err == nil, "plant.yaml", at+".time_zone", "%q is not a time zone such as Europe/Berlin", e.TimeZone)
		}
		c.equipment[e.ID] = e
	}
	c.check(sites == 1, "plant.yaml", "equipment", "must have exactly one site, it has %d", sites)
}

func orNothing(l mes.EquipmentLevel) string {
	if l == "" {
		return "parent (a site has none)"
	}
	return string(l)
}

func (c checker) checkDevices() {
	for i, d := range c.Devices {
		at := fmt.Sprintf("devices[%d]", i)
		_, twice := c.devices[d.ID]
		c.check(!twice, "devices.yaml", at+".id", "%q is used twice", d.ID)
		c.check(d.Name != "", "devices.yaml", at+".name", "is missing")
		c.check(c.isStation(d.Station), "devices.yaml", at+".station", "%q is not a station", d.Station)
		d.Site = "given by the plant"
		for _, err := range unjoin(d.Validate()) {
			var e *devices.FieldError
			if errors.As(err, &e) {
				c.add("devices.yaml", at+"."+e.Field, "%s", e.Problem)
			} else {
				c.add("devices.yaml", at, "%s", err)
			}
		}
		c.devices[d.ID] = d.Config
	}
}

func (c checker) isStation(id string) bool { return c.equipment[id].Level == mes.LevelStation }

// unjoin takes apart what errors.Join put together.
func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}

func (c checker) checkMaterials() {
	for i, m := range c.Materials {
		at := fmt.Sprintf("materials[%d]", i)
		_, twice := c.materials[m.ID]
		c.check(m.ID != "" && !twice, "materials.yaml", at+".id", "%q must be given and unique", m.ID)
		c.check(m.Name != "", "materials.yaml", at+".name", "is missing")
		c.check(m.Unit != "", "materials.yaml", at+".unit", "is missing")
		c.check(m.Tracking == mes.TrackSerial || m.Tracking == mes.TrackLot, "materials.yaml", at+".tracking", "must be serial or lot")
		c.check(m.GTIN == "" || validGTIN(m.GTIN), "materials.yaml", at+".gtin", "%q is not a GTIN-14 with its check digit", m.GTIN)
		c.materials[m.ID] = m
	}
}

func validGTIN(g string) bool {
	return len(g) == 14 && mes.CheckDigit(g[:13]) == g[13]
}

func (c checker) checkRouting(r namedRouting) {
	var e *mes.Error
	if err := r.routing.Validate(); errors.As(err, &e) {
		for _, fe := range e.Fields {
			c.add(r.file, fe.Field, "%s", fe.Message)
		}
	}
	product, known := c.materials[r.routing.Product]
	c.check(known, r.file, "product", "%q is not in materials.yaml", r.routing.Product)
	c.check(product.Tracking != mes.TrackSerial || r.routing.LotSize.Equal(mes.One), r.file, "lot_size", "must be 1, since %s carries serial numbers", product.ID)
	c.check(strings.Contains(r.routing.LotPattern, "{n}"), r.file, "lot_pattern", "must hold {n}, the place of the number")
	c.checkOperations(r.file, "", r.routing.Operations)
}

func (c checker) checkOperations(file, under string, operations []mes.Operation) {
	for i, o := range operations {
		at := fmt.Sprintf("%soperations[%d]", under, i)
		for j, s := range o.Stations {
			c.check(c.isStation(s), file, fmt.Sprintf("%s.stations[%d]", at, j), "%q is not a station", s)
		}
		for j, s := range o.Steps {
			c.checkStep(file, fmt.Sprintf("%s.steps[%d]", at, j), o, s)
		}
	}
}

// drivers says which drivers can serve a kind of step.
var drivers = map[mes.StepKind][]string{
	mes.StepDevice: {"opcua"}, mes.StepVision: {"mqtt-camera", "rest-camera", "opcua-camera"}, mes.StepLabel: {"zpl"},
}

func (c checker) checkStep(file, at string, o mes.Operation, s mes.Step) {
	if s.Component != nil {
		_, known := c.materials[s.Component.Material]
		c.check(known, file, at+".component.material", "%q is not in materials.yaml", s.Component.Material)
	}
	if s.Picture != "" {
		c.checkPicture(file, at+".picture", s.Picture)
	}
	want, needs := drivers[s.Kind]
	if !needs || s.Device == "" {
		return
	}
	d, known := c.devices[s.Device]
	c.check(known, file, at+".device", "%q is not in devices.yaml", s.Device)
	if !known {
		return
	}
	c.check(slices.Contains(want, d.Driver), file, at+".device", "%s has driver %s, a %s step needs %s", s.Device, d.Driver, s.Kind, strings.Join(want, " or "))
	c.check(slices.Contains(o.Stations, d.Station), file, at+".device", "%s stands at %s, which is not a station of this operation", s.Device, d.Station)
	if s.Kind != mes.StepDevice {
		return
	}
	for k, ch := range s.Characteristics {
		given := slices.ContainsFunc(d.Values, func(v devices.ValueSpec) bool { return v.Name == ch.ID })
		c.check(given, file, fmt.Sprintf("%s.characteristics[%d].id", at, k), "%q is not among the values of %s", ch.ID, s.Device)
	}
}

func (c checker) checkAccounts() {
	seen, badges := map[string]bool{}, map[string]bool{}
	for i, a := range c.Accounts {
		at := fmt.Sprintf("accounts[%d]", i)
		c.check(a.ID != "" && !seen[a.ID], "accounts.yaml", at+".id", "%q must be given and unique", a.ID)
		c.check(a.Name != "", "accounts.yaml", at+".name", "is missing")
		c.check(a.Kind == "" || a.Kind == mes.AccountPerson || a.Kind == mes.AccountService, "accounts.yaml", at+".kind", "must be person or service")
		c.check(a.Site == "" || a.Site == c.site(), "accounts.yaml", at+".site", "%q is not the plant's site", a.Site)
		c.check(len(a.Roles) > 0, "accounts.yaml", at+".roles", "at least one is needed")
		for j, r := range a.Roles {
			c.check(slices.Contains(mes.Roles, r), "accounts.yaml", fmt.Sprintf("%s.roles[%d]", at, j), "%q is not a role", r)
		}
		for j, id := range a.Devices {
			_, known := c.devices[id]
			c.check(known && a.Kind == mes.AccountService, "accounts.yaml", fmt.Sprintf("%s.devices[%d]", at, j), "%q is not in devices.yaml, or the account is a person's", id)
		}
		c.check(a.Badge == "" || !badges[a.Badge], "accounts.yaml", at+".badge", "%q is used twice", a.Badge)
		for j, q := range a.Qualifications {
			at := fmt.Sprintf("%s.qualifications[%d]", at, j)
			c.check(q.ID != "", "accounts.yaml", at+".id", "is missing")
			c.check(q.Level > 0, "accounts.yaml", at+".level", "must be above 0")
			c.check(q.ExpiresAt == nil || q.ExpiresInDays == nil, "accounts.yaml", at, "give expires_at or expires_in_days, not both")
		}
		seen[a.ID], badges[a.Badge] = true, true
	}
}

// maxSerials bounds one run of serial numbers; more come by the API, as deliveries do.
const maxSerials = 100_000

func (c checker) checkLots() {
	seen := map[string]bool{}
	for i, l := range c.Lots {
		at := fmt.Sprintf("lots[%d]", i)
		c.check(l.ExpiresAt == nil || l.ExpiresInDays == nil, "lots.yaml", at, "give expires_at or expires_in_days, not both")
		if l.Serials != nil {
			c.check(strings.Contains(l.Lot, "{n}"), "lots.yaml", at+".lot", "must hold {n}, the place of the number")
			c.check(l.Serials.Count > 0 && l.Serials.Count <= maxSerials, "lots.yaml", at+".serials.count", "must be from 1 to %d", maxSerials)
			c.check(l.Quantity.IsZero(), "lots.yaml", at+".quantity", "is 1 for each serial number; leave it out")
			if l.Serials.Count <= 0 || l.Serials.Count > maxSerials {
				continue
			}
		}
		m, known := c.materials[l.Material]
		rs := l.receipts(time.Time{})
		for _, r := range rs {
			c.check(!seen[r.Lot], "lots.yaml", at+".lot", "%q is used twice", r.Lot)
			seen[r.Lot] = true
		}
		// One receipt of a run stands for all. Whether it has expired is the store's question, at the time of receipt.
		var e *mes.Error
		if err := rs[0].Validate(m, known, time.Time{}.AddDate(-100, 0, 0)); errors.As(err, &e) {
			for _, fe := range e.Fields {
				c.add("lots.yaml", at+"."+fe.Field, "%s", fe.Message)
			}
		}
	}
}
