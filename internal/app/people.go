package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// User groups the commands about people.
type User struct {
	Add    AddUser     `cmd:"" help:"Add a person, or change name and roles of one."`
	Passwd SetPassword `cmd:"" help:"Set a person's password, read from the standard input."`
}

// commandLine is who acts, in the audit trail, when a command of this binary changes the records.
// It was given by whoever is signed in to the machine.
func commandLine() mes.Actor {
	who, host := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return mes.Actor{ID: "command-line", Source: who + "@" + host}
}

// AddUser is the command that adds a person.
type AddUser struct {
	ID    string     `arg:"" help:"User ID; it is never given to anybody else."`
	Name  string     `required:"" help:"Printed name."`
	Roles []mes.Role `required:"" help:"Roles, separated by commas: operator, supervisor, quality, maintenance, planner, auditor, admin."`
	Badge string     `help:"Code of the badge."`
	Site  string     `help:"Site; the only one when left out."`
	Records
}

// Run adds the person and sets the password that the standard input gives.
func (u AddUser) Run(ctx context.Context) error {
	for _, r := range u.Roles {
		if !slices.Contains(mes.Roles, r) {
			return fmt.Errorf("%q is not a role; roles are %v", r, mes.Roles)
		}
	}
	hash, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	s, c, err := u.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := onlySite(ctx, s, or(u.Site, c.Site))
	if err != nil {
		return err
	}
	a := mes.Account{ID: u.ID, Name: u.Name, Kind: mes.AccountPerson, Site: site, Roles: u.Roles, Badge: u.Badge, Active: true, PasswordHash: hash}
	if err := s.Accounts.Upsert(ctx, commandLine(), a); err != nil {
		return faultLines(err)
	}
	_, err = fmt.Printf("%s may sign in as %v.\n", u.ID, u.Roles)
	return err
}

// SetPassword is the command that sets a password.
type SetPassword struct {
	ID string `arg:"" help:"User ID."`
	Records
}

// Run sets it.
func (p SetPassword) Run(ctx context.Context) error {
	hash, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	s, _, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Accounts.Get(ctx, p.ID)
	if err != nil {
		return err
	}
	a.PasswordHash = hash
	return s.Accounts.Upsert(ctx, commandLine(), a)
}

// readPassword takes one line, so that a password stands neither in the shell's history nor in the process list.
func readPassword(in io.Reader) (hash string, err error) {
	fmt.Fprint(os.Stderr, "Password (one line): ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return auth.HashPassword(strings.TrimRight(line, "\r\n"))
}

// onlySite is the wished site, or the only one of the database.
func onlySite(ctx context.Context, s *store.Store, wish string) (string, error) {
	sites, err := s.Plant.Sites(ctx)
	switch {
	case err != nil:
		return "", err
	case wish != "" && slices.Contains(sites, wish):
		return wish, nil
	case wish != "":
		return "", fmt.Errorf("site %s is not known; sites are %v", wish, sites)
	case len(sites) == 0:
		return "", errors.New("there is no site yet. Nothing was changed. Load a plant first: mes import DIR")
	case len(sites) > 1:
		return "", fmt.Errorf("there are several sites, %v; name one with MES_SITE or --site", sites)
	}
	return sites[0], nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

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
	Days    int        `default:"0" help:"Ends after so many days; 0 means never."`
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
	token, hash := auth.NewToken()
	row := mes.Token{Hash: hash, Account: t.Account, Name: t.Name}
	if t.Days > 0 {
		end := time.Now().AddDate(0, 0, t.Days)
		row.ExpiresAt = &end
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
