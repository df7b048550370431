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
	Scopes  []string   `help:"Rights of the account that it may use, such as order.create; left out, those that its roles have now."`
	Days    int        `default:"365" help:"Ends after so many days, at most 400."`
	Reason  string     `required:"" help:"Why; it stands in the audit trail."`
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
	may, err := rightsOf(a.Roles)
	if err != nil {
		return err
	}
	row, token := newToken(t.Account, t.Name, may, t.Days)
	if len(t.Scopes) > 0 {
		row.Scopes = t.Scopes
	}
	if err := mes.ValidateToken(row, may, time.Now()); err != nil {
		return faultLines(err)
	}
	if err := s.Accounts.AddToken(ctx, commandLine(), row, t.Reason); err != nil {
		return faultLines(err)
	}
	_, err = fmt.Println(token)
	return err
}

// rightsOf are the rights of some roles by the policy of this program.
func rightsOf(roles []mes.Role) ([]string, error) {
	policy, err := policies.Open()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, right := range policy.Of(roles) {
		out = append(out, string(right))
	}
	return out, nil
}

// newToken makes a token of some rights that ends after so many days, and its secret.
func newToken(account, name string, scopes []string, days int) (mes.Token, string) {
	secret, hash := auth.NewToken()
	end := time.Now().AddDate(0, 0, days)
	return mes.Token{Hash: hash, Account: account, Name: name, Scopes: scopes, ExpiresAt: &end}, secret
}

// RevokeToken is the command that ends tokens.
type RevokeToken struct {
	Account string `arg:"" help:"Service account."`
	Name    string `arg:"" help:"Name that the token was made with."`
	Reason  string `required:"" help:"Why; it stands in the audit trail."`
	Records
}

// Run ends them.
func (t RevokeToken) Run(ctx context.Context) error {
	s, _, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Accounts.RevokeToken(ctx, commandLine(), t.Account, t.Name, t.Reason)
}
