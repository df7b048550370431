package sim

import (
	"context"
	"crypto/rsa"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"

	"github.com/steelthread/steelthread/devices/opcua/pki"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// plc is one machine with its OPC UA server. In front of the server stands a relay, at which connections are cut, refused
// and swallowed; behind it the server listens on a port of its own.
type plc struct {
	model     model
	opts      Options
	faults    *faults
	relay     *relay.Relay
	cert      []byte
	key       *rsa.PrivateKey
	machine   *machine
	stop      context.CancelFunc
	off       bool // switched off on purpose
	scanEnded chan struct{}
	taken     int // starts taken by earlier lives of the controller
}

// newPLC takes the machine's port and certificate. The machine itself is still off.
func newPLC(m model, o Options, f *faults, port int) (*plc, error) {
	p := &plc{model: m, opts: o, faults: f}
	var err error
	p.cert, p.key, err = pki.Load(o.path("pki", m.id), m.name+" "+m.id, "urn:steelthread:sim:"+m.id)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", m.id, err)
	}
	p.relay, err = listenRelay(o.Host, port)
	return p, err
}

// listenRelay listens on the wished port, or on any other when that is taken.
func listenRelay(host string, port int) (*relay.Relay, error) {
	r, err := relay.Listen(net.JoinHostPort(host, strconv.Itoa(port)), "")
	if err != nil && port != 0 {
		r, err = relay.Listen(net.JoinHostPort(host, "0"), "")
	}
	return r, err
}

func (p *plc) endpoint() string { return "opc.tcp://" + p.relay.Addr() }

func (p *plc) thumbprint() string { return pki.Thumbprint(p.cert) }

// start brings up a fresh controller with a fresh server; only the retentive memory is the old one.
func (p *plc) start() error {
	if p.stop != nil {
		return nil
	}
	m, err := newMachine(p.model, p.opts, p.faults)
	if err != nil {
		return fmt.Errorf("start %s: %w", p.model.id, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	srv, addr, err := p.listen(ctx, m)
	if err != nil {
		cancel()
		return fmt.Errorf("start %s: %w", p.model.id, err)
	}
	p.machine, p.scanEnded = m, make(chan struct{})
	go p.serve(ctx, srv)
	p.stop = cancel
	p.off = false
	p.relay.Retarget(addr)
	return p.relay.Up()
}

// halt ends controller and server at once, as a power cut would.
func (p *plc) halt() {
	p.off = true
	if p.stop == nil {
		return
	}
	p.relay.Down()
	p.stop()
	<-p.scanEnded
	p.machine.mu.Lock()
	p.taken += p.machine.pulses
	p.machine.mu.Unlock()
	p.stop = nil
}

func (p *plc) close() error {
	p.halt()
	return p.relay.Close()
}

// pulses counts the starts taken since the plant came up.
func (p *plc) pulses() int {
	if p.stop == nil {
		return p.taken
	}
	p.machine.mu.Lock()
	defer p.machine.mu.Unlock()
	return p.taken + p.machine.pulses
}

// listen starts the server behind the relay. The port is looked up first because the library does not tell which one it
// got; when somebody else is faster the next is tried.
func (p *plc) listen(ctx context.Context, m *machine) (*server.Server, string, error) {
	var last error
	for range 5 {
		port, err := freePort(p.opts.Host)
		if err != nil {
			return nil, "", err
		}
		srv, sp := p.build(m, port)
		if err := sp.attach(srv); err != nil {
			return nil, "", err
		}
		if last = srv.Start(ctx); last == nil {
			return srv, net.JoinHostPort(p.opts.Host, strconv.Itoa(port)), nil
		}
	}
	return nil, "", last
}

func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (p *plc) build(m *machine, port int) (*server.Server, *space) {
	_, public, _ := net.SplitHostPort(p.relay.Addr())
	publicPort, _ := strconv.Atoi(public)
	opts := []server.Option{
		server.EndPoint(p.opts.Host, port),       // where it listens
		server.EndPoint(p.opts.Host, publicPort), // where clients find it
		server.ServerName(m.model.name), server.ManufacturerName("Steelthread"), server.ProductName(m.model.id),
		server.Certificate(p.cert), server.PrivateKey(p.key),
		server.EnableSecurity("Basic256Sha256", ua.MessageSecurityModeSignAndEncrypt),
		server.EnableAuthMode(ua.UserTokenTypeAnonymous),
	}
	if p.opts.AllowNone {
		opts = append(opts, server.EnableSecurity("None", ua.MessageSecurityModeNone))
	}
	srv := server.New(opts...)
	(&subscriptions{srv: srv}).install()
	return srv, newSpace(m)
}

// serve runs the controller, tells the server's watchers of changes, and beats the server's clock, which the library
// itself never announces.
func (p *plc) serve(ctx context.Context, srv *server.Server) {
	news := &news{names: map[string]bool{}, wake: make(chan struct{}, 1)}
	go news.announce(ctx, srv)
	p.machine.run(ctx, news.add)
	close(p.scanEnded)
	srv.Close() // takes up to ten seconds when a client is gone; nobody waits for it
}

// news collects changed registers until the server has told its watchers of them. A watcher that does not read can stop
// the server's own telling; it must not stop the controller's scan.
type news struct {
	mu    sync.Mutex
	names map[string]bool
	wake  chan struct{}
}

func (n *news) add(names []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range names {
		n.names[name] = true
	}
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *news) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := slices.Sorted(maps.Keys(n.names))
	clear(n.names)
	return out
}

func (n *news) announce(ctx context.Context, srv *server.Server) {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	clock := ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime)
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			srv.ChangeNotification(clock)
		case <-n.wake:
			for _, name := range n.take() {
				srv.ChangeNotification(ua.NewStringNodeID(1, nodeName(name)))
			}
		}
	}
}

// subscriptions mends what the library does wrong when a subscription is made: it reuses the IDs of ended ones, so that
// one client's farewell silences another, takes any lifetime, and panics on a publishing interval of 0.
type subscriptions struct {
	srv  *server.Server
	last uint32
	pad  uint32
}

func (s *subscriptions) install() {
	s.srv.RegisterHandler(id.CreateSubscriptionRequest_Encoding_DefaultBinary, s.create)
}

func (s *subscriptions) create(sc *uasc.SecureChannel, r ua.Request, reqID uint32) (ua.Response, error) {
	req, ok := r.(*ua.CreateSubscriptionRequest)
	if !ok {
		return nil, ua.StatusBadRequestTypeInvalid
	}
	req.RequestedPublishingInterval = min(max(req.RequestedPublishingInterval, 50), 10_000)
	req.RequestedMaxKeepAliveCount = min(max(req.RequestedMaxKeepAliveCount, 1), 50)
	req.RequestedLifetimeCount = min(max(req.RequestedLifetimeCount, 3*req.RequestedMaxKeepAliveCount), 300)
	svc := s.srv.SubscriptionService
	svc.Mu.Lock()
	// The library takes the number of subscriptions plus one as the next ID, so entries that nobody can name fill it up.
	for uint32(len(svc.Subs)) < s.last {
		s.pad++
		svc.Subs[1<<31+s.pad] = server.NewSubscription()
	}
	svc.Mu.Unlock()
	resp, err := svc.CreateSubscription(sc, req, reqID)
	if made, ok := resp.(*ua.CreateSubscriptionResponse); ok {
		s.last = made.SubscriptionID
	}
	return resp, err
}
