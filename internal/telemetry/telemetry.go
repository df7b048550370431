// Package telemetry sets up the process's log and, where an endpoint is configured, its traces.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.26.0"
)

// NewLog makes the process's logger. Level is debug, info, warn or error; format is text or json.
func NewLog(w io.Writer, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return slog.New(slog.NewTextHandler(w, o)), nil
}

// Traces is the tracing of a process. Nil Provider means that none is configured.
type Traces struct{ Provider *trace.TracerProvider }

// OpenTraces sends spans to an OTLP endpoint over HTTP. An empty endpoint gives Traces without a provider.
func OpenTraces(ctx context.Context, endpoint, role, version string) (Traces, error) {
	if endpoint == "" {
		return Traces{}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return Traces{}, fmt.Errorf("send traces to %s: %w", endpoint, err)
	}
	about := resource.NewSchemaless(semconv.ServiceName("steelthread-"+role), semconv.ServiceVersion(version))
	return Traces{trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))}, nil
}

// Close sends what is left.
func (t Traces) Close(ctx context.Context) error {
	if t.Provider == nil {
		return nil
	}
	return t.Provider.Shutdown(ctx)
}
