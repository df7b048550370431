package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// sessionSite is the site that a session acts at, where it is not the account's own.
const sessionSite = "site"

func (s *Server) mySiteRoutes() {
	handle(s, route{Method: "POST", Path: "/me/site", ID: "switchSite", Group: "session", Right: policies.SessionUse, Command: true, Unkept: true, Noun: "session",
		Short: "Act at another site where I have a role", Long: "The session has the roles of that site and no others, until it is switched back or ends. A terminal's session stays at its terminal's site."}, s.switchSite)
}

// SiteRoles is a site where a person has roles.
type SiteRoles struct {
	MySite
	Roles []mes.Role `json:"roles"`
}

// SiteWish names the site to act at.
type SiteWish struct {
	Site string `json:"site" minLength:"1" maxLength:"64"`
}

func (s *Server) switchSite(ctx context.Context, in *struct{ Body SiteWish }) (*one[Me], error) {
	r, to := requestOf(ctx), in.Body.Site
	r.subject = to
	switch {
	case r.session == "":
		return nil, mes.Refuse(mes.CodeConflict, "A program works at the site of its account.", "Nothing was changed.", "")
	case r.terminal != nil:
		return nil, mes.Refuse(mes.CodeConflict, "A terminal's session stays at its site.", "Nothing was changed.", "Go to a desk.")
	}
	a, err := s.Accounts.Get(ctx, r.who.ID)
	if err != nil {
		return nil, err
	}
	who, err := s.principalAt(ctx, a, to)
	if err != nil {
		return nil, err
	}
	if len(who.Roles) == 0 {
		return nil, mes.Refuse(mes.CodeForbidden, fmt.Sprintf("You have no role at %s.", to), "You are still at "+r.who.Site+".", "Let an administrator there give you one.")
	}
	row := mes.AuditRow{Actor: a.ID, Action: "site_switched", Noun: "session", Subject: a.ID, Source: r.from(),
		Before: siteJSON(r.who.Site), After: siteJSON(to)}
	if err := s.Audits.Append(ctx, row); err != nil {
		return nil, err
	}
	if err := s.moveSession(ctx, r.session, a, to); err != nil {
		return nil, err
	}
	r.who = who
	return answer(s.meOf(ctx, r))
}

// moveSession notes in a session which site it acts at.
func (s *Server) moveSession(ctx context.Context, token string, a mes.Account, to string) error {
	sctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return fmt.Errorf("load the session: %w", err)
	}
	if s.sessions.Token(sctx) == "" {
		return nobody("The session has ended.")
	}
	if to == a.Site {
		s.sessions.Remove(sctx, sessionSite)
	} else {
		s.sessions.Put(sctx, sessionSite, to)
	}
	s.ids.recall(token)
	return s.touchSession(sctx, token, s.Limits.Idle)
}

// principalAt is an account as it acts at a site: with the roles that it has there, and with none where it has none.
func (s *Server) principalAt(ctx context.Context, a mes.Account, site string) (mes.Principal, error) {
	who := a.Principal()
	if site == "" || site == a.Site {
		return who, nil
	}
	who.Site, who.Roles = site, nil
	held, err := s.Accounts.Assignments(ctx, a.ID)
	for _, h := range held {
		if h.Site == site && h.Until == nil {
			who.Roles = append(who.Roles, h.Role)
		}
	}
	return who, err
}

// sitesOf lists where a person has roles, the account's own site first.
func (s *Server) sitesOf(ctx context.Context, a mes.Account) ([]SiteRoles, error) {
	held, err := s.Accounts.Assignments(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	roles, order := map[string][]mes.Role{a.Site: a.Roles}, []string{a.Site}
	for _, h := range held {
		if h.Until != nil || h.Site == a.Site {
			continue // the account itself has the roles of its own site
		}
		if _, known := roles[h.Site]; !known {
			order = append(order, h.Site)
		}
		roles[h.Site] = append(roles[h.Site], h.Role)
	}
	out := []SiteRoles{}
	for _, id := range order {
		site, err := s.plants.site(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, SiteRoles{MySite{site.ID, site.Name, site.TimeZone}, roles[id]})
	}
	return out, nil
}

func siteJSON(site string) json.RawMessage {
	b, _ := json.Marshal(map[string]string{"site": site}) // never fails: a map of strings
	return b
}
