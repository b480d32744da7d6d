package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// serveCommand is `holdfast serve`.
type serveCommand struct {
	settings
	Migrate bool `name:"migrate" default:"true" negatable:"" help:"Bring the database up to date first."`
}

// Help is shown below the flags of serve --help.
func (serveCommand) Help() string {
	return `Every flag can be set in the environment instead; flags win. All have defaults that
work on one machine; a wrong value stops the start.

Example:
  HOLDFAST_GOOGLE_CLIENT_ID=… HOLDFAST_GOOGLE_CLIENT_SECRET=… \
    holdfast serve --public-url https://holdfast.example.com`
}

// Run carries out the command until it is interrupted.
func (c *serveCommand) Run(w *world) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := c.check(); err != nil {
		return err
	}
	s, err := newService(ctx, w, c.settings, c.Migrate)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("HOLDFAST_ADDR (--addr): %w", err)
	}
	fmt.Fprintf(w.stderr, "Holdfast %s listens on %s. Open %s\n", version, listener.Addr(), c.PublicURL)
	return s.run(ctx, listener)
}
