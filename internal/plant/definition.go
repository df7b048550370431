package plant

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// Definition is a checked plant, ready to be stored.
type Definition struct {
	Plant    mes.PlantImport
	Accounts []Account
	Lots     []mes.Receipt
	Shifts   Shifts
	Gauges   []Gauge
	Rules    []mes.ReactionRule
	Andon    *mes.AndonPlan // nil when the files say nothing
	// Machines and StopReasons say how machines are followed, and why they stop.
	Machines []mes.MachineDefinition
	// Maintenance are isolation points, plans, causes and remedies.
	Maintenance maintenanceFile
	StopReasons mes.StopTree
	// day is the import's, in the site's zone.
	day mes.Day
}

// Account is a person or program as accounts.yaml has it.
type Account struct {
	ID             string          `json:"id"`
	Name           string          `json:"name"`
	Kind           mes.AccountKind `json:"kind"` // person when left out
	Site           string          `json:"site"` // the plant's only site when left out
	Roles          []mes.Role      `json:"roles"`
	Badge          string          `json:"badge"`
	Qualifications []Qualification `json:"qualifications"`
	// Devices are those that a program speaks for, besides the edge of the site.
	Devices []string `json:"devices"`
}

// Qualification is a certificate. ExpiresInDays counts from the import and is meant for demonstrations.
type Qualification struct {
	ID            string     `json:"id"`
	Level         int        `json:"level"`
	Issuer        string     `json:"issuer"`
	ExpiresAt     *time.Time `json:"expires_at"`
	ExpiresInDays *int       `json:"expires_in_days"`
}

// device is a devices.yaml entry: the driver's configuration with the name that people read.
type device struct {
	Name string `json:"name"`
	devices.Config
}

// lot is a lots.yaml entry: one received lot, or a run of serial numbers.
type lot struct {
	Material      string      `json:"material"`
	Lot           string      `json:"lot"`
	Serials       *serials    `json:"serials"`
	Quantity      mes.Decimal `json:"quantity"`
	Supplier      string      `json:"supplier"`
	SupplierLot   string      `json:"supplier_lot"`
	ExpiresAt     *time.Time  `json:"expires_at"`
	ExpiresInDays *int        `json:"expires_in_days"`
}

type serials struct {
	First int `json:"first"`
	Count int `json:"count"`
}

// files is the folder's content before it is checked against itself.
type files struct {
	Equipment   []mes.Equipment
	Devices     []device
	Materials   []mes.Material
	Routings    []namedRouting
	Documents   []namedDocument
	Gauges      []gauge
	Rules       []mes.ReactionRule
	Accounts    []Account
	Lots        []lot
	Shifts      Shifts
	Skills      []mes.Skill
	Codes       []mes.LabourCode
	Charts      []mes.Chart
	Defects     []mes.DefectCode
	Rate        *mes.LabourRate
	Machines    machineFile
	Maintenance maintenanceFile
	Andon       *mes.AndonPlan
	Pictures    map[string]mes.Blob // by file name
}

type namedRouting struct {
	file    string
	routing mes.Routing
}

// Options say what the files leave open.
type Options struct {
	// Values answers ${path.to.value} placeholders in the files, such as addresses that differ from host to host.
	Values Values
	// Now is the day that relative dates count from.
	Now time.Time
	// ApprovedBy is the account in whose name routings are approved.
	ApprovedBy string
	// Unsigned is why new revisions are approved by the import although the ones in force were signed; empty leaves them
	// to be signed.
	Unsigned string
}

// Load reads and checks a plant's folder. The error is a *mes.Error whose fields name every fault.
func Load(dir fs.FS, o Options) (Definition, error) {
	f := &faults{}
	in := read(dir, o.Values, f)
	if len(f.list) == 0 {
		check(in, f, o.Now)
	}
	if err := f.err(); err != nil {
		return Definition{}, err
	}
	d := in.definition(o, f)
	return d, f.err()
}

func read(dir fs.FS, values Values, f *faults) files {
	var in files
	var equipment struct {
		Equipment []mes.Equipment `json:"equipment"`
	}
	var devs struct {
		Devices []device `json:"devices"`
	}
	var materials struct {
		Materials []mes.Material `json:"materials"`
	}
	var accounts struct {
		Accounts []Account `json:"accounts"`
	}
	var lots struct {
		Lots []lot `json:"lots"`
	}
	var skills struct {
		Skills []mes.Skill `json:"skills"`
	}
	var gauges struct {
		Gauges []gauge `json:"gauges"`
	}
	var rules struct {
		Rules []mes.ReactionRule `json:"rules"`
	}
	var labour struct {
		Codes []mes.LabourCode `json:"codes"`
	}
	var charts struct {
		Charts []mes.Chart `json:"charts"`
	}
	var defects struct {
		Codes []mes.DefectCode `json:"codes"`
		Rate  *mes.LabourRate  `json:"rate"`
	}
	for _, doc := range []struct {
		name string
		out  any
	}{{"plant.yaml", &equipment}, {"devices.yaml", &devs}, {"materials.yaml", &materials}, {"accounts.yaml", &accounts}, {"lots.yaml", &lots}, {"shifts.yaml", &in.Shifts}, {"skills.yaml", &skills}, {"labour.yaml", &labour}, {"defects.yaml", &defects}, {"spc.yaml", &charts}, {"gauges.yaml", &gauges}, {"rules.yaml", &rules}, {machinesYAML, &in.Machines}, {maintenanceYAML, &in.Maintenance}, {"andon.yaml", &in.Andon}} {
		readDocument(dir, doc.name, doc.out, values, f, doc.name != "plant.yaml")
	}
	in.Equipment, in.Devices, in.Materials = equipment.Equipment, devs.Devices, materials.Materials
	in.Accounts, in.Lots = accounts.Accounts, lots.Lots
	in.Skills, in.Codes, in.Gauges, in.Rules = skills.Skills, labour.Codes, gauges.Gauges, rules.Rules
	in.Defects, in.Rate, in.Charts = defects.Codes, defects.Rate, charts.Charts
	in.Routings = readRoutings(dir, values, f)
	in.Documents = readDocuments(dir, values, f)
	in.Pictures = readPictures(dir, f)
	return in
}

func readDocument(dir fs.FS, name string, out any, values Values, f *faults, optional bool) {
	content, err := fs.ReadFile(dir, name)
	switch {
	case optional && errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, fs.ErrNotExist):
		f.add(name, "", "is missing; a plant's folder needs it")
	case err != nil:
		f.add(name, "", "cannot be read: %s", err)
	default:
		decode(name, content, out, values, f)
	}
}

func readRoutings(dir fs.FS, values Values, f *faults) []namedRouting {
	names, _ := fs.Glob(dir, "routings/*.yaml") // fails on a malformed pattern only
	var out []namedRouting
	for _, name := range names {
		r := namedRouting{file: name}
		readDocument(dir, name, &r.routing, values, f, false)
		out = append(out, r)
	}
	return out
}

var pictureTypes = map[string]string{".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

// maxPicture bounds one picture: terminals fetch it over the shop's network.
const maxPicture = 4 << 20

func readPictures(dir fs.FS, f *faults) map[string]mes.Blob {
	out := map[string]mes.Blob{}
	names, _ := fs.Glob(dir, "pictures/*")
	for _, name := range names {
		kind, ok := pictureTypes[strings.ToLower(path.Ext(name))]
		if !ok {
			f.add(name, "", "must be svg, png or jpg")
			continue
		}
		content, err := fs.ReadFile(dir, name)
		if err != nil || len(content) > maxPicture {
			f.add(name, "", "cannot be read, or is over 4 MiB")
			continue
		}
		sum := sha256.Sum256(content)
		out[path.Base(name)] = mes.Blob{Hash: hex.EncodeToString(sum[:]), ContentType: kind, Size: int64(len(content)), Content: content}
	}
	return out
}

// definition turns checked files into what the ports take.
func (in files) definition(o Options, f *faults) Definition {
	d := Definition{Plant: mes.PlantImport{Equipment: in.Equipment, Materials: in.Materials, Skills: in.Skills, LabourCodes: in.Codes, Defects: in.Defects, Rate: in.Rate, ApprovedBy: o.ApprovedBy, Unsigned: o.Unsigned}}
	site := in.site()
	d.Plant.Charts = in.charts(site)
	d.Shifts, d.day = in.Shifts, mes.DayOf(o.Now, in.zone())
	for _, e := range in.Devices {
		c := e.Config
		c.Site = site
		text, err := json.Marshal(c)
		if err != nil {
			f.add("devices.yaml", c.ID, "cannot be stored: %s", err)
			continue
		}
		d.Plant.Devices = append(d.Plant.Devices, mes.Device{ID: c.ID, Site: site, Station: c.Station, Driver: c.Driver, Name: e.Name, Config: text})
	}
	for _, r := range in.Routings {
		d.Plant.Routings = append(d.Plant.Routings, withPictures(r.routing, in.Pictures))
	}
	for _, doc := range in.Documents {
		draft, err := doc.draft(in.Pictures)
		if err != nil {
			f.add(doc.file, "", "cannot be stored: %s", err)
		}
		d.Plant.Documents = append(d.Plant.Documents, draft)
	}
	for _, name := range slices.Sorted(maps.Keys(in.Pictures)) {
		d.Plant.Blobs = append(d.Plant.Blobs, in.Pictures[name])
	}
	for _, a := range in.Accounts {
		d.Accounts = append(d.Accounts, a.complete(site, o.Now))
	}
	for _, l := range in.Lots {
		d.Lots = append(d.Lots, l.receipts(o.Now)...)
	}
	d.Rules, d.Andon = in.Rules, in.Andon
	d.Machines, d.StopReasons = in.Machines.Machines, in.Machines.tree()
	d.Maintenance = in.Maintenance
	for _, g := range in.Gauges {
		d.Gauges = append(d.Gauges, g.complete(o.Now))
	}
	return d
}

// site is the plant's only site: a process serves one, so a folder defines one.
func (in files) site() string {
	i := slices.IndexFunc(in.Equipment, func(e mes.Equipment) bool { return e.Level == mes.LevelSite })
	if i < 0 {
		return ""
	}
	return in.Equipment[i].ID
}

// zone is the site's; a zone that can't be is named by the checks.
func (in files) zone() *time.Location {
	for _, e := range in.Equipment {
		if z, err := time.LoadLocation(e.TimeZone); e.Level == mes.LevelSite && err == nil {
			return z
		}
	}
	return time.UTC
}

// LoadAccounts reads the people and programs of a folder alone, unchecked against the rest of it.
func LoadAccounts(dir fs.FS) ([]Account, error) {
	var doc struct {
		Accounts []Account `json:"accounts"`
	}
	f := &faults{}
	readDocument(dir, "accounts.yaml", &doc, nil, f, true)
	return doc.Accounts, f.err()
}
