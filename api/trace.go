package api

import (
	"context"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// startSpan begins the request's span, as a child of the caller's where it sent one. Without a provider it does nothing.
func (s *Server) startSpan(ctx context.Context, c echo.Context) (context.Context, trace.Span) {
	if s.Traces == nil {
		return ctx, nil
	}
	req := c.Request()
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(req.Header))
	return s.Traces.Tracer("github.com/steelthread/steelthread/api").Start(ctx, req.Method+" "+c.Path(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", req.Method), attribute.String("http.route", c.Path())))
}

// endSpan closes it with the outcome.
func endSpan(span trace.Span, status int, r *request) {
	if span == nil {
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("mes.request_id", r.id), attribute.String("enduser.id", r.who.ID))
	if r.problem != nil {
		span.SetAttributes(attribute.String("mes.code", string(r.problem.Code)))
	}
	if status >= 500 {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
