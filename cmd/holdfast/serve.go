package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// serveCommand is `holdfast serve`.
type serveCommand struct{ serviceSettings }

// Help is shown below the flags of serve --help.
func (serveCommand) Help() string {
	return "Example:\n  HOLDFAST_GOOGLE_CLIENT_ID=… HOLDFAST_GOOGLE_CLIENT_SECRET=… holdfast serve --public-url https://holdfast.example.com"
}

// Run carries out the command.
func (c *serveCommand) Run(w *world) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	v, err := newService(ctx, w, &c.serviceSettings)
	if err != nil {
		return err
	}
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	if _, err := fmt.Fprintf(w.stdout, "Holdfast is at %s\n", v.url); err != nil {
		return err
	}
	return v.run(ctx)
}
