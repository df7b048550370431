// Command mes is Steelthread: the API, the workers, the edge, and everything that they need, in one binary.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/steelthread/steelthread/internal/app"
)

// version is set by the linker.
var version = "dev"

var commands struct {
	Up        app.Up        `cmd:"" help:"Start everything in one process: PostgreSQL, Temporal, broker, API, workers, edge."`
	Serve     app.Serve     `cmd:"" help:"Start one role against an outside cluster."`
	Migrate   app.Migrate   `cmd:"" help:"Bring the database's schema up to date."`
	Import    app.Import    `cmd:"" help:"Load a plant's definition from a folder of YAML files."`
	History   app.History   `cmd:"" help:"Tell the whole story of a work order."`
	Audit     app.Audit     `cmd:"" help:"Check the audit trail."`
	Recall    app.Recall    `cmd:"" help:"Find everything that a lot touched, and account for every piece."`
	User      app.User      `cmd:"" help:"Add people, set their passwords, unlock and end accounts."`
	Token     app.Token     `cmd:"" help:"Give service accounts tokens, and take them away."`
	Backup    app.Backup    `cmd:"" help:"Back up a data folder, and check backups."`
	Restore   app.Restore   `cmd:"" help:"Restore a backup, and tell what is lost."`
	Sim       app.Sim       `cmd:"" help:"Play the simulated plant."`
	Autopilot app.Autopilot `cmd:"" help:"Play the operators of a running demo plant through its public API."`
	Config    app.Config    `cmd:"" help:"Print the effective configuration without secrets."`
	Version   app.Version   `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&commands, kong.Name("mes"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("Steelthread, a Manufacturing Execution System. `mes up --demo --autopilot` shows it at work."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(app.Info{Version: version}))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "mes:", err)
		stop()
		os.Exit(1)
	}
}
