package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
	"github.com/steelthread/steelthread/test/plant"
	"github.com/steelthread/steelthread/web"
)

// noEngine is asked nothing here: charts need no workflow.
type noEngine struct{ client.Client }

// TestSPC walks through the screens of control charts on a real database, without machines: the values come as a step's
// record would bring them.
func TestSPC(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	s := chartPlant(t)
	in := input{URL: chartHouse(t, s), Chromium: chromium, Logins: map[string]string{"quinn": secret, "olga": secret}}
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "spc")
	found := walk(t, node, "spc.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) != 9 {
		t.Errorf("the walk told %d findings, want 9", len(found))
	}
}

const secret = "first-password-1"

// chartPlant has quality, an operator, and three charts: one with points and no limits, one without points, one that counts.
func chartPlant(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.New(t)
	storetest.Seed(t, s)
	hash, err := auth.HashPassword(secret)
	plant.OK(t, err)
	for id, role := range map[string]mes.Role{"quinn": mes.RoleQuality, "olga": mes.RoleOperator} {
		plant.OK(t, s.Accounts.Upsert(t.Context(), mes.Actor{ID: "setup"}, mes.Account{ID: id, Name: "Mx " + id, Kind: mes.AccountPerson, Site: storetest.Site, Roles: []mes.Role{role},
			Badge: "B-" + id, Active: true, PasswordHash: hash}))
	}
	torque := mes.Chart{ID: "torque", Site: storetest.Site, Name: "Torque, screw 1", Kind: spc.XbarR, Product: "UNIT", Operation: "20", Step: "1", Characteristic: "T1",
		Grouping: mes.SubgroupRun, Size: 5, Rules: spc.WesternElectric, Active: true}
	idle, yield := torque, torque
	idle.ID, idle.Name, idle.Product, idle.Operation, idle.Characteristic, idle.Grouping, idle.Size = "diameter", "Diameter", "KIT", "10", "D", mes.SubgroupRecord, 0
	yield.ID, yield.Name, yield.Kind, yield.Characteristic, yield.Size, yield.Rules = "yield", "Screwing, nonconforming", spc.P, "", 40, []spc.Rule{spc.N1}
	for _, c := range []mes.Chart{torque, idle, yield} {
		_, err := s.Charts.Put(t.Context(), mes.Actor{ID: "quinn"}, c, "")
		plant.OK(t, err)
	}
	for i := range 30 {
		plant.OK(t, s.Charts.Observe(t.Context(), torques(i, 0)))
	}
	return s
}

// torques is a record with five values. They swing about 2.0 in a way that is the same in each run.
func torques(n int, shift float64) mes.Observation {
	o := mes.Observation{Key: fmt.Sprint("step/", n), Site: storetest.Site, Product: "UNIT", Operation: "20", Step: "1", Station: "ST20", Device: "TC",
		Lot: fmt.Sprintf("U-%05d", n+1), At: time.Now().Add(time.Duration(n-300) * time.Minute)}
	low, high := mes.MustDecimal("1.8"), mes.MustDecimal("2.2")
	for k := range 5 {
		v := 2.0 + shift + 0.02*float64((n*7+k*13)%11-5)/5*1.7
		d := mes.FromFloat(v).Round(3)
		o.Values = append(o.Values, mes.ObservedValue{Characteristic: "T1", Value: d, Unit: "Nm", Lower: &low, Upper: &high, Failed: d.GreaterThan(high)})
	}
	failed := mes.ObservedValue{Inspected: 1}
	if n%9 == 4 {
		failed.Failed, failed.Value = true, mes.One
	}
	o.Values = append(o.Values, failed)
	for range 19 { // so that the chart that counts has points too
		o.Values = append(o.Values, mes.ObservedValue{Inspected: 1})
	}
	return o
}

// chartHouse serves the API and the screens, and takes records for the walk at an address of its own.
func chartHouse(t *testing.T, s *store.Store) string {
	t.Helper()
	var server atomic.Pointer[api.Server]
	var n atomic.Int64
	n.Store(30)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /test/record", func(w http.ResponseWriter, r *http.Request) {
		var shift float64
		if r.URL.Query().Get("shifted") != "" {
			shift = 0.08
		}
		if err := s.Charts.Observe(r.Context(), torques(int(n.Add(1)-1), shift)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { server.Load().ServeHTTP(w, r) })
	front := httptest.NewServer(mux)
	d := wiring.API(s)
	d.Temporal, d.PublicURL, d.Version, d.Web = noEngine{}, front.URL, "test", web.Handler()
	a, err := api.New(d)
	plant.OK(t, err)
	server.Store(a)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = a.Run(ctx) // it ends with its context
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		front.CloseClientConnections()
		front.Close()
	})
	return front.URL
}
