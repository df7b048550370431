package app

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/steelthread/steelthread/internal/plant"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// Import is the command that loads a plant.
type Import struct {
	Dir     string            `arg:"" type:"existingdir" help:"Folder with plant.yaml and its companions; deploy/demo is one."`
	Values  map[string]string `placeholder:"NAME=FILE" help:"JSON file that answers placeholders: sim=sim.json answers dollar-brace sim.x."`
	Account string            `default:"import" help:"Name under which the audit trail keeps the import, and routings are approved."`
	Check   bool              `help:"Only check the files."`
	Approve string            `placeholder:"REASON" help:"Approve new revisions by this import although the ones in force were signed here. Quality is alerted. Without it they arrive as drafts."`
	Reason  string            `help:"Why; needed where a record that is there changes. It stands in the audit trail."`
	Records
}

// Run checks everything first and stores nothing when anything is wrong.
func (i Import) Run(ctx context.Context) error {
	values := plant.Values{}
	for name, file := range i.Values {
		v, err := plant.ReadValues(name, file)
		if err != nil {
			return err
		}
		maps.Copy(values, v)
	}
	// A root, since a plain folder would follow a link out of it: a picture could be any file of this machine.
	root, err := os.OpenRoot(i.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	d, err := plant.Load(root.FS(), plant.Options{Values: values, Now: time.Now(), ApprovedBy: i.Account, Unsigned: i.Approve})
	if err != nil {
		return faultLines(err)
	}
	if i.Check {
		_, err := fmt.Printf("The plant of site %s is in order.\n", d.Site())
		return err
	}
	d.Plant.Reason = i.Reason
	s, _, err := i.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := d.Store(ctx, plantPorts(s), mes.Actor{ID: i.Account, Source: commandLine().Source})
	if err != nil {
		return faultLines(err)
	}
	fmt.Printf("Site %s: %d equipment, %d devices, %d materials, %d new routing revisions, %d new documents, %d pictures, %d lots received, %d accounts.\n",
		d.Site(), r.Equipment, r.Devices, r.Materials, r.Routings, r.Documents, r.Blobs, r.Lots, r.Accounts)
	for _, title := range r.Drafts {
		fmt.Printf("%s is a draft: the revision in force was signed here, so this one must be too.\n", title)
	}
	return nil
}

func plantPorts(s *store.Store) plant.Ports {
	return plant.Ports{Plant: s.Plant, Accounts: s.Accounts, Materials: s.Materials, Lots: s.Lots, Shifts: s.Shifts, Devices: s.Devices, Gauges: s.Gauges, Reactions: s.Reactions,
		Machines: s.Machines, Maintenances: s.Maintenances, Stops: s.Machines, Calendars: s.Calendars, Figures: s.Figures, Calls: s.Calls}
}

// faultLines puts each fault of a refusal on a line of its own.
func faultLines(err error) error {
	e := refusalIn(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", e.What, e.Kept, e.Do)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", f.Field, f.Message)
	}
	return fmt.Errorf("%s", b.String())
}
