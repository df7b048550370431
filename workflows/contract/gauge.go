package contract

import (
	"context"

	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// GaugeWatchID is the workflow ID of the reminders of a site's calibrations.
func GaugeWatchID(site string) string { return "gauge/" + site }

// GaugeWatchInput starts or continues a GaugeWatch.
type GaugeWatchInput struct {
	Site string `json:"site"`
}

// GaugeWatch reminds of calibrations before they end. It never ends: a site has one.
var GaugeWatch = kit.Workflow[GaugeWatchInput, struct{}]{Name: "GaugeWatch"}

// GaugesChanged tells a GaugeWatch that gauges or calibrations changed.
var GaugesChanged = kit.Signal[mes.SiteChanged]{Name: "GaugesChanged"}

// RemindGauges raises what is due and answers when the next reminder falls due.
var RemindGauges = kit.Activity[GaugeWatchInput, mes.Reminded]{Name: "gauge.Remind", Profile: Record}

// WakeGaugeWatch tells a site's reminders to look at the records, and starts them where they do not run.
func WakeGaugeWatch(ctx context.Context, c client.Client, site string) error {
	return wake(ctx, c, GaugeWatchID(site), site, GaugesChanged, GaugeWatch, GaugeWatchInput{Site: site})
}
