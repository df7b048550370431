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

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// User groups the commands about people.
type User struct {
	Add    AddUser     `cmd:"" help:"Add a person, or change name and roles of one."`
	Passwd SetPassword `cmd:"" help:"Set a person's password, read from the standard input."`
	Unlock UnlockUser  `cmd:"" help:"Let an account in that failed tries have locked."`
	End    EndUser     `cmd:"" help:"End an account for ever, with its sessions, tokens and roles. Its ID is never given again."`
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
	Keep  bool       `help:"Let them keep this password; otherwise they choose their own at the first sign-in."`
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
	a := mes.Account{ID: u.ID, Name: u.Name, Kind: mes.AccountPerson, Site: site, Roles: u.Roles, Badge: u.Badge, Active: true, PasswordHash: hash, PasswordGiven: !u.Keep}
	if err := s.Accounts.Upsert(ctx, commandLine(), a); err != nil {
		return faultLines(err)
	}
	_, err = fmt.Printf("%s may sign in as %v.\n", u.ID, u.Roles)
	return err
}

// SetPassword is the command that sets a password.
type SetPassword struct {
	ID   string `arg:"" help:"User ID."`
	Keep bool   `help:"Let them keep this password; otherwise they choose their own at the next sign-in."`
	Why  string `name:"reason" required:"" help:"Why; it stands in the audit trail."`
	Records
}

// Run sets it, and ends the person's sessions.
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
	return s.Accounts.SetSecret(ctx, commandLine(), p.ID, mes.SecretPassword, hash, !p.Keep, "", p.Why)
}

// UnlockUser is the command that lets a locked account in again.
type UnlockUser struct {
	ID     string `arg:"" help:"User ID."`
	Reason string `required:"" help:"Why; it stands in the audit trail."`
	Records
}

// Run unlocks it.
func (u UnlockUser) Run(ctx context.Context) error {
	s, _, err := u.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Accounts.Unlock(ctx, commandLine(), u.ID, u.Reason)
	return err
}

// EndUser is the command that ends an account.
type EndUser struct {
	ID     string `arg:"" help:"User ID."`
	Reason string `required:"" help:"Why; it stands in the audit trail."`
	Records
}

// Run ends it.
func (u EndUser) Run(ctx context.Context) error {
	s, _, err := u.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Accounts.End(ctx, commandLine(), u.ID, u.Reason)
	return err
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
