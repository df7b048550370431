package api

import (
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/steelthread/steelthread/mes"
)

// TestTrace follows a caller's trace into the request, with its route, outcome and account, and no more.
func TestTrace(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	h := newHouse(t, func(d *Deps) { d.Traces = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)) })
	const parent = "0af7651916cd43dd8448eb211c80319c"
	h.do(call{method: "GET", path: "~/work-orders/4711?q=secret", role: mes.RolePlanner, header: map[string]string{"traceparent": "00-" + parent + "-b7ad6b7169203331-01"}})
	ended := spans.Ended()
	if len(ended) != 1 || ended[0].Name() != "GET /api/v1/work-orders/:number" || ended[0].SpanContext().TraceID().String() != parent {
		t.Fatalf("the spans are %+v", ended)
	}
	told := map[string]string{}
	for _, a := range ended[0].Attributes() {
		told[string(a.Key)] = a.Value.String()
	}
	if told["http.route"] != "/api/v1/work-orders/:number" || told["enduser.id"] != "planner" || told["mes.request_id"] == "" {
		t.Errorf("the span tells %v", told)
	}
}
