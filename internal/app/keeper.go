package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/witness"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

func auditKeys(c config.Config) witness.Keys { return witness.Keys{File: c.AuditKeyFile} }

func auditLog(c config.Config) witness.Log { return witness.Log{File: c.AuditLog} }

func proverOf(s *store.Store, k witness.Keys, l witness.Log) *witness.Prover {
	return &witness.Prover{Audits: s.Audits, Keys: k, Log: l}
}

// keeperOf keeps the audit trail's checkpoints with the given key and file.
func keeperOf(s *store.Store, c config.Config, k witness.Keys, l witness.Log, log *slog.Logger) *witness.Keeper {
	return &witness.Keeper{Audits: s.Audits, Alerts: s.Alerts, Sites: s.Plant, Reviews: s.Reviews, Keys: k, Log: l, Every: c.AuditCheckpoint, Review: c.AuditReview,
		Logger: log, Prover: proverOf(s, k, l)}
}

// startKeeper makes checkpoints with the key in the data folder, which is made at the first start.
func (h *house) startKeeper(ctx context.Context) error {
	keys := witness.Keys{File: or(h.config.AuditKeyFile, h.folder.path("keys", "audit.ed25519"))}
	log := witness.Log{File: or(h.config.AuditLog, h.folder.path("audit", "checkpoints.jsonl"))}
	h.keeper = keeperOf(h.store, h.config, keys, log, h.log)
	if err := h.keeper.Prepare(ctx); err != nil {
		return err
	}
	h.background("audit keeper", h.keeper.Run, h.fail)
	return nil
}

// keeper makes checkpoints where this process has a key.
func (r *role) keeper(ctx context.Context, s *store.Store) error {
	if r.config.AuditKeyFile == "" || r.config.AuditLog == "" {
		r.log.Warn("MES_AUDIT_KEY_FILE and MES_AUDIT_LOG are not both set: this process makes no audit checkpoints")
		return nil
	}
	k := keeperOf(s, r.config, auditKeys(r.config), auditLog(r.config), r.log)
	if err := k.Prepare(ctx); err != nil {
		return err
	}
	r.background("audit keeper", k.Run, r.fail)
	return nil
}

// checkLate is the age of the last whole check from which the health screen warns: the daily one did not come.
const checkLate = 26 * time.Hour

// auditProbe tells the health screen whether the audit trail was found whole.
func auditProbe(s *store.Store) api.Probe {
	return api.Probe{Name: "audit trail", Ask: func(ctx context.Context) api.Part {
		v, err := s.Audits.LastVerified(ctx, true)
		switch {
		case mes.CodeOf(err) == mes.CodeNotFound:
			return api.Part{State: api.PartUnknown, Detail: "was not checked yet"}
		case err != nil:
			return api.Part{State: api.PartUnknown, Detail: "the database does not say"}
		case !v.OK:
			return api.Part{State: api.PartDown, Detail: "does not fit: " + v.Why, Since: &v.At}
		case time.Since(v.At) > checkLate:
			return api.Part{State: api.PartWarn, Detail: "was not checked for more than a day", Since: &v.At}
		}
		return api.Part{State: api.PartOK, Detail: "checked from end to end"}
	}}
}
