package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"
	"golang.org/x/oauth2"

	"github.com/steelthread/steelthread/mes"
)

// OIDC says which identity provider people may sign in at, and what its claims mean here.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	// RolesClaim names the claim with the person's groups; empty means "roles".
	RolesClaim string
	// UserClaim names the claim that a new account's ID is taken from; empty means "preferred_username".
	UserClaim string
	// Scopes are asked for; empty means openid and profile.
	Scopes []string
	// Roles are the roles of this house by the provider's word for them; empty means that the words are the same.
	Roles map[string]mes.Role
	// Site is where its people work; empty means the only site.
	Site string
	// HTTP reaches the provider; nil means the usual client with a time limit.
	HTTP *http.Client
}

const (
	oidcStart    = Base + "/login/oidc"
	oidcCallback = oidcStart + "/callback"
	// oidcCookie ties a sign-in to the browser that began it.
	oidcCookie = "steelthread_login"
	// oidcPatience is how long a person may take at the provider.
	oidcPatience = 10 * time.Minute
	// oidcTimeout is how long the provider may take to answer.
	oidcTimeout = 10 * time.Second
)

func (s *Server) oidcRoutes() {
	s.raw(route{Method: "GET", Path: oidcStart, ID: "loginOIDC", Public: true, Short: "Sign in at the identity provider"}, s.toProvider)
	s.raw(route{Method: "GET", Path: oidcCallback, ID: "loginOIDCCallback", Public: true, Short: "Where the identity provider sends people back to"}, s.fromProvider)
	handle(s, route{Method: "GET", Path: "/login/ways", ID: "getLoginWays", Group: "session", Public: true, Short: "How people can sign in here"},
		func(context.Context, *struct{}) (*one[LoginWays], error) {
			return answer(LoginWays{OIDC: s.oidc != nil}, nil)
		})
}

// LoginWays are the ways to sign in besides a password and a badge.
type LoginWays struct {
	OIDC bool `json:"oidc" doc:"At the identity provider: open /api/v1/login/oidc."`
}

// provider is the identity provider as it describes itself. It is asked when the first person signs in and not at the
// start: the house works without it.
type provider struct {
	OIDC
	redirect string
	mu       sync.Mutex
	found    *oidc.Provider
}

func newProvider(d Deps) *provider {
	if d.OIDC.Issuer == "" {
		return nil
	}
	o := d.OIDC
	if o.RolesClaim == "" {
		o.RolesClaim = "roles"
	}
	if o.UserClaim == "" {
		o.UserClaim = "preferred_username"
	}
	if len(o.Scopes) == 0 {
		o.Scopes = []string{oidc.ScopeOpenID, "profile"}
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: oidcTimeout}
	}
	return &provider{OIDC: o, redirect: strings.TrimSuffix(d.PublicURL, "/") + oidcCallback}
}

// discover asks the provider for its addresses and keys, once.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// The provider keeps the context for fetching keys later, so it must outlive the request.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.HTTP), p.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("discover %s: %w", p.Issuer, err)
		}
		p.found = found
	}
	return p.found, &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: p.redirect, Endpoint: p.found.Endpoint(),
		Scopes: p.Scopes}, nil
}

// toProvider sends a person to the identity provider, with what must come back.
func (s *Server) toProvider(c echo.Context) error {
	ctx := c.Request().Context()
	if s.oidc == nil {
		return mes.Refuse(mes.CodeNotFound, "No identity provider is set up.", "", "Sign in with user and password.")
	}
	_, config, err := s.oidc.discover(ctx)
	if err != nil {
		return s.backToLogin(c, "provider_away", err)
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	p := mes.PendingLogin{StateHash: hashState(state), Nonce: rand.Text(), Verifier: verifier, Next: ownPage(c.QueryParam("next")), ExpiresAt: s.Now().Add(oidcPatience)}
	if err := s.Sessions.BeginLogin(ctx, p); err != nil {
		return err
	}
	s.setStateCookie(c, state, int(oidcPatience.Seconds()))
	return c.Redirect(http.StatusSeeOther, config.AuthCodeURL(state, oidc.Nonce(p.Nonce), oauth2.S256ChallengeOption(verifier)))
}

func (s *Server) setStateCookie(c echo.Context, state string, age int) {
	// Lax: the provider's page leads back here, and the browser must send it then.
	c.SetCookie(&http.Cookie{Name: oidcCookie, Value: state, Path: oidcStart, MaxAge: age, HttpOnly: true, //nolint:gosec // Secure wherever the house is reached by https
		Secure: s.secure(), SameSite: http.SameSiteLaxMode})
}

func hashState(state string) string {
	sum := sha256.Sum256([]byte(state))
	return hex.EncodeToString(sum[:])
}

// ownPage keeps a page of ours and nothing else: a link must not lead through the sign-in to another site.
func ownPage(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}

// errNotOurs is a sign-in that this browser did not begin, that came back twice, or too late.
var errNotOurs = errors.New("the state is not one that this browser was given, or it was used before")

// fromProvider signs a person in who comes back from the identity provider.
func (s *Server) fromProvider(c echo.Context) error {
	if s.oidc == nil {
		return mes.Refuse(mes.CodeNotFound, "No identity provider is set up.", "", "Sign in with user and password.")
	}
	began, err := s.takeLogin(c)
	s.setStateCookie(c, "", -1)
	if mes.CodeOf(err) == mes.CodeUnavailable {
		return err
	}
	if err != nil {
		return s.backToLogin(c, "not_ours", err)
	}
	if text := c.QueryParam("error"); text != "" {
		return s.backToLogin(c, "refused_there", fmt.Errorf("the provider says %q", text))
	}
	claims, err := s.exchange(c.Request().Context(), began, c.QueryParam("code"))
	if err != nil {
		return s.backToLogin(c, "not_proven", err)
	}
	return s.federate(c, began, claims)
}

// takeLogin finds what was begun by the state, which must come back both in the address and in the browser's cookie.
func (s *Server) takeLogin(c echo.Context) (mes.PendingLogin, error) {
	state := c.QueryParam("state")
	cookie, err := c.Cookie(oidcCookie)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) != 1 {
		return mes.PendingLogin{}, errNotOurs
	}
	p, err := s.Sessions.TakeLogin(c.Request().Context(), hashState(state))
	if mes.CodeOf(err) == mes.CodeNotFound {
		return p, errNotOurs
	}
	return p, err
}

// exchange turns the code into what the provider says of the person: the ID token's signature, issuer, audience and end
// are checked by go-oidc, the nonce here.
func (s *Server) exchange(ctx context.Context, began mes.PendingLogin, code string) (claims, error) {
	found, config, err := s.oidc.discover(ctx)
	if err != nil {
		return claims{}, err
	}
	ctx = oidc.ClientContext(ctx, s.oidc.HTTP)
	got, err := config.Exchange(ctx, code, oauth2.VerifierOption(began.Verifier))
	if err != nil {
		return claims{}, fmt.Errorf("exchange the code: %w", err)
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return claims{}, errors.New("the provider sent no ID token")
	}
	token, err := found.Verifier(&oidc.Config{ClientID: s.oidc.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil {
		return claims{}, fmt.Errorf("check the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(began.Nonce)) != 1 {
		return claims{}, errors.New("the ID token was made for another sign-in (nonce)")
	}
	return readClaims(ctx, s.oidc, found, got, token)
}

// claims is what the provider says of a person.
type claims struct {
	subject, user, name string
	roles               []mes.Role
}

// readClaims reads the ID token's claims; those that are not in it are asked for at the userinfo endpoint.
func readClaims(ctx context.Context, o *provider, found *oidc.Provider, got *oauth2.Token, token *oidc.IDToken) (claims, error) {
	all := map[string]json.RawMessage{}
	if err := token.Claims(&all); err != nil {
		return claims{}, fmt.Errorf("read the claims: %w", err)
	}
	if (all[o.UserClaim] == nil || all[o.RolesClaim] == nil) && found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(got))
		if err != nil {
			return claims{}, fmt.Errorf("ask for the claims: %w", err)
		}
		if info.Subject != token.Subject {
			return claims{}, errors.New("the claims are somebody else's")
		}
		if err := info.Claims(&all); err != nil {
			return claims{}, fmt.Errorf("read the claims: %w", err)
		}
	}
	c := claims{subject: token.Subject, user: text(all[o.UserClaim]), name: text(all["name"])}
	if c.name == "" {
		c.name = c.user
	}
	c.roles = o.rolesOf(all[o.RolesClaim])
	return c, nil
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // a claim that is no text counts as missing
	return s
}

// rolesOf are the roles that the provider's words mean here. Roles of programs are never given to people, and words that
// mean nothing here are left out.
func (p *provider) rolesOf(raw json.RawMessage) []mes.Role {
	var words []string
	if json.Unmarshal(raw, &words) != nil {
		words = strings.Fields(text(raw))
	}
	var out []mes.Role
	for _, w := range words {
		role, mapped := p.Roles[w]
		if !mapped && len(p.Roles) == 0 {
			role = mes.Role(w)
		}
		if mes.RoleFits(mes.AccountPerson, role) && !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

// federate brings the account up to the claims and opens a session.
func (s *Server) federate(c echo.Context, began mes.PendingLogin, k claims) error {
	ctx := c.Request().Context()
	site, err := s.oidcSite(ctx)
	if err != nil {
		return err
	}
	a, err := s.Accounts.Federate(ctx, mes.Federated{Issuer: s.oidc.Issuer, Subject: k.subject, ID: k.user, Name: k.name, Site: site, Roles: k.roles})
	switch mes.CodeOf(err) {
	case "":
	case mes.CodeConflict, mes.CodeUnprocessable:
		if len(k.roles) == 0 && mes.CodeOf(err) == mes.CodeUnprocessable {
			return s.barred(c, k, "no_role", err) // a newcomer: there is no account without a role
		}
		return s.barred(c, k, "no_account", err)
	default:
		return err
	}
	s.ids.forgetAccount(a.ID)
	if len(a.Roles) == 0 {
		return s.barred(c, k, "no_role", errors.New("the claims give no role here"))
	}
	if err := s.Accounts.LoginOK(ctx, a.ID); err != nil {
		return err
	}
	out, err := s.signedIn(ctx, a, byOIDC)
	if err != nil {
		return err
	}
	c.SetCookie(&out.SetCookie)
	return c.Redirect(http.StatusSeeOther, began.Next)
}

// oidcSite is where the provider's people work.
func (s *Server) oidcSite(ctx context.Context) (string, error) {
	if s.oidc.Site != "" {
		return s.oidc.Site, nil
	}
	sites, err := s.Plant.Sites(ctx)
	if err == nil && len(sites) != 1 {
		err = fmt.Errorf("the identity provider's people have no site: there are %d, set MES_SITE", len(sites))
	}
	if err != nil {
		return "", err
	}
	return sites[0], nil
}

// barred records that the provider knows a person who may not come in here.
func (s *Server) barred(c echo.Context, k claims, why string, cause error) error {
	ctx := c.Request().Context()
	row := mes.AuditRow{Actor: k.user, Action: "login_failed", Noun: "account", Subject: k.user, Reason: cause.Error(), Source: requestOf(ctx).from()}
	if err := s.Audits.Append(ctx, row); err != nil {
		return err
	}
	return s.backToLogin(c, why, cause)
}

// backToLogin leads to the sign-in, which says why in the person's language. The cause is for the log: it may name the
// provider's addresses, never a code, token or secret.
func (s *Server) backToLogin(c echo.Context, why string, cause error) error {
	s.Log.WarnContext(c.Request().Context(), "sign-in at the identity provider failed", "why", why, "err", safeCause(cause))
	return c.Redirect(http.StatusSeeOther, "/?login="+why)
}

// safeCause leaves the provider's answer out of an error, since it may repeat what was sent.
func safeCause(err error) string {
	var r *oauth2.RetrieveError
	if errors.As(err, &r) {
		return fmt.Sprintf("the provider answered %s %s", r.Response.Status, r.ErrorCode)
	}
	return err.Error()
}
