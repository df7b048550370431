package store

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// capaAsks is the signature that each state waits for.
var capaAsks = map[mes.CAPAState]mes.CAPASigning{
	mes.CAPAPlanSigning: mes.CAPASignPlan, mes.CAPAVerdictSigning: mes.CAPASignVerdict, mes.CAPAClosureSigning: mes.CAPASignClosure,
}

var capaSigningWords = map[mes.CAPASigning]string{
	mes.CAPASignPlan: "causes, actions and criterion", mes.CAPASignVerdict: "verdict on its effect", mes.CAPASignClosure: "closure",
}

// askCAPA asks for the signature that the state now waits for, and keeps which request that is.
func (w *work) askCAPA(ctx context.Context, by mes.Actor, c *mes.CAPA, was mes.CAPAState, reason string) error {
	what, ok := capaAsks[c.State]
	if !ok || c.State == was {
		return nil
	}
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: c.Site, Record: mes.SignedRecord{Noun: mes.SignedCAPA, ID: c.SignedID(what)}, RequestedBy: by.ID, Reason: reason,
		Title: fmt.Sprintf("%s, %s: %s", c.ID, capaSigningWords[what], c.Title)})
	if err != nil {
		return err
	}
	if c.Record.Requests == nil {
		c.Record.Requests = map[mes.CAPASigning]string{}
	}
	c.Record.Requests[what] = asked.ID
	return w.saveCAPARow(ctx, *c)
}

// What is signed of each part. Nothing in it may change after the signature but by a change that must void it.
type (
	signedPlan struct {
		CAPA       string              `json:"capa"`
		Iteration  int                 `json:"iteration"`
		Product    string              `json:"product"`
		Problem    mes.CAPAProblem     `json:"problem"`
		Occurrence mes.CAPACause       `json:"occurrence"`
		Escape     mes.CAPACause       `json:"escape"`
		Fishbone   []mes.FishboneCause `json:"fishbone"`
		Plan       mes.CAPAPlan        `json:"plan"`
		Criterion  string              `json:"criterion"`
		Actions    []signedAction      `json:"actions"`
	}
	signedAction struct {
		ID      string `json:"id"`
		Title   string `json:"title"`
		Against string `json:"against"`
	}
	signedVerdict struct {
		CAPA      string          `json:"capa"`
		Iteration int             `json:"iteration"`
		Verdict   mes.CAPAOutcome `json:"verdict"`
		Seen      string          `json:"seen"`
		Criterion string          `json:"criterion"`
		Plan      mes.CAPAPlan    `json:"plan"`
		Effect    mes.CAPAEffect  `json:"effect"`
	}
	signedClosure struct {
		CAPA      string         `json:"capa"`
		Iteration int            `json:"iteration"`
		Title     string         `json:"title"`
		Product   string         `json:"product"`
		Codes     []string       `json:"codes"`
		Record    mes.CAPARecord `json:"record"`
		Tasks     []mes.CAPATask `json:"tasks"`
		Links     []signedLink   `json:"links"`
	}
	signedLink struct {
		Noun    string `json:"noun"`
		Subject string `json:"subject"`
	}
)

// capaToSign reads one part of a CAPA as it stands now, of this round or of the former one that the ID names.
func capaToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	capa, n, part, err := mes.ParseCAPASigned(id)
	if err != nil {
		return nil, err
	}
	row, err := q.CAPAByID(ctx, sqlcgen.CAPAByIDParams{Site: site, ID: capa})
	if err != nil {
		return nil, missing(err, "CAPA", capa)
	}
	c, err := readCAPA(ctx, q, row)
	if err != nil {
		return nil, err
	}
	if n < c.Iteration && n >= 1 && n <= len(c.Former) {
		f := c.Former[n-1]
		c.Record, c.Tasks, c.Iteration = f.Record, f.Tasks, n
	}
	return capaPart(c, part)
}

func capaPart(c mes.CAPA, part mes.CAPASigning) (any, error) {
	r := c.Record
	switch {
	case part == mes.CAPASignPlan:
		out := signedPlan{CAPA: c.ID, Iteration: c.Iteration, Product: c.Product, Problem: r.Problem, Occurrence: r.Occurrence, Escape: r.Escape, Fishbone: r.Fishbone, Plan: r.Plan, Actions: []signedAction{}}
		if r.Plan.Criterion != nil {
			out.Criterion = r.Plan.Criterion.Sentence()
		}
		for _, t := range c.Tasks {
			if t.D == mes.D6 && t.State != mes.TaskDropped {
				out.Actions = append(out.Actions, signedAction{t.ID, t.Title, t.Against})
			}
		}
		return out, nil
	case part == mes.CAPASignVerdict && r.Effect != nil && r.Effect.Reading != nil:
		return signedVerdict{CAPA: c.ID, Iteration: c.Iteration, Verdict: r.Effect.Outcome, Seen: r.Effect.Reading.Sentence(), Criterion: r.Plan.Criterion.Sentence(), Plan: r.Plan, Effect: *r.Effect}, nil
	case part == mes.CAPASignClosure:
		return closureOf(c), nil
	}
	return nil, mes.NotFound("CAPA", c.SignedID(part))
}

// closureOf is the whole of a CAPA but for what the closing itself writes, and for what is read from other records.
func closureOf(c mes.CAPA) signedClosure {
	r := c.Record
	r.Requests, r.Signed, r.Due, r.Done = nil, nil, nil, nil
	r.Prevention.Documents = make([]mes.CAPADocument, len(c.Record.Prevention.Documents))
	for i, d := range c.Record.Prevention.Documents {
		r.Prevention.Documents[i] = mes.CAPADocument{RevisionKey: d.RevisionKey, Note: d.Note}
	}
	out := signedClosure{CAPA: c.ID, Iteration: c.Iteration, Title: c.Title, Product: c.Product, Codes: c.Codes, Record: r, Tasks: c.Tasks, Links: []signedLink{}}
	for _, l := range c.Links {
		out.Links = append(out.Links, signedLink{l.Noun, l.Subject})
	}
	return out
}

// admitCAPASigner keeps duties apart: whoever raised a CAPA signs none of its parts.
func admitCAPASigner(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Signer) error {
	capa, _, _, err := mes.ParseCAPASigned(r.Record.ID)
	if err != nil {
		return err
	}
	row, err := w.CAPAByID(ctx, sqlcgen.CAPAByIDParams{Site: r.Site, ID: capa})
	if err != nil {
		return missing(err, "CAPA", capa)
	}
	if row.RaisedBy == by.ID {
		return mes.Refuse(mes.CodeForbidden, fmt.Sprintf("%s raised %s, so %s cannot sign it.", by.ID, capa, by.ID), "Nothing was signed.", "Let a second person look and sign.")
	}
	return nil
}

// capaSigned does what the last signature allows.
func capaSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	last := r.Signatures[len(r.Signatures)-1]
	return w.signedCAPA(ctx, r, mes.Actor{ID: last.Signer, Station: last.Station, Source: last.Source}, last.Reason, func(c mes.CAPA, part mes.CAPASigning, now time.Time) (mes.CAPA, string, error) {
		var err error
		switch part {
		case mes.CAPASignPlan:
			c, err = c.PlanSigned(last.Signer, now)
		case mes.CAPASignVerdict:
			c, err = c.VerdictSigned(last.Signer, now)
		default:
			c, err = c.ClosureSigned(last.Signer, now)
		}
		return c, string(part) + "_signed", err
	})
}

// capaRejected takes a no.
func capaRejected(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	return w.signedCAPA(ctx, r, by, reason, func(c mes.CAPA, part mes.CAPASigning, now time.Time) (mes.CAPA, string, error) {
		return c.SigningRejected(part, by.ID, reason, now), string(part) + "_rejected", nil
	})
}

func (w *work) signedCAPA(ctx context.Context, r mes.SignatureRequest, by mes.Actor, reason string, do func(mes.CAPA, mes.CAPASigning, time.Time) (mes.CAPA, string, error)) error {
	id, n, part, err := mes.ParseCAPASigned(r.Record.ID)
	if err != nil {
		return err
	}
	before, now, err := w.lockCAPA(ctx, r.Site, id)
	if err != nil {
		return err
	}
	if n != before.Iteration {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is in round %d by now.", id, before.Iteration), "Nothing was changed.", "Look at it again.")
	}
	after, action, err := do(before, part, now)
	if err != nil {
		return err
	}
	if err := w.saveCAPA(ctx, by, action, reason, "capa/"+r.ID+"/"+action, before, after, now); err != nil {
		return err
	}
	return w.capaTurned(ctx, before, after)
}

// capaTurned tells people of a turn that they did not bring about.
func (w *work) capaTurned(ctx context.Context, before, after mes.CAPA) error {
	a := mes.Alert{Site: after.Site, Severity: mes.SeverityHigh, Noun: mes.NounCAPA, Subject: after.ID, Account: after.Owner}
	if after.Owner == "" {
		a.Role = mes.RoleQuality
	}
	switch {
	case after.Iteration > before.Iteration:
		a.Kind, a.Text = mes.AlertCAPAReopened, fmt.Sprintf("%s is open again at D4, round %d. %s", after.ID, after.Iteration, after.Former[len(after.Former)-1].Reason)
	case after.Record.Effect != nil && before.Record.Effect != nil && len(after.Record.Effect.Extended) > len(before.Record.Effect.Extended):
		e := after.Record.Effect.Extended[len(after.Record.Effect.Extended)-1]
		a.Kind, a.Severity, a.Text = mes.AlertCAPAExtended, mes.SeverityMedium, fmt.Sprintf("The effect of %s is watched until %s. %s", after.ID, e.Until.Format(time.DateOnly), e.Why)
	default:
		return nil
	}
	return w.alert(ctx, fmt.Sprintf("capa/%s/%s/%d/turned", after.Site, after.ID, before.Version), a)
}
