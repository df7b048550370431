package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) terminalRoutes() {
	handle(s, route{Method: "GET", Path: "/terminal", ID: "getTerminal", Group: "terminals", Public: true,
		Short: "Whether this screen is a registered terminal, and of which station"}, s.thisTerminal)
	handle(s, route{Method: "GET", Path: "/terminals", ID: "listTerminals", Group: "terminals", Right: policies.TerminalRead, Table: true,
		Short: "Registered terminals, those in use first"},
		func(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.Terminal]], error) {
			return whole(s.Terminals.List(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "POST", Path: "/terminals", ID: "registerTerminal", Group: "terminals", Proves: policies.TerminalRegister, Status: http.StatusCreated,
		Short: "Make this screen, or a program, a station's terminal",
		Long:  "Whoever may do it proves who they are in the request, so that the person who works at the screen stays signed in. A browser gets its token as a cookie; a program gets it once, in the answer, and sends it as X-Terminal."}, s.registerTerminal)
	handle(s, route{Method: "POST", Path: "/terminals/{id}/change", ID: "changeTerminal", Group: "terminals", Right: policies.TerminalManage, Command: true, Noun: "terminal",
		Short: "Set a terminal's name and idle time"},
		func(ctx context.Context, in *changeTerminalInput) (*one[mes.Terminal], error) {
			r := requestOf(ctx)
			return answer(s.Terminals.Change(ctx, r.actor(), r.who.Site, in.ID, in.Body.Name, in.Body.IdleMinutes, in.Body.Reason))
		})
	handle(s, route{Method: "POST", Path: "/terminals/{id}/revoke", ID: "revokeTerminal", Group: "terminals", Right: policies.TerminalManage, Command: true, Noun: "terminal",
		Short: "End a terminal at once, with the sessions at it"}, s.revokeTerminal)
}

// TerminalPath names a terminal in an address.
type TerminalPath struct {
	ID string `path:"id" maxLength:"64"`
}

// ThisTerminal is what a screen is.
type ThisTerminal struct {
	Registered  bool   `json:"registered"`
	ID          string `json:"id,omitempty"`
	Station     string `json:"station,omitempty"`
	Name        string `json:"name,omitempty"`
	IdleMinutes int    `json:"idle_minutes,omitempty"`
}

type terminalOutput struct {
	SetCookie string `header:"Set-Cookie"` // none is sent when empty
	Body      ThisTerminal
}

// thisTerminal also renews the browser's cookie, and takes one away that is worth nothing any more.
func (s *Server) thisTerminal(ctx context.Context, _ *struct{}) (*terminalOutput, error) {
	r := requestOf(ctx)
	out := &terminalOutput{}
	if t := r.terminal; t != nil {
		out.Body = ThisTerminal{Registered: true, ID: t.ID, Station: t.Station, Name: t.Name, IdleMinutes: t.IdleMinutes}
	}
	switch {
	case r.terminalCookie != "" && r.terminal != nil:
		out.SetCookie = s.terminalCookieOf(r.terminalCookie, terminalAge)
	case r.terminalCookie != "":
		out.SetCookie = s.terminalCookieOf("", -1)
	}
	return out, nil
}

// NewTerminal registers a screen or a program.
type NewTerminal struct {
	Station     string `json:"station" minLength:"1" maxLength:"64"`
	Name        string `json:"name" minLength:"1" maxLength:"100" doc:"What people call it; unique among the site's terminals in use."`
	IdleMinutes int    `json:"idle_minutes,omitempty" minimum:"1" maximum:"480" doc:"A session at it ends after so long without a touch; left out, 15."`
	User        string `json:"user" minLength:"1" maxLength:"100" doc:"Who registers it."`
	Password    string `json:"password" minLength:"1" maxLength:"256"`
	Program     bool   `json:"program,omitempty" doc:"Answers with the token and sets no cookie."`
	Because
}

// RegisteredTerminal is the answer.
type RegisteredTerminal struct {
	Terminal mes.Terminal `json:"terminal"`
	Token    string       `json:"token,omitempty" doc:"For a program, this once."`
}

type registeredOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      RegisteredTerminal
}

func (s *Server) registerTerminal(ctx context.Context, in *struct{ Body NewTerminal }) (*registeredOutput, error) {
	b, r := in.Body, requestOf(ctx)
	who, err := s.mayRegister(ctx, b)
	if err != nil {
		return nil, err
	}
	if b.IdleMinutes == 0 {
		b.IdleMinutes = mes.DefaultIdleMinutes
	}
	token, hash := auth.NewToken()
	by := mes.Actor{ID: who.ID, Station: r.from()}
	t, err := s.Terminals.Register(ctx, by, mes.Terminal{Site: who.Site, Station: b.Station, Name: strings.TrimSpace(b.Name), IdleMinutes: b.IdleMinutes}, hash, b.Reason)
	if err != nil {
		return nil, err
	}
	out := &registeredOutput{Body: RegisteredTerminal{Terminal: t}}
	if b.Program {
		out.Body.Token = token
		return out, nil
	}
	out.SetCookie = s.terminalCookieOf(token, terminalAge)
	return out, s.movedHere(ctx, by, t)
}

// mayRegister checks who registers: the password, as at a sign-in, and then the right.
func (s *Server) mayRegister(ctx context.Context, b NewTerminal) (mes.Principal, error) {
	a, err := s.Accounts.Get(ctx, b.User)
	err = s.checkSecret(ctx, attempt{account: a, found: err, name: b.User, kind: mes.SecretPassword, secret: b.Password})
	if mes.CodeOf(err) == mes.CodeUnauthorized { // the session of whoever works here is not in doubt
		err = mes.Refuse(mes.CodeForbidden, "Who registers it could not be proved: name and password do not fit.", "Nothing was registered.", "Try again.")
	}
	if err == nil && s.Secrets.MustChange(a, mes.SecretPassword, s.Now()) {
		err = mes.SecretEnded(mes.SecretPassword, "Nothing was registered.")
	}
	if err != nil {
		return mes.Principal{}, err
	}
	who := a.Principal()
	if s.Policy.Allows(who.Roles, policies.TerminalRegister) {
		return who, nil
	}
	refused := policies.Denied(who, policies.TerminalRegister)
	row := mes.AuditRow{Actor: who.ID, Action: "refused", Noun: "terminal", Subject: b.Station, Reason: refused.Error(), Source: requestOf(ctx).from()}
	if err := s.Audits.Append(ctx, row); err != nil {
		return mes.Principal{}, err
	}
	return mes.Principal{}, refused
}

// movedHere makes the browser this terminal and no other: one that it was before is revoked, and the session that is
// open in it becomes one of this terminal.
func (s *Server) movedHere(ctx context.Context, by mes.Actor, t mes.Terminal) error {
	r := requestOf(ctx)
	if old := r.terminal; old != nil && r.terminalCookie != "" && old.Site == t.Site {
		reason := fmt.Sprintf("The screen was registered anew as %s at %s.", t.ID, t.Station)
		if _, err := s.Terminals.Revoke(ctx, by, old.Site, old.ID, reason); err != nil && mes.CodeOf(err) != mes.CodeConflict {
			return err
		}
		s.terminals.forget()
	}
	if r.session == "" {
		return nil
	}
	return s.bindSession(ctx, r.session, t.ID)
}

type changeTerminalInput struct {
	TerminalPath
	Body struct {
		Name        string `json:"name" minLength:"1" maxLength:"100"`
		IdleMinutes int    `json:"idle_minutes" minimum:"1" maximum:"480"`
		Because
	}
}

type revokeTerminalInput struct {
	TerminalPath
	Body HoldReason
}

func (s *Server) revokeTerminal(ctx context.Context, in *revokeTerminalInput) (*one[mes.Terminal], error) {
	r := requestOf(ctx)
	t, err := s.Terminals.Revoke(ctx, r.actor(), r.who.Site, in.ID, in.Body.Reason)
	s.terminals.forget()
	return answer(t, err)
}
