package opcua

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/opcua/pki"
)

// life is one connection, from connect to close. Nothing of it outlives it: subscription and item IDs, types and limits
// are learnt anew, because the server may have been updated in between.
type life struct {
	client *opcua.Client
	broken chan error
	nodes  map[string]*ua.NodeID
	lost   map[string]error // tags that this server cannot have, with the reason
	limits limits

	mu    sync.Mutex
	types map[string]valueType
}

// limits are the server's own bounds on one request.
type limits struct {
	read, write, monitor int
}

// connect builds a client, checks whom it talks to, and learns what the server allows.
func (d *Device) connect(ctx context.Context) (*life, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	l := &life{broken: make(chan error, 1), types: map[string]valueType{}}
	opts, err := d.options(ctx)
	if err != nil {
		return nil, err
	}
	opts = append(opts, opcua.StateChangedFunc(func(s opcua.ConnState) {
		if s == opcua.Disconnected || s == opcua.Closed {
			l.fail(nil)
		}
	}))
	l.client, err = opcua.NewClient(d.cfg.Address, opts...)
	if err != nil {
		return nil, fmt.Errorf("prepare client: %w", err)
	}
	if err := connectSafely(ctx, l.client); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", d.cfg.Address, err)
	}
	if err := l.learn(ctx, d.nodes); err != nil {
		l.close()
		return nil, fmt.Errorf("read the server's limits: %w", err)
	}
	return l, nil
}

// connectSafely connects and turns two defects of the library into errors: it dereferences a session that is nil when
// the server's session signature is wrong, and it reports success without a session when its own signature fails.
func connectSafely(ctx context.Context, c *opcua.Client) (err error) {
	defer func() {
		if r := recover(); r != nil {
			_ = c.Close(ctx)
			err = fmt.Errorf("the server's session could not be verified: %v", r)
		}
	}()
	if err := c.Connect(ctx); err != nil {
		return err
	}
	if c.Session() == nil {
		_ = c.Close(ctx)
		return errors.New("the server gave no session")
	}
	return nil
}

func (d *Device) options(ctx context.Context) ([]opcua.Option, error) {
	opts := []opcua.Option{
		opcua.AutoReconnect(false),
		opcua.DialTimeout(dialTimeout),
		opcua.RequestTimeout(d.profile.Timeout.Std()),
		opcua.ApplicationName("Steelthread MES"),
		opcua.SessionName("steelthread/" + d.cfg.ID),
		opcua.SessionTimeout(sessionTimeout),
	}
	s := d.cfg.Security
	if !s.Secure() {
		return append(opts, opcua.SecurityPolicy("None"), opcua.SecurityMode(ua.MessageSecurityModeNone)), nil
	}
	ep, err := d.trustedEndpoint(ctx)
	if err != nil {
		return nil, err
	}
	cert, key, err := d.own.load()
	if err != nil {
		return nil, fmt.Errorf("own certificate: %w", err)
	}
	opts = append(opts, opcua.Certificate(cert), opcua.PrivateKey(key))
	if s.User == "" {
		return append(opts, opcua.SecurityFromEndpoint(ep, ua.UserTokenTypeAnonymous)), nil
	}
	return append(opts, opcua.AuthUsername(s.User, s.Password),
		opcua.SecurityFromEndpoint(ep, ua.UserTokenTypeUserName)), nil
}

// trustedEndpoint asks the server for its endpoints and gives the one with the wanted security, provided that it shows
// the pinned certificate. The library verifies no certificate, so this comparison is the whole of the trust: the channel
// that follows is encrypted to this very key, which only its owner can answer.
func (d *Device) trustedEndpoint(ctx context.Context) (*ua.EndpointDescription, error) {
	eps, err := opcua.GetEndpoints(ctx, d.cfg.Address, opcua.DialTimeout(dialTimeout),
		opcua.RequestTimeout(d.profile.Timeout.Std()))
	if err != nil {
		return nil, fmt.Errorf("ask %s for its endpoints: %w", d.cfg.Address, err)
	}
	policy := ua.FormatSecurityPolicyURI(d.cfg.Security.Policy)
	mode := ua.MessageSecurityModeFromString(d.cfg.Security.Mode)
	var offered []string
	for _, ep := range eps {
		if ep.SecurityPolicyURI != policy || ep.SecurityMode != mode {
			offered = append(offered, policyName(ep.SecurityPolicyURI)+"/"+modeName(ep.SecurityMode))
			continue
		}
		leaf, err := x509.ParseCertificates(ep.ServerCertificate)
		if err != nil || len(leaf) == 0 {
			return nil, fmt.Errorf("%s shows no readable certificate: %w", d.cfg.ID, devices.ErrUntrusted)
		}
		if got := pki.Thumbprint(leaf[0].Raw); !strings.EqualFold(got, d.cfg.Security.Pin) {
			return nil, fmt.Errorf("%s: pinned is %s, the server at %s shows %s (%s): %w", d.cfg.ID,
				strings.ToLower(d.cfg.Security.Pin), d.cfg.Address, got, leaf[0].Subject, devices.ErrUntrusted)
		}
		trusted := *ep
		trusted.ServerCertificate = leaf[0].Raw
		return &trusted, nil
	}
	return nil, fmt.Errorf("%s offers no %s/%s, but %v", d.cfg.ID, d.cfg.Security.Policy, d.cfg.Security.Mode, offered)
}

func policyName(uri string) string {
	_, name, _ := strings.Cut(uri, "#")
	return name
}

func modeName(m ua.MessageSecurityMode) string {
	return strings.TrimPrefix(m.String(), "MessageSecurityMode")
}
