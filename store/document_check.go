package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// checkContent names everything that is wrong with a content: by its kind's own rules, then by what it refers to.
func checkContent(ctx context.Context, q *sqlcgen.Queries, k mes.RevisionKey, content json.RawMessage) error {
	_, refs, err := mes.ReadContent(k, content)
	if err != nil {
		return err
	}
	return checkRefs(ctx, q, refs, "content", k.Title()+" is refused.")
}

// checkRefs names what a content refers to and the plant does not have.
func checkRefs(ctx context.Context, q *sqlcgen.Queries, refs mes.DocumentRefs, at, what string) error {
	var f mes.Faults
	for _, part := range []struct {
		noun  string
		ids   []string
		known func([]string) ([]string, error)
	}{
		{"material", refs.Materials, func(ids []string) ([]string, error) {
			rows, err := q.KnownMaterials(ctx, ids)
			return each(rows, func(r sqlcgen.KnownMaterialsRow) string { return r.ID }), err
		}},
		{"station", refs.Stations, func(ids []string) ([]string, error) {
			rows, err := q.KnownEquipment(ctx, ids)
			return each(rows, stationID), err
		}},
		{"device", refs.Devices, func(ids []string) ([]string, error) { return q.KnownDevices(ctx, ids) }},
		{"instruction", refs.Instructions, func(ids []string) ([]string, error) { return q.KnownInstructions(ctx, ids) }},
		{"skill", refs.Skills, func(ids []string) ([]string, error) { return q.KnownSkills(ctx, ids) }},
		{"picture", refs.Blobs, func(ids []string) ([]string, error) { return q.KnownBlobs(ctx, ids) }},
	} {
		if len(part.ids) == 0 {
			continue
		}
		known, err := part.known(part.ids)
		if err != nil {
			return err
		}
		nameUnknown(&f, at, part.noun, part.ids, known)
	}
	return f.Err(what)
}

func nameUnknown(f *mes.Faults, at, noun string, ids, known []string) {
	seen := map[string]bool{}
	for _, id := range known {
		seen[id] = true
	}
	for _, id := range ids {
		f.Check(seen[id], at, "%s %q is not known", noun, id)
		seen[id] = true // named once
	}
}

func stationID(r sqlcgen.KnownEquipmentRow) string {
	if r.Level != string(mes.LevelStation) {
		return ""
	}
	return r.ID
}

func each[T any](rows []T, id func(T) string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = id(r)
	}
	return out
}

// instructionsOf lists the instructions that a routing's steps name.
func instructionsOf(r mes.Routing) []string {
	var out []string
	for _, o := range r.Operations {
		for _, s := range o.Steps {
			if s.Document != "" {
				out = append(out, s.Document)
			}
		}
	}
	return out
}

// freeze keeps, for an order that takes up a routing revision, the instructions in force at this moment.
func (w *work) freeze(ctx context.Context, number string, r mes.Routing) error {
	ids := instructionsOf(r)
	if len(ids) == 0 {
		return nil
	}
	rows, err := w.InstructionsInForce(ctx, ids)
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, i := range rows {
		known[i.ID] = i.Revision
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		revision, ok := known[id]
		if !ok {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s rev %s names work instruction %s, and none is in force.", r.Product, r.Revision, id),
				"The order is as it was.", "Approve the instruction first.")
		}
		err := w.FreezeDocument(ctx, sqlcgen.FreezeDocumentParams{WorkOrder: number, RoutingRevision: r.Revision, Kind: string(mes.DocInstruction), ID: id, Revision: revision, At: now})
		if err != nil {
			return err
		}
	}
	return nil
}
