package opcua

import (
	"context"
	"fmt"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
)

const (
	dialTimeout = 2 * time.Second
	// sessionTimeout is how long a server keeps the session of a connection that was cut. Controllers have room for few
	// sessions, often ten; the library's 20 minutes would let a bad switch lock us out. Heartbeats keep it alive.
	sessionTimeout = 10 * time.Second
	// defaultLimit is used where a server names no limit of its own.
	defaultLimit = 1000
)

// learn reads the server's operation limits, one node at a time since the limit is not known yet, and resolves the mapped
// nodes against the server's namespaces.
func (l *life) learn(ctx context.Context, specs map[string]nodeSpec) error {
	for _, lim := range []struct {
		node uint32
		into *int
	}{
		{id.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead, &l.limits.read},
		{id.Server_ServerCapabilities_OperationLimits_MaxNodesPerWrite, &l.limits.write},
		{id.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall, &l.limits.monitor},
	} {
		n, err := l.limit(ctx, lim.node)
		if err != nil {
			return err
		}
		*lim.into = n
	}
	l.nodes, l.lost = map[string]*ua.NodeID{}, map[string]error{}
	for tag, spec := range specs {
		node, err := spec.resolve(l.client.Namespaces())
		if err != nil {
			l.lost[tag] = fmt.Errorf("%s: %w", tag, err)
			continue
		}
		l.nodes[tag] = node
	}
	return nil
}

// limit reads one operation limit. A server that has none, or says 0, gets the default.
func (l *life) limit(ctx context.Context, node uint32) (int, error) {
	res, err := l.client.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{
		{NodeID: ua.NewNumericNodeID(0, node), AttributeID: ua.AttributeIDValue}}})
	if err != nil {
		return 0, err
	}
	if len(res.Results) == 1 && res.Results[0].Status == ua.StatusOK && res.Results[0].Value != nil {
		if n, ok := res.Results[0].Value.Value().(uint32); ok && n > 0 && n < defaultLimit {
			return int(n), nil
		}
	}
	return defaultLimit, nil
}
