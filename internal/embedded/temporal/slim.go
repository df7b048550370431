//go:build slim

package temporal

import (
	"context"
	"net/http"
)

// Server stands in for the embedded server in a slim build. There is never one, because Start fails.
type Server struct {
	// FrontendAddress is the gRPC host:port.
	FrontendAddress string
	// Namespace is the namespace that is ready for use.
	Namespace string
}

// Start fails with ErrSlim.
func Start(context.Context, Options) (*Server, error) { return nil, ErrSlim }

// Stop does nothing.
func (*Server) Stop() {}

// NewUI fails with ErrSlim.
func NewUI(UIOptions) (http.Handler, error) { return nil, ErrSlim }
