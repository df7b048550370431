package api

import (
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

// routeVisionEvents is the address at which inference servers leave vision events, with pictures and annotations, as they
// would at the local event store of their vendor. It lies outside the API's base because they put /v2/events behind
// whatever address they are given.
const routeVisionEvents = "visionEvents"

// statusOverloaded is what those servers take as "wait, and send it again".
const statusOverloaded = 529

// visionEvent takes one event. The answer is 201 for a repetition, too: the sender takes anything else as a failure.
func (s *Server) visionEvent(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	v, found, err := s.readEvent(c, body)
	if err != nil {
		return err
	}
	got, err := s.ingest(c.Request().Context(), []mes.VisionResult{v}, []string{found.Image}, "")
	if err != nil {
		return s.overloaded(c, err)
	}
	return c.JSON(http.StatusCreated, got[0])
}

func (s *Server) readEvent(c echo.Context, body []byte) (mes.VisionResult, mes.Finding, error) {
	r := requestOf(c.Request().Context())
	v, found, err := mes.ReadVisionEvent(body)
	v.Site, v.Source, v.Body, v.Way = r.who.Site, r.who.ID, body, mes.WayEvents
	return v, found, err
}

// EventBatch is the answer to a batch, in the words of the vendor's own.
type EventBatch struct {
	Created  int                 `json:"created"`
	EventIDs []string            `json:"eventIds"`
	Receipts []mes.VisionReceipt `json:"receipts"`
}

// visionEventBatch takes several events, all or none.
func (s *Server) visionEventBatch(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	events, err := mes.ReadVisionEvents(body)
	if err != nil {
		return err
	}
	var f mes.Faults
	list, images := make([]mes.VisionResult, len(events)), make([]string, len(events))
	for n, raw := range events {
		v, found, err := s.readEvent(c, raw)
		f = append(f, fieldsUnder(fmt.Sprintf("events[%d].", n), err)...)
		list[n], images[n] = v, found.Image
	}
	if err := f.Err("None of the events was stored."); err != nil {
		return err
	}
	got, err := s.ingest(c.Request().Context(), list, images, "events[%d].")
	if err != nil {
		return s.overloaded(c, err)
	}
	out := EventBatch{EventIDs: []string{}, Receipts: got}
	for _, one := range got {
		out.EventIDs = append(out.EventIDs, one.ID)
		if one.Match != mes.MatchDuplicate {
			out.Created++
		}
	}
	return c.JSON(http.StatusCreated, out)
}

// overloaded says in the senders' own words that too much comes at once.
func (s *Server) overloaded(c echo.Context, err error) error {
	if mes.CodeOf(err) != mes.CodeTooMany {
		return err
	}
	p := problemOf(c.Request().Context(), err)
	p.Status = statusOverloaded
	return p
}
