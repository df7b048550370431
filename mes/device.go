package mes

import (
	"context"
	"fmt"
	"slices"
)

// DeviceOwner is where a device stands and which programs speak for it. Readings are accepted only from them, and only
// for lots at that station (21 CFR 11.10(h)).
type DeviceOwner struct {
	ID      string   `json:"id"`
	Site    string   `json:"site"`
	Station string   `json:"station"`
	Senders []string `json:"senders"` // accounts, besides the edge of the site
}

// SpokenForBy tells whether an account may speak for the device: the edge of its site, or a program that is bound to it.
// A person never is a device.
func (d DeviceOwner) SpokenForBy(who Principal) bool {
	if !who.Service || who.Site != d.Site {
		return false
	}
	return slices.Contains(who.Roles, RoleEdge) || slices.Contains(d.Senders, who.ID)
}

// Devices finds who speaks for devices.
type Devices interface {
	// Owner reads a device of a site. Codes: not_found.
	Owner(ctx context.Context, site, device string) (DeviceOwner, error)
	// Bind makes a program speak for these devices and no others. Codes: not_found (account, device), unprocessable (a person).
	Bind(ctx context.Context, by Actor, site, account string, devices []string, reason string) error
}

// CheckDevices refuses an entry that would take a reading from, or send a command to, a device that does not stand where
// the lot is. stands is the station of each device that the entry names, by its ID.
func (e Entry) CheckDevices(stands map[string]string) error {
	if s := e.Step; s != nil && s.Device != "" && !s.ByHand {
		if err := deviceAt(s.Device, stands[s.Device], s.Station); err != nil {
			return err
		}
	}
	if on := e.After.Device(); on != "" && e.After.State != LotQueued {
		return deviceAt(on, stands[on], e.After.Station)
	}
	return nil
}

// Devices are the devices that the entry names.
func (e Entry) Devices() []string {
	out := []string{}
	if e.Step != nil && e.Step.Device != "" {
		out = append(out, e.Step.Device)
	}
	if on := e.After.Device(); on != "" {
		out = append(out, on)
	}
	return out
}

// Device is the machine, camera or printer that the lot waits for; empty when it waits for none.
func (p Progress) Device() string {
	if p.Wait.Kind == WaitMachine || p.Wait.Kind == WaitCamera {
		return p.Wait.On
	}
	return ""
}

func deviceAt(device, stands, station string) error {
	switch stands {
	case station:
		return nil
	case "":
		return NotFound("Device", device)
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s stands at %s, not at %s.", device, stands, station), "Nothing was stored.",
		fmt.Sprintf("Take the lot to %s, or correct the routing.", stands))
}
