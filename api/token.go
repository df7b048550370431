package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) tokenRoutes() {
	handle(s, route{Method: "GET", Path: "/people/{account}/tokens", ID: "listTokens", Group: "people", Right: policies.AccountInspect, Table: true,
		Short: "A program's tokens, newest first"}, s.listTokens)
	handle(s, route{Method: "POST", Path: "/people/{account}/tokens", ID: "createToken", Group: "people", Right: policies.TokenManage, Command: true, Unkept: true, Noun: "account",
		Status: http.StatusCreated, Short: "Make a token for a program; it is shown this once"}, s.createToken)
	handle(s, route{Method: "POST", Path: "/people/{account}/tokens/{token}/revoke", ID: "revokeToken", Group: "people", Right: policies.TokenManage, Command: true, Noun: "account",
		Short: "End a token at once"}, s.revokeToken)
}

// TokenView is a token as lists show it.
type TokenView struct {
	mes.Token
	State mes.TokenState `json:"state"`
}

func (s *Server) tokenView(t mes.Token) TokenView { return TokenView{t, t.State(s.Now())} }

type accountListInput struct {
	AccountPath
	Format string `query:"format" enum:"json,csv" doc:"csv answers the list as a table."`
}

func (s *Server) listTokens(ctx context.Context, in *accountListInput) (*one[mes.Page[TokenView]], error) {
	if _, err := s.ofMySite(ctx, in.Account); err != nil {
		return nil, err
	}
	tokens, err := s.Accounts.Tokens(ctx, in.Account)
	views := make([]TokenView, len(tokens))
	for i, t := range tokens {
		views[i] = s.tokenView(t)
	}
	return whole(views, err)
}

// NewToken says what a token may do and for how long.
type NewToken struct {
	Name      string    `json:"name" minLength:"1" maxLength:"64" doc:"What it is for."`
	Scopes    []string  `json:"scopes" maxItems:"100" doc:"Rights of the account that the token may use, for example order.create."`
	ExpiresAt time.Time `json:"expires_at" doc:"At most 400 days from now."`
	Because
}

// MadeToken is a token with its secret, which is shown this once.
type MadeToken struct {
	Token string `json:"token" doc:"Shown this once; only its hash is kept."`
}

func (s *Server) createToken(ctx context.Context, in *struct {
	AccountPath
	Body NewToken
}) (*one[MadeToken], error) {
	a, err := s.ofMySite(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	t := mes.Token{Account: a.ID, Name: strings.TrimSpace(in.Body.Name), Scopes: in.Body.Scopes, ExpiresAt: &in.Body.ExpiresAt}
	var may []string
	for _, right := range s.Policy.Of(a.Roles) {
		may = append(may, string(right))
	}
	if err := mes.ValidateToken(t, may, s.Now()); err != nil {
		return nil, err
	}
	token, hash := auth.NewToken()
	t.Hash = hash
	if err := s.Accounts.AddToken(ctx, requestOf(ctx).actor(), t, in.Body.Reason); err != nil {
		return nil, err
	}
	return answer(MadeToken{token}, nil)
}

func (s *Server) revokeToken(ctx context.Context, in *struct {
	AccountPath
	Token int64 `path:"token" minimum:"1"`
	Body  Because
}) (*one[TokenView], error) {
	if _, err := s.ofMySite(ctx, in.Account); err != nil {
		return nil, err
	}
	t, err := s.Accounts.EndToken(ctx, requestOf(ctx).actor(), in.Account, in.Token, in.Body.Reason)
	s.ids.forgetAccount(in.Account)
	return answer(s.tokenView(t), err)
}

// openToken finds the account of a token. One that has ended is refused, and its use goes to the audit trail.
func (s *Server) openToken(ctx context.Context, hash string) (identity, error) {
	over := nobody("The token is not known, or it has ended.")
	t, err := s.Accounts.TokenOf(ctx, hash)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return identity{}, over
	}
	if err != nil {
		return identity{}, err
	}
	if state := t.State(s.Now()); state != mes.TokenActive {
		s.tokenRefused(ctx, t, state)
		return identity{}, over
	}
	a, err := s.Accounts.Get(ctx, t.Account)
	if mes.CodeOf(err) == mes.CodeNotFound || err == nil && !a.Active {
		return identity{}, over
	}
	if err != nil {
		return identity{}, err
	}
	return identity{who: a.Principal(), token: &t}, s.Accounts.UsedToken(ctx, hash)
}

// refusalEvery bounds the audit rows that one ended token can cause.
const refusalEvery = time.Hour

// tokenRefused records the use of a token that has ended: a program that was forgotten, or a thief.
func (s *Server) tokenRefused(ctx context.Context, t mes.Token, state mes.TokenState) {
	if !s.ids.refusalDue(t.Hash) {
		return
	}
	row := mes.AuditRow{Actor: t.Account, Action: "token_refused", Noun: "account", Subject: t.Account, Reason: "the token " + t.Name + " is " + string(state), Source: requestOf(ctx).from()}
	if err := s.Audits.Append(ctx, row); err != nil {
		s.Log.ErrorContext(ctx, "refused token not in the audit trail", "account", t.Account, "err", err)
	}
}

// refusalDue tells whether the use of an ended token is to be recorded: once an hour.
func (i *identities) refusalDue(hash string) bool {
	now := i.s.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	if last, ok := i.refused[hash]; ok && now.Sub(last) < refusalEvery {
		return false
	}
	if len(i.refused) > 10_000 {
		clear(i.refused)
	}
	i.refused[hash] = now
	return true
}
