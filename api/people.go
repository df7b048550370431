package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) peopleRoutes() {
	handle(s, route{Method: "GET", Path: "/people", ID: "listPeople", Group: "people", Right: policies.AccountInspect, Table: true,
		Short: "People and programs of the site, those who have left included"}, s.listPeople)
	handle(s, route{Method: "GET", Path: "/people/{account}", ID: "getPerson", Group: "people", Right: policies.AccountInspect,
		Short: "One account with the roles that it has and had"}, s.getPerson)
	handle(s, route{Method: "POST", Path: "/people", ID: "createPerson", Group: "people", Right: policies.RoleAssign, Command: true, Noun: "account",
		Status: http.StatusCreated, Short: "Make an account under an ID that nobody ever had", Long: "It has no password yet: give one with setSecret."}, s.createPerson)
	post := func(verb, id string, right policies.Right, short string) route {
		return route{Method: "POST", Path: "/people/{account}/" + verb, ID: id, Group: "people", Right: right, Command: true, Noun: "account", Short: short}
	}
	handle(s, post("change", "changePerson", policies.AccountManage, "Change name and badge"), s.changePerson)
	handle(s, post("unlock", "unlockPerson", policies.AccountManage, "Let an account in that failed tries have locked"), s.unlockPerson)
	handle(s, post("end", "endPerson", policies.AccountManage, "End an account for ever, with its sessions, tokens and roles; its ID is never given again"), s.endPerson)
	handle(s, post("roles", "assignRole", policies.RoleAssign, "Give a role at the site"), s.assignRole)
	handle(s, post("roles/withdraw", "withdrawRole", policies.RoleAssign, "Take a role at the site away"), s.withdrawRole)
}

// AccountPath names an account in an address.
type AccountPath struct {
	Account string `path:"account" maxLength:"100"`
}

// Because is a reason that must be given.
type Because struct {
	Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; it stands in the audit trail."`
}

// PersonView is an account as lists show it.
type PersonView struct {
	mes.Account
	State       mes.AccountState `json:"state"`
	HasPassword bool             `json:"has_password"`
	HasPIN      bool             `json:"has_pin"`
	// MustChange is what the person has to change at the next sign-in.
	MustChange bool `json:"must_change" doc:"Password or PIN was given by somebody else, or has ended."`
}

func (s *Server) personView(a mes.Account) PersonView {
	now := s.Now()
	return PersonView{Account: a, State: a.State(now), HasPassword: a.PasswordHash != "", HasPIN: a.PINHash != "",
		MustChange: s.Secrets.MustChange(a, mes.SecretPassword, now) || s.Secrets.MustChange(a, mes.SecretPIN, now)}
}

type peopleInput struct {
	ListInput
	State mes.AccountState `query:"state" enum:"active,locked,ended"`
	Kind  mes.AccountKind  `query:"kind" enum:"person,service"`
	Role  mes.Role         `query:"role"`
}

func (s *Server) listPeople(ctx context.Context, in *peopleInput) (*one[mes.Page[PersonView]], error) {
	f := mes.AccountFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, State: in.State, Kind: in.Kind, Role: in.Role}
	return page(ctx, s, &f.Paging, func() (mes.Page[PersonView], error) {
		got, err := s.Accounts.People(ctx, f)
		out := mes.Page[PersonView]{Total: got.Total, Next: got.Next, Items: make([]PersonView, len(got.Items))}
		for i, a := range got.Items {
			out.Items[i] = s.personView(a)
		}
		return out, err
	})
}

// ofMySite finds an account of the site of whoever asks. Those of other sites are not known here.
func (s *Server) ofMySite(ctx context.Context, id string) (mes.Account, error) {
	a, err := s.Accounts.Get(ctx, id)
	if err == nil && a.Site != requestOf(ctx).who.Site {
		return mes.Account{}, mes.NotFound("Account", id)
	}
	return a, err
}

// known finds an account that is of the site of whoever asks, or has or had a role there.
func (s *Server) known(ctx context.Context, id string) (mes.Account, error) {
	a, err := s.Accounts.Get(ctx, id)
	site := requestOf(ctx).who.Site
	if err != nil || a.Site == site {
		return a, err
	}
	held, err := s.Accounts.Assignments(ctx, id)
	if err == nil && !slices.ContainsFunc(held, func(h mes.Assignment) bool { return h.Site == site }) {
		err = mes.NotFound("Account", id)
	}
	return a, err
}

// Person is one account with its roles' history.
type Person struct {
	PersonView
	Assignments []mes.Assignment `json:"assignments"`
	May         []policies.Right `json:"may" doc:"What its roles allow."`
}

func (s *Server) getPerson(ctx context.Context, in *AccountPath) (*one[Person], error) {
	a, err := s.known(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, a)
}

func (s *Server) person(ctx context.Context, a mes.Account) (*one[Person], error) {
	held, err := s.Accounts.Assignments(ctx, a.ID)
	if held == nil {
		held = []mes.Assignment{}
	}
	return answer(Person{PersonView: s.personView(a), Assignments: held, May: s.Policy.Of(a.Roles)}, err)
}

// NewPerson is an account to be made.
type NewPerson struct {
	ID     string          `json:"id" maxLength:"64" doc:"It is never given to anybody else, in whatever letters."`
	Name   string          `json:"name" maxLength:"200" doc:"As printed at signatures."`
	Kind   mes.AccountKind `json:"kind,omitempty" enum:"person,service" doc:"Left out, a person."`
	Badge  string          `json:"badge,omitempty" maxLength:"100"`
	Roles  []mes.Role      `json:"roles" maxItems:"10"`
	Reason string          `json:"reason" minLength:"3" maxLength:"500"`
}

func (s *Server) createPerson(ctx context.Context, in *struct{ Body NewPerson }) (*one[Person], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.ID
	n := mes.Account{ID: strings.TrimSpace(b.ID), Name: strings.TrimSpace(b.Name), Kind: b.Kind, Site: r.who.Site, Roles: b.Roles, Badge: strings.TrimSpace(b.Badge), Active: true}
	if n.Kind == "" {
		n.Kind = mes.AccountPerson
	}
	a, err := s.Accounts.Create(ctx, r.actor(), n, b.Reason)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, a)
}

// changed answers with the account as it is after a command, which every request of the account now sees.
func (s *Server) changed(ctx context.Context, id string, do func(by mes.Actor) (mes.Account, error)) (*one[Person], error) {
	if _, err := s.ofMySite(ctx, id); err != nil {
		return nil, err
	}
	a, err := do(requestOf(ctx).actor())
	s.ids.forgetAccount(id)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, a)
}

type changePersonInput struct {
	AccountPath
	Body struct {
		Name  string `json:"name" maxLength:"200"`
		Badge string `json:"badge" maxLength:"100" doc:"Empty takes the badge away."`
		Because
	}
}

func (s *Server) changePerson(ctx context.Context, in *changePersonInput) (*one[Person], error) {
	return s.changed(ctx, in.Account, func(by mes.Actor) (mes.Account, error) {
		return s.Accounts.Change(ctx, by, in.Account, strings.TrimSpace(in.Body.Name), strings.TrimSpace(in.Body.Badge), in.Body.Reason)
	})
}

type becauseInput struct {
	AccountPath
	Body Because
}

func (s *Server) unlockPerson(ctx context.Context, in *becauseInput) (*one[Person], error) {
	return s.changed(ctx, in.Account, func(by mes.Actor) (mes.Account, error) {
		return s.Accounts.Unlock(ctx, by, in.Account, in.Body.Reason)
	})
}

func (s *Server) endPerson(ctx context.Context, in *becauseInput) (*one[Person], error) {
	return s.changed(ctx, in.Account, func(by mes.Actor) (mes.Account, error) {
		return s.Accounts.End(ctx, by, in.Account, in.Body.Reason)
	})
}

type roleInput struct {
	AccountPath
	Body struct {
		Role mes.Role `json:"role"`
		Because
	}
}

// assignRole gives a role at the site of whoever asks, also to somebody whose account is of another site: nobody else can.
func (s *Server) assignRole(ctx context.Context, in *roleInput) (*one[Person], error) {
	r := requestOf(ctx)
	a, err := s.Accounts.Assign(ctx, r.actor(), in.Account, r.who.Site, in.Body.Role, in.Body.Reason)
	s.ids.forgetAccount(in.Account)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, a)
}

func (s *Server) withdrawRole(ctx context.Context, in *roleInput) (*one[Person], error) {
	r := requestOf(ctx)
	if _, err := s.known(ctx, in.Account); err != nil {
		return nil, err
	}
	a, err := s.Accounts.Withdraw(ctx, r.actor(), in.Account, r.who.Site, in.Body.Role, in.Body.Reason)
	s.ids.forgetAccount(in.Account)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, a)
}
