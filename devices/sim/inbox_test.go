package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices/sim"
)

func post(t *testing.T, url, secret, key, body string) int {
	t.Helper()
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Steelthread-Signature", "t="+stamp+",v1="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Idempotency-Key", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func inbox(t *testing.T, url string) []sim.Message {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var page struct{ Items []sim.Message }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestERPKeepsEachMessageOnceAndChecksWhoSentIt(t *testing.T) {
	dir := t.TempDir()
	p := start(t, sim.Options{Dir: dir})
	erp := p.Info().ERP
	fault(t, p, sim.Fault{Target: "ERP", Kind: sim.FailTimes, Value: 2})
	for i, tt := range []struct {
		secret, key, body string
		want              int
	}{
		{erp.Secret, "k1", `{"n":1}`, 503}, {erp.Secret, "k1", `{"n":1}`, 503}, {erp.Secret, "k1", `{"n":1}`, 200},
		{erp.Secret, "k1", `{"n": 1}`, 200}, {erp.Secret, "k1", `{"n":2}`, 409}, {"wrong", "k2", `{"n":3}`, 401},
		{erp.Secret, "", `{"n":4}`, 401}, {erp.Secret, "k3", `nonsense`, 400}, {erp.Secret, "k4", `{"n":5}`, 200},
	} {
		if got := post(t, erp.Webhook, tt.secret, tt.key, tt.body); got != tt.want {
			t.Errorf("message %d: %d, want %d", i, got, tt.want)
		}
	}
	check := func(url string) {
		t.Helper()
		got := inbox(t, url)
		if len(got) != 4 || got[0].Key != "k4" || got[3].Key != "k1" || got[3].Duplicates != 2 || !got[3].Verified ||
			got[2].Verified || got[2].Why == "" {
			t.Errorf("%+v", got)
		}
	}
	check(erp.Messages)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, sim.Options{Dir: dir})
	if again.Info().ERP != erp {
		t.Errorf("after a restart the ERP is %+v, it was %+v", again.Info().ERP, erp)
	}
	check(again.Info().ERP.Messages)
}

func TestFaultBoard(t *testing.T) {
	dir := t.TempDir()
	p, err := sim.Start(t.Context(), sim.Options{Dir: dir, Site: "HAM", Line: "L1", Machines: []string{"CR-82"}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if st, err := os.Stat(filepath.Join(dir, "sim.json")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("sim.json: %v %v", st, err)
	}
	if i, err := sim.ReadInfo(dir); err != nil || i.OPCUA["CR-82"] != p.Info().OPCUA["CR-82"] || len(i.Devices) != 3 {
		t.Errorf("%+v %v", i, err)
	}
	board := p.Info().Faults.URL
	for _, tt := range []struct {
		path, body string
		want       int
	}{
		{"/faults", `{"machine":"CR-82","kind":"reject_rate","value":0.5,"duration":"1h"}`, 200},
		{"/faults", `{"printer":"PR-70","kind":"paper_out"}`, 200},
		{"/faults", `{"erp":true,"kind":"fail","value":3}`, 200},
		{"/faults", `{"target":"erp","kind":"fail","value":3}`, 200},
		{"/faults", `{"machine":"XX-1","kind":"silence"}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"paper_out"}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"reject_rate","value":7}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"late","duration":"soon"}`, 400},
		{"/faults", `{"nonsense":1}`, 400},
		{"/stop", `{"machine":"XX-1"}`, 422},
		{"/stop", `{"machine":"CR-82"}`, 204},
		{"/stop", `{"machine":"CR-82"}`, 204},
	} {
		res, err := http.Post(board+tt.path, "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, res.StatusCode, text)
		}
	}
	state := func() (s sim.PlantState) {
		res, err := http.Get(board + "/state")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := state(); len(s.Faults) != 3 || s.Machines["CR-82"].Running {
		t.Errorf("%+v", s)
	}
	res, err := http.Post(board+"/start", "application/json", strings.NewReader(`{"machine":"CR-82"}`))
	if err != nil || res.StatusCode != 204 {
		t.Fatal(res, err)
	}
	p.ClearFaults("")
	if s := state(); len(s.Faults) != 0 || !s.Machines["CR-82"].Running || s.Machines["CR-82"].Tags["state_name"] != "Idle" {
		t.Errorf("%+v", s)
	}
}
