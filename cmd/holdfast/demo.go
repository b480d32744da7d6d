package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"holdfast/integrations/google/emulator"
)

// demoCommand is `holdfast demo`.
type demoCommand struct {
	Addr string `default:"127.0.0.1:8080" help:"The address to listen on; port 0 is any that is free."`
}

// Help is shown below the flags of demo --help.
func (demoCommand) Help() string {
	return `Example:
  holdfast demo

Runs the service beside a stand-in for Google, with a sample calendar around today.
No account is needed, nothing leaves this machine, and nothing stays on it.`
}

// Run carries out the command until it is interrupted.
func (c *demoCommand) Run(w *world) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.run(ctx, w, func(address string) {
		fmt.Fprintf(w.stdout, "Holdfast is running with a sample calendar: open %s\nCtrl-C ends it and leaves nothing behind.\n", address)
	})
}

// run runs the demo until ctx ends; ready is told its address.
func (c *demoCommand) run(ctx context.Context, w *world, ready func(address string)) (err error) {
	dir, err := os.MkdirTemp("", "holdfast-demo-")
	if err != nil {
		return fmt.Errorf("make a place for the demo: %w", err)
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	listener, err := listen(c.Addr)
	if err != nil {
		return err
	}
	public := "http://" + listener.Addr().String()
	google, err := startDemoGoogle(ctx, w, public)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer google.stop()
	return c.serve(ctx, w, google, listener, dir, func() { ready(public) })
}

// The OAuth client of the demo: known to its own Google alone.
const (
	demoClientID     = "holdfast-demo"
	demoClientSecret = "demo"
)

// demoGoogle is the stand-in for Google, on an address of its own.
type demoGoogle struct {
	*emulator.Server
	url    string
	server *http.Server
	served chan error
}

// startDemoGoogle serves a Google with the sample rep in it.
func startDemoGoogle(ctx context.Context, w *world, public string) (*demoGoogle, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the sample calendar: %w", err)
	}
	log := slog.New(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	google := emulator.New(emulator.Config{
		URL: "http://" + listener.Addr().String(), ClientID: demoClientID, ClientSecret: demoClientSecret,
		RedirectURIs: []string{public + "/auth/google/callback"}, Now: w.now, Seed: uint64(w.now().UnixNano()), Logger: log,
		Push: emulator.Push{AllowHTTP: true},
	})
	handler, err := demoPages(google, w.now, public, log)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	d := &demoGoogle{
		Server: google, url: "http://" + listener.Addr().String(), served: make(chan error, 1),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { d.served <- d.server.Serve(listener) }() // ended and waited for by stop
	return d, nil
}

// demoPages fills google with the sample, and returns what serves it.
func demoPages(google *emulator.Server, now func() time.Time, public string, log *slog.Logger) (http.Handler, error) {
	if err := addSample(google, now()); err != nil {
		return nil, fmt.Errorf("make the sample calendar: %w", err)
	}
	zone, err := sampleZone(now())
	if err != nil {
		return nil, err
	}
	calendar, err := newDemoCalendar(google, zone, now, public, log)
	if err != nil {
		return nil, err
	}
	return calendar.handler(), nil
}

// stop ends the server and its deliveries. Whoever is still waiting for an answer is
// the service, which has stopped before.
func (d *demoGoogle) stop() {
	d.Server.Close()
	_ = d.server.Close() // nothing is left to be saved
	<-d.served
}
