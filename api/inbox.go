package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) inboxRoutes() {
	handle(s, route{Method: "GET", Path: "/erp/inbox", ID: "listInbox", Group: "erp", Right: policies.InboxRead,
		Short: "What the demonstration ERP has received", Long: "A real ERP has its own screens; without a demonstration ERP this answers 404."}, s.listInbox)
}

// InboxMessage is a message as the demonstration ERP got it.
type InboxMessage struct {
	Key        string          `json:"key"`
	ReceivedAt time.Time       `json:"received_at"`
	Verified   bool            `json:"verified" doc:"The signature fits."`
	Why        string          `json:"why,omitempty" doc:"Why it was not taken."`
	Duplicates int             `json:"duplicates" doc:"How often it came again."`
	Body       json.RawMessage `json:"body"`
}

// inboxClient asks the ERP; it is on the plant's own network, so a few seconds are patience enough.
var inboxClient = &http.Client{Timeout: 5 * time.Second}

// inboxLimit bounds what is read of the ERP's answer.
const inboxLimit = 16 << 20

func (s *Server) listInbox(ctx context.Context, _ *struct{}) (*one[mes.Page[InboxMessage]], error) {
	if s.InboxURL == "" {
		return nil, mes.Refuse(mes.CodeNotFound, "There is no demonstration ERP here.", "", "Look at the ERP's own screens.")
	}
	p, err := s.readInbox(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "demonstration ERP not read", "err", err)
		return nil, mes.Refuse(mes.CodeUnavailable, "The demonstration ERP does not answer.", "Messages to it wait in the outbox.", "Try again in a moment.")
	}
	return answer(filled(p), nil)
}

func (s *Server) readInbox(ctx context.Context) (p mes.Page[InboxMessage], err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.InboxURL, nil)
	if err != nil {
		return p, err
	}
	resp, err := inboxClient.Do(req)
	if err != nil {
		return p, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read to the end, or is of no use
	if resp.StatusCode != http.StatusOK {
		return p, fmt.Errorf("status %s", resp.Status)
	}
	return p, json.NewDecoder(io.LimitReader(resp.Body, inboxLimit)).Decode(&p)
}
