package mes

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Skill is something that a person can be certified for.
type Skill struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// ValidityMonths is how long a certificate usually lasts; 0 means without end.
	ValidityMonths int `json:"validity_months"`
	// RemindDays are the days before the end at which a reminder goes out, longest first. At the end one goes out always.
	RemindDays []int `json:"remind_days"`
}

// DefaultRemindDays is for skills that name none.
var DefaultRemindDays = []int{30, 7}

// Validate names what is wrong with a skill.
func (s Skill) Validate() error {
	var f Faults
	f.Check(!blank(s.ID) && len(s.ID) <= 64, "id", "must have 1 to 64 characters")
	f.Check(!blank(s.Name), "name", "is missing")
	f.Check(s.ValidityMonths >= 0 && s.ValidityMonths <= 600, "validity_months", "must be from 0 (no end) to 600")
	for i, d := range s.RemindDays {
		f.Check(d > 0 && d <= 365, fmt.Sprintf("remind_days[%d]", i), "must be from 1 to 365")
		f.Check(i == 0 || d < s.RemindDays[i-1], fmt.Sprintf("remind_days[%d]", i), "must be less than the one before")
	}
	return f.Err("The skill was not stored.")
}

// Ends is when a certificate that is issued now usually ends: at the same time of day, so many months later, by the
// site's calendar. nil means never.
func (s Skill) Ends(issued time.Time, zone *time.Location) *time.Time {
	if s.ValidityMonths == 0 {
		return nil
	}
	end := issued.In(zone).AddDate(0, s.ValidityMonths, 0).UTC()
	return &end
}

// CertificateState says what a certificate is worth now.
type CertificateState string

// The states.
const (
	CertificateValid     CertificateState = "valid"
	CertificateEnding    CertificateState = "ending" // valid, and within the skill's first reminder
	CertificateEnded     CertificateState = "ended"
	CertificateWithdrawn CertificateState = "withdrawn"
	CertificateReplaced  CertificateState = "replaced" // a newer one for the same skill and level stands in its place
)

// Certificate is one proof of a skill, as it was given. It never changes; a renewal is a further one and a withdrawal a
// further row. The newest one of a person, skill and level is the one that counts: when it is withdrawn, none does.
type Certificate struct {
	ID        int64      `json:"id"`
	Account   string     `json:"account"`
	Name      string     `json:"name"` // of the person
	Skill     string     `json:"skill"`
	SkillName string     `json:"skill_name"`
	Level     int        `json:"level"`
	Issuer    string     `json:"issuer"`
	IssuedAt  time.Time  `json:"issued_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	// Evidence is the hash of the scanned document; EvidenceName what its file was called.
	Evidence     string           `json:"evidence,omitempty"`
	EvidenceName string           `json:"evidence_name,omitempty"`
	GivenBy      string           `json:"given_by"`
	GivenAt      time.Time        `json:"given_at"`
	Reason       string           `json:"reason,omitempty"`
	State        CertificateState `json:"state"`
	WithdrawnAt  *time.Time       `json:"withdrawn_at,omitempty"`
	WithdrawnBy  string           `json:"withdrawn_by,omitempty"`
	Withdrawal   string           `json:"withdrawal,omitempty"` // why
}

// Subject names a certificate in alerts.
func (c Certificate) Subject() string { return c.Account + "/" + c.Skill }

// Judge fills the state. current tells that no newer certificate stands in its place.
func (c Certificate) Judge(current bool, remind []int, now time.Time) CertificateState {
	switch {
	case c.WithdrawnAt != nil:
		return CertificateWithdrawn
	case !current:
		return CertificateReplaced
	case c.ExpiresAt == nil:
		return CertificateValid
	case !c.ExpiresAt.After(now):
		return CertificateEnded
	case len(remind) > 0 && !now.Before(c.ExpiresAt.AddDate(0, 0, -remind[0])):
		return CertificateEnding
	}
	return CertificateValid
}

// Grant gives or renews a certificate.
type Grant struct {
	Account   string
	Skill     string
	Level     int
	Issuer    string
	IssuedAt  time.Time
	ExpiresAt *time.Time
	Reason    string
	Evidence  *Evidence
}

// Evidence is the document that proves a certificate.
type Evidence struct {
	Name        string
	ContentType string
	Content     []byte
}

// MaxEvidence is the largest document, in bytes.
const MaxEvidence = 8 << 20

// EvidenceTypes are the kinds of document that are taken, by their content and not by their name.
var EvidenceTypes = []string{"application/pdf", "image/png", "image/jpeg"}

// Check names what keeps a document from being taken.
func (e Evidence) Check(f *Faults, at string) {
	f.Check(len(e.Content) > 0 && len(e.Content) <= MaxEvidence, at, "must have 1 byte to 8 MiB")
	f.Check(slices.Contains(EvidenceTypes, e.ContentType), at, "must be a PDF, PNG or JPEG file")
}

// Validate names what is wrong with a grant. Nobody certifies themselves.
func (g Grant) Validate(by Actor, now time.Time) error {
	var f Faults
	f.Check(!blank(g.Account), "account", "is missing")
	f.Check(!blank(g.Skill), "skill", "is missing")
	f.Check(g.Level >= 1 && g.Level <= 9, "level", "must be from 1 to 9")
	f.Check(!blank(g.Issuer), "issuer", "is missing")
	f.Check(!g.IssuedAt.IsZero() && !g.IssuedAt.After(now.Add(time.Minute)), "issued_at", "must not lie in the future")
	f.Check(g.ExpiresAt == nil || g.ExpiresAt.After(g.IssuedAt), "expires_at", "must come after issued_at")
	if e := g.Evidence; e != nil {
		e.Check(&f, "evidence")
	}
	if err := f.Err("The certificate was not stored."); err != nil {
		return err
	}
	if by.ID == g.Account {
		return Refuse(CodeForbidden, "Nobody certifies themselves.", "Nothing was stored.", "Let another person give it.")
	}
	return nil
}

// CertificateFilter narrows the list of certificates: by the end, soonest first. Zero fields do not narrow.
type CertificateFilter struct {
	Paging
	Site    string
	Account string
	Skill   string
	// EndsBefore keeps current certificates of active people that end before it, those that have ended included.
	EndsBefore *time.Time
	// History adds what was replaced or withdrawn.
	History bool
}

// Matrix is who can do what at a site.
type Matrix struct {
	Skills []Skill       `json:"skills"`
	People []MatrixRow   `json:"people"`
	Needs  []StationNeed `json:"needs"` // of the station that was asked for
}

// MatrixRow is one person with what they hold now.
type MatrixRow struct {
	Account string       `json:"account"`
	Name    string       `json:"name"`
	Roles   []Role       `json:"roles"`
	Held    []MatrixCell `json:"held"`
	// May tells, where a station was asked for, whether the person may do everything that is done there today.
	May bool `json:"may"`
	// Lacks names what is missing for it.
	Lacks []string `json:"lacks"`
}

// MatrixCell is the best certificate of a person in a skill.
type MatrixCell struct {
	Skill     string           `json:"skill"`
	Level     int              `json:"level"`
	ExpiresAt *time.Time       `json:"expires_at,omitempty"`
	State     CertificateState `json:"state"`
}

// StationNeed is a certificate that work at a station asks for.
type StationNeed struct {
	Product   string            `json:"product"`
	Operation string            `json:"operation"`
	Name      string            `json:"name"`
	Step      string            `json:"step,omitempty"`
	Need      QualificationNeed `json:"need"`
}

// StationNeeds lists what the routings ask for at a station.
func StationNeeds(station string, routings []Routing) []StationNeed {
	var out []StationNeed
	for _, r := range routings {
		for _, o := range r.Operations {
			if !slices.Contains(o.Stations, station) {
				continue
			}
			if o.Qualification != nil {
				out = append(out, StationNeed{Product: r.Product, Operation: o.ID, Name: o.Name, Need: *o.Qualification})
			}
			for _, s := range o.Steps {
				if s.Qualification != nil {
					out = append(out, StationNeed{Product: r.Product, Operation: o.ID, Name: o.Name, Step: s.ID, Need: *s.Qualification})
				}
			}
		}
	}
	return out
}

// Judge fills May and Lacks by what a station needs.
func (m MatrixRow) Judge(needs []StationNeed, now time.Time) MatrixRow {
	held := make([]Qualification, len(m.Held))
	for i, c := range m.Held {
		held[i] = Qualification{ID: c.Skill, Level: c.Level, ExpiresAt: c.ExpiresAt}
	}
	m.Lacks = []string{}
	for _, n := range needs {
		word := fmt.Sprintf("%s %d", n.Need.ID, n.Need.Level)
		if !n.Need.met(held, now) && !slices.Contains(m.Lacks, word) {
			m.Lacks = append(m.Lacks, word)
		}
	}
	m.May = len(m.Lacks) == 0
	return m
}

// Qualifications keeps skills and certificates. Every change writes an audit row and wakes the site's reminders.
type Qualifications interface {
	// Skills lists all of them by ID.
	Skills(ctx context.Context) ([]Skill, error)
	// PutSkill stores or changes a skill. Codes: unprocessable.
	PutSkill(ctx context.Context, key, site string, by Actor, s Skill) (Skill, error)
	// Certificates reads a page. Codes: unprocessable (cursor, sort).
	Certificates(ctx context.Context, f CertificateFilter) (Page[Certificate], error)
	// Matrix reads the people of a site with what they hold; the caller judges it by a station's needs.
	Matrix(ctx context.Context, site string) (Matrix, error)
	// Grant gives or renews a certificate. Codes: not_found (person, skill), unprocessable, forbidden.
	Grant(ctx context.Context, key, site string, by Actor, g Grant) (Certificate, error)
	// Withdraw ends a certificate before its time. Codes: not_found, conflict (withdrawn or replaced already), unprocessable.
	Withdraw(ctx context.Context, key, site string, by Actor, id int64, reason string) (Certificate, error)
	// Evidence reads the document of a certificate. Codes: not_found.
	Evidence(ctx context.Context, site string, id int64) (Blob, error)
}

// Reminder is one word that a certificate ends, so many days before it; 0 says that it has ended.
type Reminder struct {
	Certificate Certificate
	Days        int
}

// Key identifies the reminder: it goes out once.
func (r Reminder) Key() string { return fmt.Sprintf("qualification/%d/%d", r.Certificate.ID, r.Days) }

// forgotten is how long after the end a certificate that nobody was reminded of is history.
const forgotten = 90 * 24 * time.Hour

// Reminders says which reminders are due now, the latest of each certificate only, and when the next one falls due; nil
// means never. certificates are the current ones; remind gives each skill's days. A certificate that is covered by a
// higher level lasting longer needs no reminder.
func Reminders(certificates []Certificate, remind map[string][]int, now time.Time) (due []Reminder, next *time.Time) {
	for _, c := range certificates {
		if c.ExpiresAt == nil || c.WithdrawnAt != nil || now.Sub(*c.ExpiresAt) > forgotten || covered(c, certificates) {
			continue
		}
		days := slices.Clone(remind[c.Skill])
		slices.Sort(days)
		latest := -1
		for _, d := range append([]int{0}, days...) { // from the end backwards
			at := c.ExpiresAt.AddDate(0, 0, -d)
			if !at.After(now) {
				latest = d
				break
			}
			if next == nil || at.Before(*next) {
				next = &at
			}
		}
		if latest >= 0 {
			due = append(due, Reminder{Certificate: c, Days: latest})
		}
	}
	return due, next
}

func covered(c Certificate, all []Certificate) bool {
	return slices.ContainsFunc(all, func(o Certificate) bool {
		return o.Account == c.Account && o.Skill == c.Skill && o.Level > c.Level && o.WithdrawnAt == nil &&
			(o.ExpiresAt == nil || o.ExpiresAt.After(*c.ExpiresAt))
	})
}

// QualificationLedger is what the site's reminders are kept in.
type QualificationLedger interface {
	// Remind raises every alert that is due, once each, and answers when the next one falls due; nil means not before
	// something changes.
	Remind(ctx context.Context, site string) (Reminded, error)
}

// Reminded is how a round of reminders went.
type Reminded struct {
	Raised int        `json:"raised"`
	Next   *time.Time `json:"next,omitempty"`
	Now    time.Time  `json:"now"`
}

// Rest is how long to wait for the next reminder: at most look, by the clock that judged what is due, and a second more, so
// that the timer does not come too early.
func (r Reminded) Rest(look time.Duration) time.Duration {
	if r.Next == nil {
		return look
	}
	return min(look, max(r.Next.Sub(r.Now), 0)+time.Second)
}
