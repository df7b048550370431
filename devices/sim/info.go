package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"

	"github.com/steelthread/steelthread/devices"
)

// Info is what sim.json tells about a running plant. It holds secrets, so the file is 0600.
type Info struct {
	PID   int                 `json:"pid"`
	OPCUA map[string]Endpoint `json:"opcua"`
	MQTT  MQTTInfo            `json:"mqtt"`
	// Printer maps a printer to host:port.
	Printer map[string]string `json:"printer"`
	ERP     ERPInfo           `json:"erp"`
	Faults  FaultsInfo        `json:"faults"`
	// Devices are ready-made configurations of all devices.
	Devices []devices.Config `json:"devices"`
}

// Endpoint is a machine's OPC UA address and its certificate's SHA-256 thumbprint.
type Endpoint struct {
	Endpoint string `json:"endpoint"`
	Pin      string `json:"pin"`
}

// MQTTInfo names the broker that the cameras use and their topics.
type MQTTInfo struct {
	URL     string            `json:"url,omitempty"`
	Trigger map[string]string `json:"trigger,omitempty"`
	Result  map[string]string `json:"result,omitempty"`
}

// ERPInfo says where the ERP takes messages, shows them, and with which secret they are signed. CMMS is where the maintenance system beside it takes
// jobs, and shows what it knows of them.
type ERPInfo struct {
	URL      string `json:"url"`
	CMMS     string `json:"cmms"`
	Webhook  string `json:"webhook"`
	Messages string `json:"messages"`
	Secret   string `json:"secret"`
}

// FaultsInfo is the address of the fault board.
type FaultsInfo struct {
	URL string `json:"url"`
}

// ReadInfo reads sim.json from a plant's folder. It fails with fs.ErrNotExist before the first start.
func ReadInfo(dir string) (Info, error) {
	var i Info
	b, err := os.ReadFile(Options{Dir: dir}.path("sim.json"))
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(b, &i); err != nil {
		return i, fmt.Errorf("sim.json: %w", err)
	}
	return i, nil
}

func (i Info) write(o Options) error {
	b, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(o.path("sim.json"), b)
}

// lastPorts gives the ports of the last run, so that a restarted plant is found where it was.
func lastPorts(o Options) (Ports, string, error) {
	i, err := ReadInfo(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Ports{ByID: map[string]int{}}, "", nil
	}
	if err != nil {
		return Ports{}, "", err
	}
	p := Ports{ByID: map[string]int{}, ERP: portOf(i.ERP.URL), Control: portOf(i.Faults.URL)}
	for id, e := range i.OPCUA {
		p.ByID[id] = portOf(e.Endpoint)
	}
	for id, addr := range i.Printer {
		p.ByID[id] = portOf("tcp://" + addr)
	}
	return p, i.ERP.Secret, nil
}

func portOf(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 0
	}
	_, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(port)
	return n
}

func or(wish, last int) int {
	if wish != 0 {
		return wish
	}
	return last
}
