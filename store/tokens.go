package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func tokenOf(t sqlcgen.ApiToken) mes.Token {
	return mes.Token{ID: t.ID, Hash: t.Hash, Account: t.Account, Name: t.Name, Scopes: t.Scopes, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
		LastUsed: t.LastUsed, RevokedAt: t.RevokedAt, RevokedBy: t.RevokedBy}
}

// AddToken stores the hash of a service account's token.
func (a *Accounts) AddToken(ctx context.Context, by mes.Actor, t mes.Token, reason string) error {
	_, err := a.changed(ctx, t.Account, func(w *work) error {
		account, err := w.lockActive(ctx, t.Account)
		if err != nil {
			return err
		}
		var f mes.Faults
		f.Check(account.Kind == mes.AccountService, "account", "%s is a person; tokens are for programs", t.Account)
		f.Check(t.Hash != "", "hash", "is missing")
		f.Check(strings.TrimSpace(t.Name) != "", "name", "is missing")
		f.Check(len(t.Scopes) > 0, "scopes", "name at least one right")
		f.Check(t.ExpiresAt != nil, "expires_at", "is missing")
		if err := f.Err("The token was not stored."); err != nil {
			return err
		}
		p := sqlcgen.AddTokenParams{Hash: t.Hash, Account: t.Account, Name: t.Name, Scopes: t.Scopes, CreatedBy: by.ID, ExpiresAt: t.ExpiresAt}
		if err := w.later.AddToken(ctx, p); err != nil {
			return err
		}
		return w.audit(by, "token_added", "account", t.Account, reason, "", nil, map[string]any{"name": t.Name, "scopes": t.Scopes, "expires_at": t.ExpiresAt})
	})
	return err
}

// TokenOf finds a token by its hash, also one that has ended.
func (a *Accounts) TokenOf(ctx context.Context, hash string) (mes.Token, error) {
	row, err := a.q.TokenByHash(ctx, hash)
	return tokenOf(row), missing(err, "Token", "")
}

// Tokens lists an account's tokens.
func (a *Accounts) Tokens(ctx context.Context, account string) ([]mes.Token, error) {
	rows, err := a.q.TokensOf(ctx, account)
	out := make([]mes.Token, len(rows))
	for i, r := range rows {
		out[i] = tokenOf(r)
	}
	return out, translate(err)
}

// UsedToken notes that a token was used, to the minute.
func (a *Accounts) UsedToken(ctx context.Context, hash string) error {
	return translate(a.q.UsedToken(ctx, hash))
}

// EndToken ends one token at once.
func (a *Accounts) EndToken(ctx context.Context, by mes.Actor, account string, id int64, reason string) (mes.Token, error) {
	var out mes.Token
	_, err := a.changed(ctx, account, func(w *work) error {
		row, err := w.LockToken(ctx, sqlcgen.LockTokenParams{Account: account, ID: id})
		if err != nil {
			return missing(err, "Token", strconv.FormatInt(id, 10))
		}
		if row.RevokedAt != nil {
			return mes.Refuse(mes.CodeConflict, "The token was ended by "+row.RevokedBy+".", "Nothing was changed.", "")
		}
		if err := w.EndToken(ctx, sqlcgen.EndTokenParams{ID: id, RevokedBy: by.ID}); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = tokenOf(row)
		out.RevokedAt, out.RevokedBy = &now, by.ID
		return w.audit(by, "token_revoked", "account", account, reason, "", nil, map[string]any{"id": id, "name": row.Name})
	})
	return out, err
}

// RevokeToken ends the account's tokens of a name at once.
func (a *Accounts) RevokeToken(ctx context.Context, by mes.Actor, account, name, reason string) error {
	_, err := a.changed(ctx, account, func(w *work) error {
		n, err := w.RevokeToken(ctx, sqlcgen.RevokeTokenParams{Account: account, Name: name, RevokedBy: by.ID})
		if err != nil {
			return err
		}
		if n == 0 {
			return mes.NotFound("Token", account+"/"+name)
		}
		return w.audit(by, "token_revoked", "account", account, reason, "", nil, map[string]string{"name": name})
	})
	return err
}
