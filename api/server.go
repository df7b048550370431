package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"github.com/steelthread/steelthread/mes"
)

// Server is the API with its screens. It is an http.Handler; Run keeps its event streams and metrics fed.
type Server struct {
	Deps
	echo      *echo.Echo
	huma      huma.API
	routes    map[routeKey]*route
	sessions  *scs.SessionManager
	ids       *identities
	oidc      *provider // nil without an identity provider
	strangers strangers
	terminals *knownTerminals
	forgers   strangers // addresses that sent tokens or sessions which are none
	plants    *plants
	confirmed confirmations
	keys      *keyLocks
	intake    *semaphore.Weighted // bytes of bodies with pictures that are on their way in
	values    *semaphore.Weighted // bytes of recorded values that are on their way in
	exports   *semaphore.Weighted
	meters    *meters
	hub       *hub
	origins   *http.CrossOriginProtection
	wrong     error // the first mistake in the table of routes
}

// New builds the API. It fails when a port is missing, when a route has no right, or when the policy can't be read.
func New(d Deps) (*Server, error) {
	d, err := d.complete()
	if err != nil {
		return nil, err
	}
	configureHuma()
	s := &Server{Deps: d, echo: echo.New(), routes: map[routeKey]*route{}, keys: newKeyLocks(), intake: semaphore.NewWeighted(d.Limits.Intake), origins: http.NewCrossOriginProtection(),
		values: semaphore.NewWeighted(4 * mes.MaxTelemetryBody), exports: semaphore.NewWeighted(exportsAtOnce)}
	if err := s.trustPublicURL(); err != nil {
		return nil, err
	}
	s.sessions = newSessions(d)
	s.ids = newIdentities(s)
	s.oidc = newProvider(d)
	s.terminals = newTerminals(s)
	s.plants = newPlants(d.Plant)
	s.hub = newHub(d.Events, d.Limits.Clients, s.ids.heard)
	if s.meters, err = newMeters(s); err != nil {
		return nil, err
	}
	s.echo.HTTPErrorHandler = s.unrouted
	s.echo.Use(s.observe, s.protect, s.plainAddress, s.limitBody, s.sameOrigin, s.identify, s.authorize, s.takePictures, s.onlyOnce)
	s.huma = humaecho.New(s.echo, humaConfig(d.Version))
	s.huma.UseMiddleware(negotiateTable)
	s.register()
	return s, errors.Join(s.wrong, s.everyRouteKnown())
}

// humaConfig turns off what huma would serve by itself: its documentation page loads from the internet, which a plant
// does not have.
func humaConfig(version string) huma.Config {
	c := huma.DefaultConfig("Steelthread", version)
	c.Info.Description = "The API of the Steelthread MES. Times are RFC 3339 in UTC; decimals go out as strings and come in as strings or numbers."
	c.DocsPath, c.OpenAPIPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat, csvType: {Marshal: writeTable}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "Set by POST /api/v1/login."},
		"token":   {Type: "http", Scheme: "bearer", Description: "A service account's token."},
	}
	describeTypes(c.Components.Schemas)
	return c
}

// register lays out every route. The order is that of the OpenAPI document's groups.
func (s *Server) register() {
	for _, noun := range []func(){
		s.loginRoutes, s.oidcRoutes, s.secretRoutes, s.mySiteRoutes, s.sessionRoutes, s.peopleRoutes, s.tokenRoutes,
		s.plantRoutes, s.orderRoutes, s.orderCommandRoutes, s.historyRoutes, s.lotRoutes, s.recordRoutes, s.releaseRoutes, s.lotCommandRoutes, s.genealogyRoutes,
		s.stationRoutes, s.operationRoutes, s.scanRoutes, s.signatureRoutes, s.documentRoutes, s.pictureRoutes, s.orderRevisionRoutes, s.materialRoutes, s.shipmentRoutes,
		s.visionRoutes, s.blobRoutes,
		s.outboxRoutes, s.inboxRoutes, s.eventRoutes, s.auditRoutes, s.auditReviewRoutes, s.edgeRoutes, s.healthRoutes, s.docsRoutes, s.engineRoutes, s.webRoutes,
		s.terminalRoutes, s.shiftRoutes, s.alertRoutes, s.qualificationRoutes, s.labourRoutes,

		// Reactions.
		s.reactionRoutes,

		// Verdicts, models.

		// Inspection review.
		s.verdictReviewRoutes, s.inspectionRuleRoutes, s.labelledExportRoutes, s.visionModelRoutes, s.stationStopRoutes, s.visionEventRoutes,

		// Containment.
		s.holdRoutes,

		// Statistical process control.
		s.chartRoutes,

		// Inspection plans, gauges.
		s.gaugeRoutes, s.inspectionRoutes, s.studyRoutes,

		// Nonconformances.

		s.nonconformanceRoutes, s.defectCodeRoutes, s.permitRoutes, s.qualityCostRoutes,

		// Corrective and preventive action.
		s.capaRoutes,

		// Recall, split, merge.
		s.lotDivisionRoutes, s.recallRoutes,

		// Machines.
		s.machineRoutes, s.downtimeRoutes,

		// Shift calendar, OEE.
		s.calendarRoutes, s.figureRoutes,

		// Telemetry.
		s.telemetryRoutes,

		// Maintenance.
		s.maintenanceRoutes,

		// Andon, line board.
		s.callRoutes, s.boardRoutes,

		// Dispatching.
		s.dispatchRoutes,
	} {
		noun()
	}
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Run feeds the event streams until ctx ends, and hears what makes a session or token end.
func (s *Server) Run(ctx context.Context) error {
	go s.sweep(ctx)
	return s.hub.run(ctx)
}

// sweep removes expired sessions now and then. They open nothing in the meantime.
func (s *Server) sweep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
		if err := s.Sessions.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "expired sessions not removed", "err", err)
		}
	}
}

const sweepEvery = 10 * time.Minute

// OpenAPI is the document that describes this API, indented, as openapi.json holds it.
func (s *Server) OpenAPI() ([]byte, error) { return openAPI(s.huma) }

// trustPublicURL accepts browsers that reach the house through a proxy under its public name.
func (s *Server) trustPublicURL() error {
	if s.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" {
		return fmt.Errorf("api: the public URL %q is no absolute URL", s.PublicURL)
	}
	return s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

// unrouted answers what reached no handler: unknown addresses, wrong methods.
func (s *Server) unrouted(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			err = mes.Refuse(mes.CodeNotFound, "There is nothing at this address.", "", "Look it up at /docs.")
		case http.StatusMethodNotAllowed:
			err = mes.Refuse(codeMethod, c.Request().Method+" is not done at this address.", "", "Look it up at /docs.")
		}
	}
	s.refuse(c, err)
}

// refuse writes an error as a problem document.
func (s *Server) refuse(c echo.Context, err error) {
	p := problemOf(c.Request().Context(), err)
	for k, v := range p.GetHeaders() {
		c.Response().Header()[k] = v
	}
	c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
	if err := c.JSON(p.Status, p); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.DebugContext(c.Request().Context(), "answer not delivered", "err", err)
	}
}

// everyRouteKnown proves that nothing is served without a right of its own.
func (s *Server) everyRouteKnown() error {
	for _, r := range s.echo.Routes() {
		if strings.HasPrefix(r.Method, "echo_") {
			continue
		}
		if _, ok := s.routes[routeKey{r.Method, r.Path}]; !ok {
			return fmt.Errorf("api: route %s %s has no right", r.Method, r.Path)
		}
	}
	return nil
}
