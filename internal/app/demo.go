package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/deploy/demo"
	"github.com/steelthread/steelthread/internal/plant"
	"github.com/steelthread/steelthread/internal/runfile"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// demonstration prepares the demo plant on a data folder: its definition, and logins and tokens that only run.json
// knows. What an earlier start has given out stays valid.
type demonstration struct {
	store *store.Store
	// earlier is the run.json of the last start, empty at the first.
	earlier runfile.Run
	// secrets are drawn and hashed while the database still starts, since hashing is made to be slow.
	secrets map[string]secret
}

// secret is a new login with its hashes.
type secret struct {
	password, passwordHash string
	pin, pinHash           string
}

// drawSecrets makes logins for those of the demo's people who have none yet.
func drawSecrets(ctx context.Context, earlier runfile.Run) (map[string]secret, error) {
	people, err := demoPeople()
	if err != nil {
		return nil, err
	}
	drawn := make([]secret, len(people))
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for i, a := range people {
		if _, known := earlier.Login(a.ID); known {
			continue
		}
		g.Go(func() (err error) {
			drawn[i], err = drawSecret(a)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := map[string]secret{}
	for i, a := range people {
		if drawn[i].password != "" {
			out[a.ID] = drawn[i]
		}
	}
	return out, nil
}

func drawSecret(a plant.Account) (s secret, err error) {
	s.password = readable()
	if s.passwordHash, err = auth.HashPassword(s.password); err != nil || a.Badge == "" {
		return s, err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return s, err
	}
	s.pin = fmt.Sprintf("%06d", n)
	s.pinHash, err = auth.HashPIN(s.pin)
	return s, err
}

// readable is a password of 60 random bits that a person can type off a screen.
func readable() string {
	t := strings.ToLower(rand.Text()[:12])
	return t[:4] + "-" + t[4:8] + "-" + t[8:]
}

// demoPeople reads who works in the demo plant.
func demoPeople() ([]plant.Account, error) {
	accounts, err := plant.LoadAccounts(demo.Files)
	return slices.DeleteFunc(accounts, func(a plant.Account) bool { return a.Kind == mes.AccountService }), err
}

// load imports the demo plant's files. They are few, so every start imports them: the simulated plant may listen on
// other ports than the last time.
func (d demonstration) load(ctx context.Context, files fs.FS, values plant.Values) (plant.Definition, error) {
	def, err := plant.Load(files, plant.Options{Values: values, Now: time.Now(), ApprovedBy: "demo"})
	if err != nil {
		return def, faultLines(err)
	}
	def.Plant.Reason = "the demo plant as this start has it"
	_, err = def.Store(ctx, plantPorts(d.store), mes.Actor{ID: "demo"})
	return def, err
}

// logins stores new passwords and lists everybody's.
func (d demonstration) logins(ctx context.Context, accounts []plant.Account) ([]runfile.Login, error) {
	var out []runfile.Login
	for _, a := range accounts {
		if a.Kind == mes.AccountService {
			continue
		}
		l, known := d.earlier.Login(a.ID)
		if s, fresh := d.secrets[a.ID]; fresh {
			l = runfile.Login{User: a.ID, Password: s.password, PIN: s.pin}
			row := mes.Account{ID: a.ID, Name: a.Name, Kind: a.Kind, Site: a.Site, Roles: a.Roles, Badge: a.Badge, Active: true, PasswordHash: s.passwordHash, PINHash: s.pinHash}
			err := d.store.Accounts.Upsert(ctx, mes.Actor{ID: "demo"}, row)
			if mes.CodeOf(err) == mes.CodeConflict {
				continue // somebody ended the account; it does not come back
			}
			if err != nil {
				return nil, fmt.Errorf("store the login of %s: %w", a.ID, err)
			}
		} else if !known {
			continue
		}
		l.Name, l.Role, l.Badge, l.Autopilot = a.Name, string(a.Roles[0]), a.Badge, strings.HasPrefix(a.ID, autopilotPrefix)
		out = append(out, l)
	}
	return out, nil
}

// autopilotPrefix begins the IDs of the accounts that the autopilot plays.
const autopilotPrefix = "auto-"

// tokenName is under which demo tokens are made, so that a lost one can be taken back.
const tokenName = "demo"

// tokens makes tokens for the service accounts, or keeps those of the last start while they are valid.
func (d demonstration) tokens(ctx context.Context, accounts []plant.Account) (map[string]string, error) {
	out := map[string]string{}
	for _, a := range accounts {
		if a.Kind != mes.AccountService {
			continue
		}
		if t := d.earlier.Tokens[a.ID]; t != "" {
			owner, err := d.store.Accounts.ByToken(ctx, auth.HashToken(t))
			held, old := d.store.Accounts.TokenOf(ctx, auth.HashToken(t))
			if err == nil && old == nil && owner.ID == a.ID && held.ExpiresAt != nil && !held.Covers(mes.ScopeAll) {
				out[a.ID] = t
				continue
			}
			if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
				return nil, err
			}
		}
		t, err := d.newToken(ctx, a)
		if err != nil {
			return nil, err
		}
		out[a.ID] = t
	}
	return out, nil
}

// demoTokenDays is how long a demo token lasts. A start after its end makes a new one.
const demoTokenDays = 365

func (d demonstration) newToken(ctx context.Context, a plant.Account) (string, error) {
	by, why := mes.Actor{ID: "demo"}, "for the demo plant"
	if err := d.store.Accounts.RevokeToken(ctx, by, a.ID, tokenName, why); err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return "", err
	}
	scopes, err := rightsOf(a.Roles)
	if err != nil {
		return "", err
	}
	token, secret := newToken(a.ID, tokenName, scopes, demoTokenDays)
	return secret, d.store.Accounts.AddToken(ctx, by, token, why)
}
