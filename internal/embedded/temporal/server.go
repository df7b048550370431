//go:build !slim

package temporal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	temporalserver "go.temporal.io/server/temporal"
)

// Server is a running Temporal server.
type Server struct {
	// FrontendAddress is the gRPC host:port that clients dial.
	FrontendAddress string
	// Namespace is the namespace that is ready for use.
	Namespace string

	server temporalserver.Server
	log    *logger
	stop   sync.Once
}

// Start brings the two databases to this server's schema, starts the four services and returns when a workflow can be
// started in the namespace. ctx bounds the start only; the server runs until Stop.
//
// The server outlives a restart of PostgreSQL on the same address: calls fail or wait while it is away, and workflows
// go on when it is back.
func Start(ctx context.Context, opts Options) (*Server, error) {
	opts = opts.withDefaults()
	log := newLogger(opts.Logger)
	began := time.Now()
	if err := updateSchemas(ctx, opts.Database, log); err != nil {
		return nil, err
	}
	schema := time.Since(began)
	ports, err := claimPorts(opts.FrontendPort)
	if err != nil {
		return nil, err
	}
	dynamic := tuning()
	server, err := newServer(opts.Database, ports, dynamic, log)
	if err != nil {
		return nil, fmt.Errorf("prepare the Temporal server: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the Temporal server: %w", errors.Join(err, server.Stop()))
	}
	s := &Server{FrontendAddress: ports.address(primitives.FrontendService), Namespace: opts.Namespace, server: server, log: log}
	services := time.Since(began)
	if err := ensureNamespace(ctx, s.FrontendAddress, opts); err != nil {
		s.Stop()
		return nil, err
	}
	settle(dynamic)
	opts.Logger.Info("Temporal answers", "address", s.FrontendAddress, "namespace", s.Namespace,
		"schema", schema.Round(time.Millisecond), "services", (services - schema).Round(time.Millisecond),
		"took", time.Since(began).Round(time.Millisecond))
	return s, nil
}

func newServer(db Database, ports ports, dynamic dynamicconfig.Client, log *logger) (temporalserver.Server, error) {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, service := range services {
		hosts[service] = static.SingleLocalHost(ports.address(service))
	}
	return temporalserver.NewServer(
		temporalserver.ForServices(temporalserver.DefaultServices),
		temporalserver.WithConfig(serverConfig(db, ports)),
		temporalserver.WithStaticHosts(hosts),
		temporalserver.WithDynamicConfigClient(dynamic),
		temporalserver.WithLogger(log),
		temporalserver.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporalserver.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
	)
}

// Stop ends the four services. Open workflows stay in PostgreSQL and go on after the next Start. Stop may be called
// more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.log.hush()
		_ = s.server.Stop() // always nil: the services log what goes wrong in stopping
	})
}
