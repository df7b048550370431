package devices_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/devices"
)

func fakeHub(t *testing.T, cfgs ...devices.Config) (*devices.Hub, map[string]*fakeMachine) {
	t.Helper()
	made := map[string]*fakeMachine{}
	factory := func(c devices.Config) (devices.Device, error) {
		f := newFake()
		c.Tags, c.Values, c.Profile = f.cfg.Tags, f.cfg.Values, f.cfg.Profile
		f.cfg = c
		made[c.ID] = f
		return f, nil
	}
	h, err := devices.NewHub(map[string]devices.Factory{"fake": factory}, cfgs)
	if err != nil {
		t.Fatal(err)
	}
	return h, made
}

func config(id string) devices.Config {
	return devices.Config{ID: id, Site: "HAM", Driver: "fake", Address: "x"}
}

func TestHubOpensLazilyAndReplacesWhatChanged(t *testing.T) {
	h, made := fakeHub(t, config("A"), config("B"))
	if len(made) != 0 {
		t.Fatal("a device was opened before anybody asked")
	}
	for _, id := range []string{"A", "B", "A"} {
		if _, err := h.Machine(id); err != nil {
			t.Fatal(err)
		}
	}
	a, b := made["A"], made["B"]
	changedB := config("B")
	changedB.Station = "ST20"
	changed, err := h.Apply([]devices.Config{config("A"), changedB, config("C")})
	if err != nil || strings.Join(changed, " ") != "B C" {
		t.Fatalf("changed %v, error %v", changed, err)
	}
	if a.closed || !b.closed {
		t.Fatalf("A closed: %v, B closed: %v", a.closed, b.closed)
	}
	if _, err := h.Get("Z"); !errors.Is(err, devices.ErrUnknownDevice) {
		t.Fatal(err)
	}
	if _, err := h.Printer("A"); !errors.Is(err, devices.ErrUnsupported) {
		t.Fatal(err)
	}
	if hs := h.Health(); len(hs) != 3 || hs[0].State != devices.Connected || hs[2].State != devices.Down {
		t.Fatalf("health %+v", hs)
	}
	if err := h.Close(); err != nil || !a.closed {
		t.Fatal("Close leaves A open", err)
	}
	if _, err := h.Get("A"); !errors.Is(err, devices.ErrClosed) {
		t.Fatal(err)
	}
}

func TestHubKeepsTheOldConfigurationWhenTheNewOneIsWrong(t *testing.T) {
	h, _ := fakeHub(t, config("A"))
	bad := config("B")
	bad.Driver = "fax"
	if _, err := h.Apply([]devices.Config{bad}); err == nil || !strings.Contains(err.Error(), `"B": driver "fax"`) {
		t.Fatal(err)
	}
	if _, err := h.Get("A"); err != nil {
		t.Fatal(err)
	}
}

func TestHubRunsOneCycleAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, made := fakeHub(t, config("A"))
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				req := devices.CycleRequest{Seq: uint32(i + 1), Lot: "L" + string(rune('1'+i))}
				if res, err := h.RunCycle(t.Context(), "A", req); err != nil || res.Lot != req.Lot {
					t.Errorf("%+v %v", res, err)
				}
			})
		}
		wg.Wait()
		if made["A"].pulses != 3 {
			t.Fatal("pulses", made["A"].pulses)
		}
		time.Sleep(time.Minute)
	})
}

func TestConfigNamesEveryOffendingField(t *testing.T) {
	_, err := devices.ParseConfigs([]byte(`[{"id":"TC 20","driver":"opcua","address":"http://x",
		"security":{"policy":"Basic128","mode":"SignAndEncrypt","pin":"abc","user":"u"},
		"profile":{"attempts":-1,"timeout":"-1s"},
		"tags":{"a":"ns=1;s=A","b":""},
		"values":[{"name":"","tag":"a"},{"name":"x","tag":"nope"}],
		"live":[{"name":"y","tag":"nope"}]},
		{"id":"TC 20","site":"HAM","driver":"zpl","address":"127.0.0.1:9100"}]`))
	for _, want := range []string{"id is 1 to 64", "site is missing", "address starts with opc.tcp://", "security.policy",
		"security.pin", "profile.attempts", "profile.timeout", `tags["b"]`, "values[0].name", "values[1].tag", "live[0].tag",
		"id is used twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestConfigRefusesTrustWithoutAPin(t *testing.T) {
	c := devices.Config{ID: "A", Site: "HAM", Driver: "opcua", Address: "opc.tcp://127.0.0.1:4840",
		Security: devices.Security{Policy: "Basic256Sha256", Mode: "SignAndEncrypt"}}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "security.pin is missing") {
		t.Fatal(err)
	}
	c.Security = devices.Security{User: "u", Password: "p"}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "security.user") {
		t.Fatal(err)
	}
}
