package app

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// Token groups the commands about service tokens.
type Token struct {
	Create CreateToken `cmd:"" help:"Make a token for a service account and print it, this once."`
	Revoke RevokeToken `cmd:"" help:"End a service account's tokens of a name at once."`
}

// CreateToken is the command that makes a token.
type CreateToken struct {
	Account string     `arg:"" help:"Service account."`
	Name    string     `default:"token" help:"What it is for; a token is revoked by its name."`
	Roles   []mes.Role `help:"Make the service account with these roles where it is missing: erp, vision, edge."`
	Scopes  []string   `default:"*" help:"Rights of the account that it may use, such as order.create; * is all of them."`
	Days    int        `default:"365" help:"Ends after so many days, at most 400."`
	Records
}

// Run makes the token.
func (t CreateToken) Run(ctx context.Context) error {
	s, c, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if len(t.Roles) > 0 {
		site, err := onlySite(ctx, s, c.Site)
		if err != nil {
			return err
		}
		a := mes.Account{ID: t.Account, Name: t.Account, Kind: mes.AccountService, Site: site, Roles: t.Roles, Active: true}
		if err := s.Accounts.Upsert(ctx, commandLine(), a); err != nil {
			return faultLines(err)
		}
	}
	a, err := s.Accounts.Get(ctx, t.Account)
	if err != nil {
		return err
	}
	token, hash := auth.NewToken()
	end := time.Now().AddDate(0, 0, t.Days)
	row := mes.Token{Hash: hash, Account: t.Account, Name: t.Name, Scopes: t.Scopes, ExpiresAt: &end}
	policy, err := policies.Open()
	if err != nil {
		return err
	}
	may := []string{mes.ScopeAll}
	for _, right := range policy.Of(a.Roles) {
		may = append(may, string(right))
	}
	if err := mes.ValidateToken(row, may, time.Now()); err != nil {
		return faultLines(err)
	}
	if err := s.Accounts.AddToken(ctx, commandLine(), row); err != nil {
		return faultLines(err)
	}
	_, err = fmt.Println(token)
	return err
}

// RevokeToken is the command that ends tokens.
type RevokeToken struct {
	Account string `arg:"" help:"Service account."`
	Name    string `arg:"" help:"Name that the token was made with."`
	Records
}

// Run ends them.
func (t RevokeToken) Run(ctx context.Context) error {
	s, _, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Accounts.RevokeToken(ctx, commandLine(), t.Account, t.Name)
}
