package mqtt

import (
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

const (
	// The pause between two attempts to connect grows from backOffMin to backOffMax.
	backOffMin = 200 * time.Millisecond
	backOffMax = 2 * time.Second
	// connectTimeout bounds one attempt; keepAlive and pingTimeout how long a silent broker is believed.
	connectTimeout = 2 * time.Second
	keepAlive      = 5 * time.Second
	pingTimeout    = 3 * time.Second
)

// oneLife are the options of a client that lives as long as one connection: the library does not connect again by itself, and
// lost hears once that it has ended.
func oneLife(c devices.Config, lost chan<- error) *paho.ClientOptions {
	return paho.NewClientOptions().AddBroker(c.Address).SetUsername(c.Security.User).SetPassword(c.Security.Password).
		SetProtocolVersion(4).SetConnectRetry(false).SetAutoReconnect(false).SetConnectTimeout(connectTimeout).
		SetKeepAlive(keepAlive).SetPingTimeout(pingTimeout).SetWriteTimeout(3 * time.Second).
		SetConnectionLostHandler(func(_ paho.Client, err error) {
			select {
			case lost <- err:
			default:
			}
		})
}

func connect(client paho.Client, address string) error {
	t := client.Connect()
	if !t.WaitTimeout(connectTimeout + time.Second) {
		return fmt.Errorf("connect to %s: %w", address, devices.ErrNoAnswer)
	}
	if err := t.Error(); err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	return nil
}

// subscribed waits for the broker's word on a subscription. The library tells a refused topic by its result alone.
func subscribed(t paho.Token, patience time.Duration) error {
	if !t.WaitTimeout(patience) {
		return fmt.Errorf("subscribe: %w", devices.ErrNoAnswer)
	}
	if err := t.Error(); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	if s, ok := t.(*paho.SubscribeToken); ok {
		for topic, code := range s.Result() {
			if code == 0x80 {
				return fmt.Errorf("subscribe %s: %w", topic, devices.ErrRefused)
			}
		}
	}
	return nil
}
