// Package app puts the house together. Each command of the binary is a struct here with its flags and a Run method; parts
// are wired by hand, so that reading `up.go` tells what runs and in which order it starts and stops.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/telemetry"
)

// Info is what the binary knows of itself.
type Info struct{ Version string }

// Config is the command that prints the effective configuration.
type Config struct{}

// Run prints.
func (Config) Run() error {
	c, err := config.Load()
	if err != nil {
		return err
	}
	return c.Print(os.Stdout)
}

// Version is the command that prints the version.
type Version struct{}

// Run prints.
func (Version) Run(i Info) error {
	_, err := fmt.Println(i.Version)
	return err
}

// setting up what every long-running command needs first.
func prepare(ctx context.Context, role, version string) (config.Config, *slog.Logger, telemetry.Traces, error) {
	c, err := config.Load()
	if err != nil {
		return c, nil, telemetry.Traces{}, err
	}
	log, err := telemetry.NewLog(os.Stderr, c.LogLevel, c.LogFormat)
	if err != nil {
		return c, nil, telemetry.Traces{}, err
	}
	slog.SetDefault(log)
	if err := telemetry.ServeProfiles(c.ProfileListen); err != nil {
		return c, nil, telemetry.Traces{}, err
	}
	traces, err := telemetry.OpenTraces(ctx, c.OTLPEndpoint, role, version)
	return c, log, traces, err
}
