package plant

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/steelthread/steelthread/deploy/demo"
	"github.com/steelthread/steelthread/mes"
)

func TestTheDemoPlantHasChartsWithoutLimits(t *testing.T) {
	d, err := loadDemo(t, demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Plant.Charts) != 3 {
		t.Fatalf("charts %+v", d.Plant.Charts)
	}
	for _, c := range d.Plant.Charts {
		if c.Site != "HAM" || !c.Active || len(c.Rules) != 4 {
			t.Errorf("chart %+v", c)
		}
	}
}

func TestAChartWatchesWhatARoutingMeasures(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"plant.yaml": {Data: []byte("equipment:\n  - {id: S, level: site, name: S, time_zone: Europe/Berlin}\n")},
		"spc.yaml": {Data: []byte("charts:\n" +
			"  - {id: a, name: A, kind: i_mr, product: P, operation: '1', step: '1', characteristic: d, grouping: run, size: 1, rules: [WE1], active: true}\n" +
			"  - {id: a, name: A, kind: pie, plan: X, characteristic: d, grouping: run, size: 1, rules: [WE1, N2]}\n")},
	}, Options{Now: time.Now()})
	var e *mes.Error
	if !errors.As(err, &e) {
		t.Fatalf("it was accepted: %v", err)
	}
	said := fmt.Sprint(e.Fields)
	for _, want := range []string{"charts[0].characteristic", "charts[1].id", "charts[1].kind", "charts[1].rules"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not named in %s", want, said)
		}
	}
}
