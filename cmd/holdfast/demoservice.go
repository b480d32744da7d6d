package main

import (
	"context"
	"errors"
	"net"
)

// serve runs the service beside google until ctx ends; ready is called once it
// listens. Its data is in dir, and goes with it.
func (c *demoCommand) serve(ctx context.Context, w *world, google *demoGoogle, listener net.Listener, dir string, ready func()) error {
	s, err := newService(ctx, w, settings{
		databaseSettings:   databaseSettings{DataDir: dir, Log: "warn"},
		Addr:               listener.Addr().String(),
		PublicURL:          "http://" + listener.Addr().String(),
		GoogleClientID:     demoClientID,
		GoogleClientSecret: demoClientSecret,
		GoogleIssuer:       google.url,
		GoogleAPI:          google.APIURL(),
		Push:               "on",
		demo:               google.url,
	}, true)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ready()
	return s.run(ctx, listener)
}
