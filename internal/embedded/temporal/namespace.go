//go:build !slim

package temporal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// pollEvery is how often the start looks whether a new namespace has reached all services.
const pollEvery = 25 * time.Millisecond

// ensureNamespace creates the namespace and its search attributes if they are missing, and waits until a workflow that
// uses them can be started.
func ensureNamespace(ctx context.Context, address string, opts Options) error {
	c, err := client.DialContext(ctx, client.Options{
		HostPort: address, Namespace: opts.Namespace, Logger: sdklog.NewStructuredLogger(opts.Logger),
	})
	if err != nil {
		return fmt.Errorf("reach the Temporal server: %w", err)
	}
	defer c.Close()
	if err := register(ctx, c.WorkflowService(), opts); err != nil {
		return fmt.Errorf("create the Temporal namespace %s: %w", opts.Namespace, err)
	}
	if err := addSearchAttributes(ctx, c.OperatorService(), opts.Namespace); err != nil {
		return fmt.Errorf("create the search attributes of the Temporal namespace %s: %w", opts.Namespace, err)
	}
	if err := poll(ctx, func() error { return useAttributes(ctx, c.WorkflowService(), opts.Namespace) }); err != nil {
		return fmt.Errorf("wait for the Temporal namespace %s: %w", opts.Namespace, err)
	}
	return nil
}

func register(ctx context.Context, service workflowservice.WorkflowServiceClient, opts Options) error {
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: opts.Namespace})
	if !isNotFound(err) {
		return err
	}
	_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        opts.Namespace,
		Description:                      "Steelthread MES",
		WorkflowExecutionRetentionPeriod: durationpb.New(opts.Retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

// addSearchAttributes adds what is missing.
func addSearchAttributes(ctx context.Context, service operatorservice.OperatorServiceClient, namespace string) error {
	return poll(ctx, func() error {
		missing, err := missingAttributes(ctx, service, namespace)
		if err != nil || len(missing) == 0 {
			return err
		}
		_, err = service.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: missing,
		})
		return err
	})
}

// useAttributes asks a question about all search attributes. It is answered as soon as the frontend's copy of the
// namespace knows them, which is what a workflow's start needs too.
func useAttributes(ctx context.Context, service workflowservice.WorkflowServiceClient, namespace string) error {
	query := strings.Join(SearchAttributes, " = 'ready?' AND ") + " = 'ready?'"
	_, err := service.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
	var unknown *serviceerror.InvalidArgument
	if errors.As(err, &unknown) {
		return serviceerror.NewNotFound(unknown.Message)
	}
	return err
}

// poll repeats f while it fails for a reason that passes by itself.
func poll(ctx context.Context, f func() error) error {
	for {
		err := f()
		if err == nil || !isNotFound(err) && !isUnavailable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pollEvery):
		}
	}
}

func missingAttributes(ctx context.Context, service operatorservice.OperatorServiceClient, namespace string) (map[string]enumspb.IndexedValueType, error) {
	have, err := service.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, err
	}
	missing := map[string]enumspb.IndexedValueType{}
	for _, name := range SearchAttributes {
		if _, ok := have.GetCustomAttributes()[name]; !ok {
			missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	return missing, nil
}

func isNotFound(err error) bool {
	var namespace *serviceerror.NamespaceNotFound
	var other *serviceerror.NotFound
	return errors.As(err, &namespace) || errors.As(err, &other)
}

// isUnavailable covers what passes by itself: a service that is still starting, and the limit on namespace changes.
func isUnavailable(err error) bool {
	var unavailable *serviceerror.Unavailable
	var exhausted *serviceerror.ResourceExhausted
	return errors.As(err, &unavailable) || errors.As(err, &exhausted)
}
