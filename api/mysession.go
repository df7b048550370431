package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) sessionRoutes() {
	handle(s, route{Method: "GET", Path: "/me/sessions", ID: "listMySessions", Group: "session", Right: policies.SessionUse,
		Short: "Where I am signed in"},
		func(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.Session]], error) {
			r := requestOf(ctx)
			return whole(s.Sessions.Of(ctx, r.who.ID, storedToken(r.session)))
		})
	handle(s, route{Method: "POST", Path: "/me/sessions/revoke", ID: "revokeMySessions", Group: "session", Right: policies.SessionUse, Command: true, Noun: "session",
		Short: "End one of my sessions, or all but this one"},
		func(ctx context.Context, in *struct{ Body WhichSession }) (*one[EndedSessions], error) {
			r := requestOf(ctx)
			return s.revokeSessions(ctx, r.who.ID, in.Body, storedToken(r.session))
		})
	handle(s, route{Method: "GET", Path: "/people/{account}/sessions", ID: "listSessions", Group: "people", Right: policies.AccountInspect,
		Short: "Where a person is signed in"}, s.sessionsOf)
	handle(s, route{Method: "POST", Path: "/people/{account}/sessions/revoke", ID: "revokeSessions", Group: "people", Right: policies.AccountManage, Command: true, Noun: "account",
		Short: "End one of a person's sessions at once, or all"},
		func(ctx context.Context, in *struct {
			AccountPath
			Body WhoseSession
		}) (*one[EndedSessions], error) {
			if _, err := s.ofMySite(ctx, in.Account); err != nil {
				return nil, err
			}
			return s.revokeSessions(ctx, in.Account, WhichSession(in.Body), "")
		})
}

// WhichSession names the sessions that are to end.
type WhichSession struct {
	ID     int64  `json:"id,omitempty" minimum:"0" doc:"Left out, all of them."`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// WhoseSession names the sessions of another person that are to end, and why.
type WhoseSession struct {
	ID     int64  `json:"id,omitempty" minimum:"0" doc:"Left out, all of them."`
	Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; it stands in the audit trail."`
}

// EndedSessions tells how many sessions ended.
type EndedSessions struct {
	Ended int `json:"ended"`
}

func (s *Server) sessionsOf(ctx context.Context, in *AccountPath) (*one[mes.Page[mes.Session]], error) {
	if _, err := s.ofMySite(ctx, in.Account); err != nil {
		return nil, err
	}
	return whole(s.Sessions.Of(ctx, in.Account, storedToken(requestOf(ctx).session)))
}

func (s *Server) revokeSessions(ctx context.Context, account string, which WhichSession, keep string) (*one[EndedSessions], error) {
	n, err := s.Sessions.Revoke(ctx, requestOf(ctx).actor(), account, which.ID, keep, which.Reason)
	s.ids.forgetAccount(account)
	return answer(EndedSessions{n}, err)
}
