package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) loginRoutes() {
	handle(s, route{Method: "POST", Path: "/login", ID: "login", Group: "session", Public: true,
		Short: "Sign in with name and password"}, s.login)
	handle(s, route{Method: "POST", Path: "/login/badge", ID: "loginBadge", Group: "session", Public: true,
		Short: "Sign in at a station with badge and PIN"}, s.loginBadge)
	handle(s, route{Method: "POST", Path: "/logout", ID: "logout", Group: "session", Right: policies.SessionUse, Limited: true, Status: http.StatusNoContent,
		Short: "Sign out"}, s.logout)
	handle(s, route{Method: "GET", Path: "/me", ID: "getMe", Group: "session", Right: policies.SessionUse, Limited: true,
		Short: "Who is signed in, and what they may do"}, s.me)
}

// Me is the signed-in account.
type Me struct {
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Roles   []mes.Role          `json:"roles"`
	Site    MySite              `json:"site"`
	Station string              `json:"station,omitempty" doc:"Of a terminal's session."`
	Service bool                `json:"service,omitempty" doc:"A program, not a person."`
	Rights  []policies.Right    `json:"rights" doc:"What the account may do; screens show nothing else."`
	Now     time.Time           `json:"now" doc:"The server's clock."`
	Levels  []mes.Qualification `json:"qualifications,omitempty"`
	// MustChange keeps the person from everything else.
	MustChange mes.SecretKind `json:"must_change,omitempty" doc:"The secret that must be changed before anything else: password or pin."`
	SecretEnds *time.Time     `json:"secret_ends,omitempty" doc:"When the password or PIN of this sign-in must be changed."`
	Sites      []SiteRoles    `json:"sites,omitempty" doc:"Where the person has roles, the account's own site first; the session acts at site."`
	Federated  bool           `json:"federated,omitempty" doc:"Signs in at the identity provider."`
}

// MySite is the site of an account.
type MySite struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	TimeZone string `json:"time_zone" doc:"IANA name."`
}

type loginInput struct {
	Body struct {
		User     string `json:"user" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

type badgeInput struct {
	Body struct {
		Badge   string `json:"badge" minLength:"1" maxLength:"100" doc:"As scanned."`
		PIN     string `json:"pin" minLength:"1" maxLength:"256"`
		Station string `json:"station" minLength:"1" maxLength:"64"`
	}
}

type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

func (s *Server) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	a, err := s.Accounts.Get(ctx, in.Body.User)
	return s.signIn(ctx, attempt{account: a, found: err, name: in.Body.User, kind: mes.SecretPassword, secret: in.Body.Password, barred: a.Federated()}, byPassword)
}

func (s *Server) loginBadge(ctx context.Context, in *badgeInput) (*loginOutput, error) {
	a, err := s.Accounts.ByBadge(ctx, in.Body.Badge)
	try := attempt{account: a, found: err, name: "badge " + in.Body.Badge, kind: mes.SecretPIN, secret: in.Body.PIN}
	if err := s.badgesHere(ctx, in.Body.Station); err != nil {
		return nil, err
	}
	return s.signIn(ctx, try, byBadge)
}

// badgesHere refuses a badge elsewhere than at its station's registered terminal: a badge and a short PIN are enough
// only together with the place.
func (s *Server) badgesHere(ctx context.Context, station string) error {
	t := requestOf(ctx).terminal
	if t == nil {
		return mes.Unregistered("Nobody is signed in.")
	}
	return t.AtStation(station)
}

// signIn checks a secret and opens a session.
func (s *Server) signIn(ctx context.Context, t attempt, method string) (*loginOutput, error) {
	if err := s.checkSecret(ctx, t); err != nil {
		return nil, err
	}
	return s.signedIn(ctx, t.account, method)
}

func (s *Server) signedIn(ctx context.Context, a mes.Account, method string) (*loginOutput, error) {
	r := requestOf(ctx)
	r.who, r.method, r.must = a.Principal(), method, s.mustChange(a, method)
	cookie, err := s.beginSession(ctx, a, method)
	if err != nil {
		return nil, err
	}
	row := mes.AuditRow{Actor: a.ID, Action: "signed_in", Noun: "session", Subject: a.ID, Source: r.from(), Reason: "by " + method}
	if err := s.Audits.Append(ctx, row); err != nil {
		return nil, err
	}
	me, err := s.meOf(ctx, r)
	return &loginOutput{SetCookie: cookie, Body: me}, err
}

// loginFailed counts a failure; the store writes the audit row and locks after too many in a row.
func (s *Server) loginFailed(ctx context.Context, t attempt) error {
	a, err := s.Accounts.LoginFailed(ctx, t.account.ID, requestOf(ctx).from())
	if err != nil {
		return err
	}
	if a.Locked(s.Now()) {
		return lockedOut(*a.LockedUntil)
	}
	return wrongSecret()
}

// strangerFailed treats a name without an account as it would one with: it too is locked out after so many failures,
// so that a lock tells nobody which names exist.
func (s *Server) strangerFailed(ctx context.Context, t attempt) error {
	failures, until := s.strangers.fail(t.name, s.Now())
	if failures <= mes.MaxLoginFailures {
		row := mes.AuditRow{Action: "login_failed", Noun: "account", Subject: t.name, Reason: "no such account, or one that may not sign in", Source: requestOf(ctx).from()}
		if err := s.Audits.Append(ctx, row); err != nil {
			return err
		}
	}
	if failures >= mes.MaxLoginFailures {
		return lockedOut(until)
	}
	return wrongSecret()
}

func wrongSecret() error {
	return mes.Refuse(mes.CodeUnauthorized, "Name and password do not fit.", "Nobody is signed in.", "Try again; an administrator can set a new password.")
}

func lockedOut(until time.Time) error {
	return mes.Refuse(mes.CodeTooMany, fmt.Sprintf("Too many failed tries; signing in is locked until %s.", until.UTC().Format("15:04 MST")),
		"Nobody is signed in.", "Wait until then, or call an administrator.")
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	r := requestOf(ctx)
	if r.session == "" {
		return nil, mes.Refuse(mes.CodeConflict, "A token has no session to end.", "It stays valid.", "Revoke the token instead.")
	}
	if err := s.endSession(ctx, r.session); err != nil {
		return nil, err
	}
	row := mes.AuditRow{Actor: r.who.ID, Action: "signed_out", Noun: "session", Subject: r.who.ID, Source: r.from()}
	return &logoutOutput{SetCookie: s.cookie("", -1)}, s.Audits.Append(ctx, row)
}

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*one[Me], error) {
	return answer(s.meOf(ctx, requestOf(ctx)))
}

func (s *Server) meOf(ctx context.Context, r *request) (Me, error) {
	site, err := s.plants.site(ctx, r.who.Site)
	if err != nil {
		return Me{}, err
	}
	me := Me{ID: r.who.ID, Name: r.who.Name, Roles: r.who.Roles, Site: MySite{site.ID, site.Name, site.TimeZone}, Station: r.station,
		Service: r.who.Service, Rights: s.rightsOf(r), Now: s.Now().UTC(), MustChange: r.must}
	if a, err := s.Accounts.Get(ctx, r.who.ID); err == nil && !r.who.Service {
		me.SecretEnds, me.Federated = s.Secrets.Ends(a, secretOf[r.method]), a.Federated()
		if me.Sites, err = s.sitesOf(ctx, a); err != nil {
			return Me{}, err
		}
	}
	me.Levels, err = s.Accounts.Qualifications(ctx, r.who.ID)
	return me, err
}

// rightsOf are what the account may do with the session or token that it came with.
func (s *Server) rightsOf(r *request) []policies.Right {
	if r.must != "" {
		return []policies.Right{policies.SessionUse}
	}
	rights := s.Policy.Of(r.who.Roles)
	if r.token == nil {
		return rights
	}
	return slices.DeleteFunc(rights, func(right policies.Right) bool { return !r.token.Covers(string(right)) })
}

// strangers counts failed tries for names that no account has.
type strangers struct {
	mu    sync.Mutex
	names map[string]*stranger
}

type stranger struct {
	failures int
	until    time.Time
}

// fail counts one and tells how many there were, and until when the name is locked out.
func (n *strangers) fail(name string, now time.Time) (failures int, until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names == nil || len(n.names) > 10_000 {
		n.names = map[string]*stranger{}
	}
	st := n.names[name]
	if st == nil || st.failures >= mes.MaxLoginFailures && now.After(st.until) {
		st = &stranger{}
		n.names[name] = st
	}
	st.failures++
	if st.failures <= mes.MaxLoginFailures {
		st.until = now.Add(mes.LoginLock)
	}
	return st.failures, st.until
}
