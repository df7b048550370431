package api

import (
	"context"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) alertRoutes() {
	handle(s, route{Method: "GET", Path: "/alerts", ID: "listAlerts", Group: "alerts", Right: policies.AlertRead, Table: true,
		Short: "What somebody must look at, newest first"}, s.listAlerts)
	handle(s, route{Method: "POST", Path: "/alerts/{id}/close", ID: "closeAlert", Group: "alerts", Right: policies.AlertClose, Command: true, Noun: "alert",
		Short: "Say that an alert was seen to, and how"}, s.closeAlert)
}

type alertListInput struct {
	ListInput
	Open bool          `query:"open" doc:"Only those that nobody has seen to yet."`
	Kind mes.AlertKind `query:"kind" maxLength:"40"`
	Mine bool          `query:"mine" doc:"Only those that are meant for the one who asks: by name, by role, or for everyone."`
}

func (s *Server) listAlerts(ctx context.Context, in *alertListInput) (*one[mes.Page[mes.Alert]], error) {
	who := requestOf(ctx).who
	f := mes.AlertFilter{Paging: in.paging(), Site: who.Site, Open: in.Open, Kind: in.Kind}
	if in.Mine {
		f.Roles, f.Account = who.Roles, who.ID
	}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Alert], error) { return s.Alerts.List(ctx, f) })
}

// Closing is how an alert was seen to.
type Closing struct {
	Comment string `json:"comment" minLength:"1" maxLength:"500"`
}

type closeAlertInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Closing
}

// closeAlert lets only those close an alert whom it is meant for, so that nobody clears another's desk.
func (s *Server) closeAlert(ctx context.Context, in *closeAlertInput) (*one[mes.Alert], error) {
	r := requestOf(ctx)
	comment := strings.TrimSpace(in.Body.Comment)
	if comment == "" {
		var f mes.Faults
		f.Add("comment", "say what was done")
		return nil, f.Err("The alert stays open.")
	}
	a, err := s.Alerts.Get(ctx, r.who.Site, in.ID)
	if err != nil {
		return nil, err
	}
	if !a.MeantFor(r.who.ID, r.who.Roles) {
		return nil, mes.Refuse(mes.CodeForbidden, "This alert is meant for others.", "It stays open.", "Tell them.")
	}
	return answer(s.Alerts.Close(ctx, r.who.Site, in.ID, r.actor(), comment))
}
