// Package broker runs an MQTT broker inside this process, for a plant whose cameras and machines have no broker of
// their own yet. It listens on 127.0.0.1 only, knows every client by user name and password, and lets each user publish
// and subscribe below the topics given to it and nowhere else.
//
// It keeps sessions and messages in memory: what a client has not fetched is lost when this process ends. A plant that
// cannot live with that runs mosquitto and sets MES_MQTT_URL.
package broker

import (
	"fmt"
	"log/slog"
	"math"
	"net"
	"strconv"
	"sync"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
)

const listenerID = "loopback"

// maxPacket bounds one message: a camera's image of 8 MiB in base64, with room for its envelope.
const maxPacket = 16 << 20

// User is one login and what it may do. Publish and Subscribe hold topic prefixes: "vision/HAM" stands for that topic
// and every topic below it, "" for all topics but the broker's own ($SYS).
type User struct {
	Name      string
	Password  string
	Publish   []string
	Subscribe []string
}

// Options configure a broker.
type Options struct {
	// Port is the TCP port on 127.0.0.1; 0 takes a free one.
	Port int
	// Users may log in. Nobody else may.
	Users []User
	// MaxInflight is how many unacknowledged messages of QoS 1 the broker keeps for one client, also while that client
	// is away; 0 means 65,535, the most that MQTT can number. What comes on top is dropped, see InflightDropped.
	MaxInflight uint16
	// Logger receives warnings; nil means slog.Default().
	Logger *slog.Logger
}

// Broker is a running MQTT broker.
type Broker struct {
	server  *mqtt.Server
	address string
	stop    sync.Once
	stopErr error
}

// Start opens the port and returns when clients can connect. It fails when the port is taken or a user has no name or
// password.
func Start(opts Options) (*Broker, error) {
	known, err := newAccounts(opts.Users)
	if err != nil {
		return nil, err
	}
	log := opts.Logger
	if log == nil {
		log = slog.Default()
	}
	server := mqtt.New(&mqtt.Options{Logger: slog.New(newWarnings(log.Handler())), Capabilities: capabilities(opts.MaxInflight)})
	if err := server.AddHook(known, nil); err != nil {
		return nil, fmt.Errorf("set up the broker's logins: %w", err)
	}
	tcp := listeners.NewTCP(listeners.Config{ID: listenerID, Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(opts.Port))})
	if err := server.AddListener(tcp); err != nil {
		return nil, fmt.Errorf("the MQTT broker cannot use port %d; choose another one, or 0 for a free one: %w", opts.Port, err)
	}
	if err := server.Serve(); err != nil {
		return nil, fmt.Errorf("start the MQTT broker: %w", err)
	}
	log.Info("MQTT broker answers", "address", tcp.Address(), "users", len(opts.Users))
	return &Broker{server: server, address: tcp.Address()}, nil
}

func capabilities(maxInflight uint16) *mqtt.Capabilities {
	if maxInflight == 0 {
		maxInflight = math.MaxUint16
	}
	c := mqtt.NewDefaultServerCapabilities()
	c.MaximumInflight = maxInflight
	c.MaximumPacketSize = maxPacket
	return c
}

// Address is the broker's host:port.
func (b *Broker) Address() string { return b.address }

// URL is where clients connect, without a login: mqtt://127.0.0.1:1883.
func (b *Broker) URL() string { return "mqtt://" + b.address }

// InflightDropped counts the messages of QoS 1 or 2 that the broker has thrown away since its start, because a client
// had too many unacknowledged ones. The broker says nothing to sender or receiver, so whoever runs it watches this
// number: every increase is lost data.
func (b *Broker) InflightDropped() int64 { return b.server.Info.Clone().InflightDropped }

// Stats is what the broker has done since its start.
type Stats struct {
	Clients         int64 // connected now
	Received        int64 // messages from clients
	Sent            int64 // messages to clients
	InflightDropped int64 // see Broker.InflightDropped
	SlowDropped     int64 // messages thrown away because a connected client did not read fast enough
}

// Stats reads the counters.
func (b *Broker) Stats() Stats {
	i := b.server.Info.Clone()
	return Stats{
		Clients: i.ClientsConnected, Received: i.MessagesReceived, Sent: i.MessagesSent,
		InflightDropped: i.InflightDropped, SlowDropped: i.MessagesDropped,
	}
}

// Stop disconnects the clients and closes the port. It may be called more than once.
func (b *Broker) Stop() error {
	b.stop.Do(func() { b.stopErr = b.server.Close() })
	return b.stopErr
}
