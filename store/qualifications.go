package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Qualifications keeps skills and certificates, and raises what reminds of their ends.
type Qualifications struct{ db }

var (
	_ mes.Qualifications      = (*Qualifications)(nil)
	_ mes.QualificationLedger = (*Qualifications)(nil)
)

func skillOf(r sqlcgen.Skill) mes.Skill {
	return mes.Skill{ID: r.ID, Name: r.Name, Description: r.Description, ValidityMonths: r.ValidityMonths, RemindDays: r.RemindDays}
}

// Skills lists all of them.
func (q *Qualifications) Skills(ctx context.Context) ([]mes.Skill, error) {
	rows, err := q.q.Skills(ctx)
	out := make([]mes.Skill, len(rows))
	for i, r := range rows {
		out[i] = skillOf(r)
	}
	return out, translate(err)
}

// PutSkill stores or changes a skill.
func (q *Qualifications) PutSkill(ctx context.Context, key, site string, by mes.Actor, s mes.Skill) (mes.Skill, error) {
	err := q.change(ctx, func(w *work) error {
		found, err := w.answered(ctx, key, &s)
		if err != nil || found {
			return err
		}
		changed, err := w.putSkill(ctx, by, key, s)
		if err != nil || !changed {
			return err
		}
		if err := w.remember(ctx, key, s.ID, s); err != nil {
			return err
		}
		return w.remindAnew(ctx, site, key)
	})
	return s, err
}

// putSkill stores a skill that differs from what is there.
func (w *work) putSkill(ctx context.Context, by mes.Actor, key string, s mes.Skill) (changed bool, err error) {
	if err := s.Validate(); err != nil {
		return false, err
	}
	if s.RemindDays == nil {
		s.RemindDays = mes.DefaultRemindDays
	}
	var before any
	was, err := w.SkillByID(ctx, s.ID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	if err == nil {
		before = skillOf(was)
		if fmt.Sprint(before) == fmt.Sprint(s) {
			return false, nil
		}
	}
	err = w.Queries.PutSkill(ctx, sqlcgen.PutSkillParams{ID: s.ID, Name: s.Name, Description: s.Description, ValidityMonths: s.ValidityMonths, RemindDays: s.RemindDays})
	if err != nil {
		return false, err
	}
	return true, w.audit(by, "skill_stored", "skill", s.ID, "", key, before, s)
}

// remindAnew wakes the site's reminders.
func (w *work) remindAnew(ctx context.Context, site, key string) error {
	w.tell(site, mes.EventQualification, site)
	return w.send(ctx, mes.ToWorkflow, mes.MessageQualificationsChanged, "qualifications/"+key, site, mes.SiteChanged{Site: site})
}

const certificateColumns = `c.id, c.account, a.name, c.skill, s.name, c.level, c.issuer, c.issued_at, c.expires_at, coalesce(c.evidence, ''), c.evidence_name,
	c.given_by, c.given_at, c.reason, w.withdrawn_at, coalesce(w.withdrawn_by, ''), coalesce(w.reason, ''),
	NOT EXISTS (` + newerCertificate + `), s.remind_days`

const (
	newerCertificate = `SELECT 1 FROM certificate n WHERE n.account = c.account AND n.skill = c.skill AND n.level = c.level AND n.id > c.id`
	certificateFrom  = `certificate c JOIN account a ON a.id = c.account JOIN skill s ON s.id = c.skill LEFT JOIN certificate_withdrawal w ON w.certificate = c.id`
)

// certificateRow is a certificate with what its state is judged by.
type certificateRow struct {
	mes.Certificate
	current bool
	remind  []int
}

func certificateFields(r *certificateRow) []any {
	return []any{&r.ID, &r.Account, &r.Name, &r.Skill, &r.SkillName, &r.Level, &r.Issuer, &r.IssuedAt, &r.ExpiresAt, &r.Evidence, &r.EvidenceName,
		&r.GivenBy, &r.GivenAt, &r.Reason, &r.WithdrawnAt, &r.WithdrawnBy, &r.Withdrawal, &r.current, &r.remind}
}

var certificateSorts = sorts{"": nil, "person": {{"a.name", "text", false}}, "skill": {{"c.skill", "text", false}},
	"expires_at": {{"coalesce(c.expires_at, 'infinity')", "timestamptz", false}}}

// Certificates reads a page.
func (q *Qualifications) Certificates(ctx context.Context, f mes.CertificateFilter) (mes.Page[mes.Certificate], error) {
	if f.EndsBefore != nil && f.Sort == "" {
		f.Sort = "expires_at"
	}
	l := newListing(certificateFrom, f.Paging, certificateSorts, column{"c.id", "bigint", true})
	l.where("a.site = ?", f.Site).where("c.account = ?", f.Account).where("c.skill = ?", f.Skill)
	l.when(!f.History, "w.certificate IS NULL AND NOT EXISTS ("+newerCertificate+")")
	if f.EndsBefore != nil {
		l.where("a.active AND c.expires_at < ?", *f.EndsBefore)
	}
	l.search(f.Text, "c.account", "a.name", "c.skill", "s.name", "c.issuer")
	got, err := page(ctx, q.db, l, certificateColumns, certificateFields)
	now := time.Now()
	out := mes.Page[mes.Certificate]{Items: make([]mes.Certificate, len(got.Items)), Total: got.Total, Next: got.Next}
	for i, r := range got.Items {
		r.State = r.Judge(r.current, r.remind, now)
		out.Items[i] = r.Certificate
	}
	return out, err
}

// Matrix reads the people of a site with their best certificates.
func (q *Qualifications) Matrix(ctx context.Context, site string) (mes.Matrix, error) {
	out := mes.Matrix{People: []mes.MatrixRow{}, Needs: []mes.StationNeed{}}
	var err error
	if out.Skills, err = q.Skills(ctx); err != nil {
		return out, err
	}
	people, err := q.q.MatrixPeople(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	held, err := q.q.CertificatesToRemind(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	now := time.Now()
	for _, p := range people {
		row := mes.MatrixRow{Account: p.ID, Name: p.Name, Held: []mes.MatrixCell{}, Lacks: []string{}}
		for _, r := range p.Roles {
			row.Roles = append(row.Roles, mes.Role(r))
		}
		for _, c := range held {
			if c.Account == p.ID {
				state := mes.Certificate{ExpiresAt: c.ExpiresAt}.Judge(true, c.RemindDays, now)
				row.Held = append(row.Held, mes.MatrixCell{Skill: c.Skill, Level: c.Level, ExpiresAt: c.ExpiresAt, State: state})
			}
		}
		out.People = append(out.People, row)
	}
	return out, nil
}

// Grant gives or renews a certificate.
func (q *Qualifications) Grant(ctx context.Context, key, site string, by mes.Actor, g mes.Grant) (mes.Certificate, error) {
	var out mes.Certificate
	err := q.change(ctx, func(w *work) error {
		found, err := w.answered(ctx, key, &out)
		if err != nil || found {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := g.Validate(by, now); err != nil {
			return err
		}
		if out, err = w.grant(ctx, key, site, by, g, now); err != nil {
			return err
		}
		return w.remember(ctx, key, out.Subject(), out)
	})
	return out, err
}

func (w *work) grant(ctx context.Context, key, site string, by mes.Actor, g mes.Grant, now time.Time) (mes.Certificate, error) {
	person, err := w.AccountByID(ctx, g.Account)
	if err != nil || person.Site != site || person.Kind != string(mes.AccountPerson) {
		return mes.Certificate{}, missing(or(err, pgx.ErrNoRows), "Person", g.Account)
	}
	skill, err := w.SkillByID(ctx, g.Skill)
	if err != nil {
		return mes.Certificate{}, missing(err, "Skill", g.Skill)
	}
	p := sqlcgen.AddCertificateParams{Key: key, Account: g.Account, Skill: g.Skill, Level: g.Level, Issuer: g.Issuer, IssuedAt: g.IssuedAt,
		ExpiresAt: g.ExpiresAt, GivenBy: by.ID, Reason: g.Reason}
	if e := g.Evidence; e != nil {
		hash, err := putBlob(ctx, w.Queries, e.ContentType, e.Content)
		if err != nil {
			return mes.Certificate{}, err
		}
		p.Evidence, p.EvidenceName = &hash, e.Name
	}
	before, err := w.holds(ctx, g.Account, g.Skill)
	if err != nil {
		return mes.Certificate{}, err
	}
	c := mes.Certificate{Account: g.Account, Name: person.Name, Skill: skill.ID, SkillName: skill.Name, Level: g.Level, Issuer: g.Issuer,
		IssuedAt: g.IssuedAt, ExpiresAt: g.ExpiresAt, EvidenceName: p.EvidenceName, GivenBy: by.ID, GivenAt: now, Reason: g.Reason}
	if p.Evidence != nil {
		c.Evidence = *p.Evidence
	}
	if c.ID, err = w.AddCertificate(ctx, p); err != nil {
		return c, err
	}
	c.State = c.Judge(true, skill.RemindDays, now)
	if err := w.audit(by, "qualified", "account", g.Account, g.Reason, key, before, c); err != nil {
		return c, err
	}
	return c, w.reminded(ctx, site, key, c, fmt.Sprintf("Renewed by %s.", by.ID))
}

func or(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// holds is what a person has of a skill now, for the audit trail; nil when it is nothing.
func (w *work) holds(ctx context.Context, account, skill string) (any, error) {
	rows, err := w.Queries.Qualifications(ctx, account)
	var out []mes.Qualification
	for _, r := range rows {
		if r.ID == skill {
			out = append(out, mes.Qualification{ID: r.ID, Level: r.Level, ExpiresAt: r.ExpiresAt})
		}
	}
	if err != nil || out == nil {
		return nil, err
	}
	return out, nil
}

// reminded closes the alerts on a certificate that has changed, and wakes the reminders.
func (w *work) reminded(ctx context.Context, site, key string, c mes.Certificate, comment string) error {
	if err := w.settle(ctx, site, "qualification", c.Subject(), comment, mes.AlertQualificationEnds, mes.AlertQualificationEnded); err != nil {
		return err
	}
	w.tell(site, mes.EventQualification, c.Account)
	return w.remindAnew(ctx, site, key)
}

// Withdraw ends a certificate before its time.
func (q *Qualifications) Withdraw(ctx context.Context, key, site string, by mes.Actor, id int64, reason string) (mes.Certificate, error) {
	var out mes.Certificate
	err := q.change(ctx, func(w *work) error {
		found, err := w.answered(ctx, key, &out)
		if err != nil || found {
			return err
		}
		row, err := w.CertificateForWithdrawal(ctx, id)
		if err != nil || row.Site != site {
			return missing(or(err, pgx.ErrNoRows), "Certificate", strconv.FormatInt(id, 10))
		}
		if row.Withdrawn || row.Replaced {
			return mes.Refuse(mes.CodeConflict, "This certificate was withdrawn or replaced before.", "Nothing was changed.", "Look at the person's certificates again.")
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = mes.Certificate{ID: row.ID, Account: row.Account, Skill: row.Skill, Level: row.Level, Issuer: row.Issuer, IssuedAt: row.IssuedAt, ExpiresAt: row.ExpiresAt,
			EvidenceName: row.EvidenceName, GivenBy: row.GivenBy, GivenAt: row.GivenAt, Reason: row.Reason, State: mes.CertificateValid}
		before := out
		out.State, out.WithdrawnAt, out.WithdrawnBy, out.Withdrawal = mes.CertificateWithdrawn, &now, by.ID, reason
		if err := w.WithdrawCertificate(ctx, sqlcgen.WithdrawCertificateParams{Certificate: id, Key: key, WithdrawnBy: by.ID, Reason: reason}); err != nil {
			return err
		}
		if err := w.audit(by, "qualification_withdrawn", "account", out.Account, reason, key, before, out); err != nil {
			return err
		}
		if err := w.remember(ctx, key, out.Subject(), out); err != nil {
			return err
		}
		return w.reminded(ctx, site, key, out, fmt.Sprintf("Withdrawn by %s.", by.ID))
	})
	return out, err
}

// Evidence reads the document of a certificate.
func (q *Qualifications) Evidence(ctx context.Context, site string, id int64) (mes.Blob, error) {
	row, err := q.q.EvidenceOf(ctx, sqlcgen.EvidenceOfParams{ID: id, Site: site})
	return mes.Blob{Hash: row.Hash, ContentType: row.ContentType, Size: row.Size, Content: row.Content}, missing(err, "Evidence of certificate", strconv.FormatInt(id, 10))
}

// Remind raises every alert that is due, once each.
func (q *Qualifications) Remind(ctx context.Context, site string) (mes.Reminded, error) {
	var out mes.Reminded
	err := q.change(ctx, func(w *work) error {
		out = mes.Reminded{}
		rows, err := w.CertificatesToRemind(ctx, site)
		if err != nil {
			return err
		}
		if out.Now, err = w.Now(ctx); err != nil {
			return err
		}
		zone, err := w.zone(ctx, site)
		if err != nil {
			return err
		}
		all, remind := make([]mes.Certificate, len(rows)), map[string][]int{}
		for i, r := range rows {
			all[i] = mes.Certificate{ID: r.ID, Account: r.Account, Name: r.Name, Skill: r.Skill, SkillName: r.SkillName, Level: r.Level, ExpiresAt: r.ExpiresAt}
			remind[r.Skill] = r.RemindDays
		}
		due, next := mes.Reminders(all, remind, out.Now)
		out.Next = next
		for _, d := range due {
			if err := w.remind(ctx, site, d, zone); err != nil {
				return err
			}
			out.Raised++
		}
		return nil
	})
	return out, err
}

// remind tells the person and the supervisors. What has ended closes the words that it would end.
func (w *work) remind(ctx context.Context, site string, d mes.Reminder, zone *time.Location) error {
	c := d.Certificate
	end := c.ExpiresAt.In(zone).Format("2 Jan 2006, 15:04 MST")
	a := mes.Alert{Site: site, Kind: mes.AlertQualificationEnds, Severity: mes.SeverityMedium, Noun: "qualification", Subject: c.Subject(),
		Text: fmt.Sprintf("%s level %d of %s (%s) ends on %s.", c.SkillName, c.Level, c.Name, c.Account, end)}
	if d.Days == 0 {
		a.Kind, a.Severity = mes.AlertQualificationEnded, mes.SeverityHigh
		a.Text = fmt.Sprintf("%s level %d of %s (%s) ended on %s. Work that needs it is blocked.", c.SkillName, c.Level, c.Name, c.Account, end)
		if err := w.settle(ctx, site, a.Noun, a.Subject, "It has ended.", mes.AlertQualificationEnds); err != nil {
			return err
		}
	}
	a.Account = c.Account
	if err := w.alert(ctx, d.Key()+"/person", a); err != nil {
		return err
	}
	a.Account, a.Role = "", mes.RoleSupervisor
	return w.alert(ctx, d.Key()+"/supervisor", a)
}
