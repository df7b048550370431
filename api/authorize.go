package api

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// authorize asks the policy whether the account may do what the route does. What is no known route passes to the
// answer "there is nothing at this address".
func (s *Server) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := requestOf(c.Request().Context())
		if r.route == nil || r.route.Public {
			return next(c)
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

// mayDo refuses an account without the right.
func (s *Server) mayDo(r *request, right policies.Right) error {
	if s.Policy.Allows(r.who.Roles, right) {
		return nil
	}
	return mes.Refuse(mes.CodeForbidden, fmt.Sprintf("%s may not do this (%s).", r.who.Name, right), "Nothing was changed.",
		"Ask someone who may, or an administrator for the role.")
}
