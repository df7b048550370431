//go:build !slim

package temporal

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
)

const (
	loopback = "127.0.0.1"
	// clusterName is stored with the data, as is the number of shards: neither can change later.
	clusterName   = "active"
	historyShards = 4
	// Each of the four services opens a pool of its own for each store: at most 4 × (16 + 4) connections, well below
	// the 200 that PostgreSQL allows, so that the MES always finds one.
	mainConnections       = 16
	visibilityConnections = 4
)

var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

// ports are the gRPC ports of the services.
type ports map[primitives.ServiceName]int

func (p ports) address(service primitives.ServiceName) string {
	return net.JoinHostPort(loopback, strconv.Itoa(p[service]))
}

// claimPorts finds free ports, all of them open at the same time so that no two are the same. frontend may be given.
func claimPorts(frontend int) (ports, error) {
	found := ports{}
	var open []net.Listener
	var err error
	for _, service := range services {
		want := 0
		if service == primitives.FrontendService {
			want = frontend
		}
		l, listenErr := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(want)))
		if listenErr != nil {
			err = fmt.Errorf("Temporal cannot use port %d; choose another one, or 0 for a free one: %w", want, listenErr)
			break
		}
		open = append(open, l)
		found[service] = l.Addr().(*net.TCPAddr).Port
	}
	for _, l := range open {
		err = errors.Join(err, l.Close())
	}
	return found, err
}

// serverConfig is what Temporal otherwise reads from its configuration file.
func serverConfig(db Database, ports ports) *config.Config {
	frontend := ports.address(primitives.FrontendService)
	cfg := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     MainDatabase,
			VisibilityStore:  VisibilityDatabase,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				MainDatabase:       {SQL: sqlConfig(db, MainDatabase, mainConnections)},
				VisibilityDatabase: {SQL: sqlConfig(db, VisibilityDatabase, visibilityConnections)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Services:            map[string]config.Service{},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
	}
	cfg.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}
	for _, service := range services {
		cfg.Services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: ports[service], BindOnIP: loopback}}
	}
	return cfg
}

// sqlConfig names one database. The pool keeps as many connections as it may open, because a login with SCRAM costs
// more than a statement.
func sqlConfig(db Database, name string, connections int) *config.SQL {
	return &config.SQL{
		PluginName:      postgresql.PluginNamePGX,
		ConnectAddr:     db.Address,
		ConnectProtocol: "tcp",
		DatabaseName:    name,
		User:            db.User,
		Password:        db.Password,
		MaxConns:        connections,
		MaxIdleConns:    connections,
		MaxConnLifetime: time.Hour,
	}
}
