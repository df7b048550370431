package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

// The content policies. The screens load nothing but themselves; styles set by the component library's script need
// 'unsafe-inline' for style attributes, which can't run code. The workflow engine's screens start with an inline script.
const (
	policyScreens = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	policyData    = "default-src 'none'; frame-ancestors 'none'; sandbox"
	policyEngine  = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)

// protect sets the headers that keep a browser from doing more than it should.
func (s *Server) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		path := c.Request().URL.Path
		switch {
		case strings.HasPrefix(path, "/api/"):
			h.Set("Content-Security-Policy", policyData)
			h.Set("Cache-Control", "no-store")
		case strings.HasPrefix(path, enginePath):
			h.Set("Content-Security-Policy", policyEngine)
		default:
			h.Set("Content-Security-Policy", policyScreens)
		}
		return next(c)
	}
}

func (s *Server) secure() bool { return strings.HasPrefix(s.PublicURL, "https://") }

// limitBody refuses a body that says it is too large before reading it, stops reading one that does not say, and gives
// a slow one no more than its time.
func (s *Server) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		limit := s.Limits.Body
		if r := requestOf(c.Request().Context()).route; r != nil {
			limit = r.Body
		}
		if c.Request().ContentLength > limit {
			return tooLargeError(limit)
		}
		if c.Request().ContentLength == 0 {
			return next(c)
		}
		control := http.NewResponseController(c.Response())
		_ = control.SetReadDeadline(time.Now().Add(s.Limits.Read)) // a connection without deadlines has no slow senders either
		c.Request().Body = &timedBody{http.MaxBytesReader(c.Response(), c.Request().Body, limit), control}
		return next(c)
	}
}

// timedBody lifts the deadline once the body is there. Left in place, it would end the wait for a command's answer: the
// server takes a deadline that passes while it listens for a disconnect as one.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // as above
	}
	return n, err
}

// sameOrigin refuses what another site makes a signed-in browser send. Programs with a token send no cookie and are
// not concerned; a login is, since being signed in as someone else is an attack too.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if hasBearer(c.Request()) {
			return next(c)
		}
		if err := s.origins.Check(c.Request()); err != nil {
			return mes.Refuse(codeCrossOrigin, "The request was made by another site's page.", "Nothing was changed.", "Use the screens of this system.")
		}
		return next(c)
	}
}
