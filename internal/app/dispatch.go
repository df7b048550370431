package app

import (
	"fmt"
	"log/slog"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/workers/dispatch"
)

// startDispatcher empties the outbox: to workflows, to the archive, and to the ERP, the mail server and the webhook where they
// are configured. It also takes what other
// programs insert into the vision inbox.
func startDispatcher(p *parts, c client.Client, s *store.Store, erp *dispatch.ERP, cmms *dispatch.Webhook, set config.Config, log *slog.Logger, failed func(error)) error {
	mail, err := dispatch.NewMail(dispatch.MailSettings{URL: set.SMTPURL, Password: set.SMTPPassword, From: set.SMTPFrom, TLS: dispatch.MailTLS(set.SMTPTLS), Screens: set.PublicURL})
	if err != nil {
		return fmt.Errorf("MES_SMTP_URL: %w", err)
	}
	all := dispatch.All{Outbox: s.Outbox, Client: c, Archive: s.Archive, Releases: s.Releases, ERP: erp, Mail: mail, Calls: dispatch.NewCallHook(set.CallWebhookURL, set.CallWebhookSecret), Log: log}
	if cmms != nil {
		all.CMMS = &dispatch.CMMS{Webhook: cmms, Ledger: s.Maintenances}
	}
	p.background("dispatcher", all.Run, failed)
	p.background("vision inbox", dispatch.Inbox{Rows: s.Visions, Events: s.Events, Log: log}.Run, failed)
	return nil
}

// erpOf is the configured ERP; nil where there is none.
func erpOf(c config.Config) *dispatch.ERP {
	if c.ERPURL == "" {
		return nil
	}
	return dispatch.NewERP(c.ERPURL, c.ERPSecret)
}

// erp is the configured ERP, else the demo's.
func (h *house) erp() *dispatch.ERP {
	if e := erpOf(h.config); e != nil || h.demo == nil {
		return e
	}
	return dispatch.NewERP(h.demo.sim.ERP.Webhook, h.demo.sim.ERP.Secret)
}

// cmmsOf is the configured outside maintenance system; nil where there is none.
func cmmsOf(c config.Config) *dispatch.Webhook {
	if c.CMMSURL == "" {
		return nil
	}
	return dispatch.NewWebhook("the CMMS", c.CMMSURL, c.CMMSSecret)
}

// cmms is the configured one, else the demo's: the same partner that plays the ERP.
func (h *house) cmms() *dispatch.Webhook {
	if w := cmmsOf(h.config); w != nil || h.demo == nil {
		return w
	}
	return dispatch.NewWebhook("the CMMS", h.demo.sim.ERP.CMMS, h.demo.sim.ERP.Secret)
}
