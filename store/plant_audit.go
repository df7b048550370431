package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// plantRecord names one record of the plant.
type plantRecord struct{ noun, id string }

// plantRecords reads those records of an import that are stored, as the audit trail shows them.
func (w *work) plantRecords(ctx context.Context, in mes.PlantImport) (map[plantRecord]json.RawMessage, error) {
	var p sqlcgen.PlantRecordsParams
	for _, e := range in.Equipment {
		p.Equipment = append(p.Equipment, e.ID)
	}
	for _, m := range in.Materials {
		p.Materials = append(p.Materials, m.ID)
	}
	for _, d := range in.Devices {
		p.Devices = append(p.Devices, d.ID)
	}
	rows, err := w.PlantRecords(ctx, p)
	out := map[plantRecord]json.RawMessage{}
	for _, r := range rows {
		out[plantRecord{r.Noun, r.ID}] = r.Content
	}
	return out, err
}

// auditPlant writes a row for each record that an import added or changed. Changing what was there needs a reason: a tag's
// address or a limit may decide what the next part is worth.
func (w *work) auditPlant(ctx context.Context, by mes.Actor, in mes.PlantImport, before map[plantRecord]json.RawMessage) error {
	after, err := w.plantRecords(ctx, in)
	if err != nil {
		return err
	}
	var changed []string
	for _, r := range sortedRecords(after) {
		was, known := before[r]
		if known && sameJSON(was, after[r]) {
			continue
		}
		action := "added"
		if known {
			action = "changed"
			changed = append(changed, r.noun+" "+r.id)
		}
		if err := w.audit(by, action, r.noun, r.id, in.Reason, "", redacted(was), redacted(after[r])); err != nil {
			return err
		}
	}
	if len(changed) > 0 && in.Reason == "" {
		var f mes.Faults
		f.Add("reason", "is missing: %d records that are there would change (%s)", len(changed), strings.Join(changed[:min(len(changed), 5)], ", "))
		return f.Err("The plant was not imported.")
	}
	return nil
}

func sortedRecords(m map[plantRecord]json.RawMessage) []plantRecord {
	out := make([]plantRecord, 0, len(m))
	for r := range m {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b plantRecord) int { return strings.Compare(a.noun+"/"+a.id, b.noun+"/"+b.id) })
	return out
}

// hidden stands for a secret in the audit trail.
const hidden = "(hidden)"

// redacted is a document without its secrets: values of fields that are named like one, and passwords in addresses. nil
// stays nil.
func redacted(doc json.RawMessage) any {
	if doc == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return fmt.Sprintf("unreadable: %v", err)
	}
	return hide("", v)
}

func hide(name string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, inner := range x {
			x[k] = hide(k, inner)
		}
	case []any:
		for i, inner := range x {
			x[i] = hide(name, inner)
		}
	case string:
		if x != "" && secretName(name) {
			return hidden
		}
		if u, err := url.Parse(x); err == nil && u.User != nil {
			return u.Redacted()
		}
	}
	return v
}

func secretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "secret", "token", "credential", "passphrase", "private"}, func(s string) bool { return strings.Contains(name, s) })
}
