package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// serve runs the service beside google until ctx ends; ready is called once it is
// wired. Its data is in dir, and goes with it.
func (c *demoCommand) serve(ctx context.Context, w *world, google *demoGoogle, listener net.Listener, dir string, ready func()) error {
	signedIn := make(chan string, 1)
	s, err := newService(ctx, w, &serviceSettings{
		databaseSettings: databaseSettings{DataDir: dir},
		PublicURL:        webAddress("http://" + listener.Addr().String()),
		Google: googleSettings{
			ClientID: demoClientID, ClientSecret: demoClientSecret,
			Issuer: webAddress(google.url), API: webAddress(strings.TrimSuffix(google.APIURL(), "/")),
		},
		FeedNetworks: networkList{netip.MustParsePrefix("127.0.0.1/32")}, // where the calendar elsewhere is
		Push:         "on",
		Log:          logLevel(slog.LevelWarn),
		Migrate:      true,
		demo:         google.url + demoCalendarPath + "#today",
		listener:     listener,
		seen: func(repID string) {
			select {
			case signedIn <- repID:
			default: // one is enough
			}
		},
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	stage := &demoStage{service: s, google: google, now: w.now}
	var playing sync.WaitGroup
	playing.Go(func() { stage.follow(ctx, signedIn, s.log) })
	defer playing.Wait()
	defer stop()
	ready()
	return s.run(ctx)
}
