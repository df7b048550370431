package api

import (
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// authorize asks the policy whether the account may do what the route does, conditions aside: those are for the handler,
// which knows the facts. What is no known route passes to the answer "there is nothing at this address".
func (s *Server) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := requestOf(c.Request().Context())
		switch {
		case r.route == nil && s.servedBeside(c):
			return mes.Refuse(mes.CodeForbidden, "What is at this address has no right of its own.", "Nothing was changed.", "It is a defect: tell whoever looks after the system.")
		case r.route == nil || r.route.Public || r.route.Proves != "":
			return next(c)
		}
		if r.wall {
			return next(c) // the terminal's registration is what allows it, and the route only reads
		}
		if err := s.may(r); err != nil {
			if r.route.Command {
				s.auditRefusal(c, r, problemOf(c.Request().Context(), err))
			}
			return err
		}
		return next(c)
	}
}

// may judges an account's own limits before its rights: a secret that must be changed first, and a token's scopes.
func (s *Server) may(r *request) error {
	if r.must != "" && !r.route.Limited {
		return mes.Refuse(codeSecretEnded, "Your "+r.must.Word()+" has ended, or was given to you by somebody else.", "Nothing was changed.", "Choose a new "+r.must.Word()+" first.")
	}
	if err := s.mayDo(r, r.route.Right); err != nil {
		return err
	}
	if r.token != nil && !r.token.Covers(string(r.route.Right)) {
		return mes.Refuse(mes.CodeForbidden, fmt.Sprintf("The token %s of %s is not made for this (%s).", r.token.Name, r.who.Name, r.route.Right), "Nothing was changed.",
			"Make a token with this scope.")
	}
	return nil
}

// servedBeside tells that the request would reach a handler that is not in the table of routes. The server does not
// start with one; this holds should one be added later.
func (s *Server) servedBeside(c echo.Context) bool {
	return slices.ContainsFunc(s.echo.Routes(), func(r *echo.Route) bool { return r.Method == c.Request().Method && r.Path == c.Path() })
}

// mayDo refuses an account without the right.
func (s *Server) mayDo(r *request, right policies.Right) error {
	if s.Policy.Allows(r.who.Roles, right) {
		return nil
	}
	return policies.Denied(r.who, right)
}
