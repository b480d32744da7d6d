package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"holdfast/api"
	"holdfast/integrations/google"
	"holdfast/integrations/webcal"
	"holdfast/scheduler"
	"holdfast/scheduler/jobs"
	"holdfast/scheduler/store"
	"holdfast/web"
)

// service is everything that runs in `holdfast serve`.
type service struct {
	url      string // where people reach it
	listener net.Listener
	server   *http.Server
	store    *store.Store
	runner   *jobs.Runner
	log      *slog.Logger
}

// stopWithin is how long requests and jobs may take to come to their end when the
// service stops. Container platforms give 30 seconds.
const stopWithin = 20 * time.Second

// newService opens everything the service needs, and listens. It must be run, or
// closed.
func newService(ctx context.Context, w *world, s *serviceSettings) (*service, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	listener, err := s.listen()
	if err != nil {
		return nil, err
	}
	v := &service{listener: listener, log: w.logger(slog.Level(s.Log)), url: publicURL(s, listener.Addr())}
	if err := v.build(ctx, w, s); err != nil {
		return nil, errors.Join(err, v.close())
	}
	return v, nil
}

func (s *serviceSettings) listen() (net.Listener, error) {
	if s.listener != nil {
		return s.listener, nil
	}
	address := s.Addr
	if address == "" {
		address = "127.0.0.1:8080"
	}
	return listen(address)
}

// listen listens on the address that --addr gives.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--addr: %w: give another, such as 127.0.0.1:8081, or 127.0.0.1:0 for any port that is free", err)
	}
	return listener, nil
}

// publicURL returns where people reach the service.
func publicURL(s *serviceSettings, listening net.Addr) string {
	if s.PublicURL != "" {
		return string(s.PublicURL)
	}
	_, port, _ := net.SplitHostPort(listening.String()) // a TCP address has one
	return "http://localhost:" + port
}

// logger returns a log on standard error: for people on a terminal, else in JSON.
func (w *world) logger(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: withoutAddresses}
	if isTerminal(w.stderr) {
		return slog.New(slog.NewTextHandler(w.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(w.stderr, options))
}

var mailAddress = regexp.MustCompile(`[^\s"'<>()@,;:=/]+@`)

// withoutAddresses keeps out of the log whose mail address a calendar is named by: who
// leaves and has everything erased is not to stay there. Reps are told apart by their id.
func withoutAddresses(_ []string, a slog.Attr) slog.Attr {
	switch text := a.Value.String(); {
	case !strings.Contains(text, "@"):
	case a.Value.Kind() == slog.KindString, a.Value.Kind() == slog.KindAny:
		a.Value = slog.StringValue(mailAddress.ReplaceAllString(text, "…@"))
	}
	return a
}

// build opens the database and puts the parts together.
func (v *service) build(ctx context.Context, w *world, s *serviceSettings) error {
	if err := v.open(ctx, w, s); err != nil {
		return err
	}
	metrics := api.NewMetrics()
	client := google.New(google.Config{
		Issuer: s.Google.issuer(), API: s.Google.api(), ClientID: s.Google.ClientID, ClientSecret: s.Google.ClientSecret,
		RedirectURL: v.url + "/auth/google/callback", Now: w.now, Count: metrics.Call,
	})
	v.runner = jobs.New(jobs.Config{
		Store:     v.store,
		Remote:    func(repID string) jobs.Remote { return client.For(repID, v.store) },
		RemoteFor: func(g scheduler.Grant) jobs.Remote { return client.With("departed", g) },
		Revoke:    client.Revoke,
		Webcal:    webcal.New(s.FeedNetworks).Read,
		Missing:   google.Missing,
		Callback:  s.Push.callback(v.url),
		Poll:      time.Duration(s.Poll),
		Now:       w.now, Log: v.log, Finished: metrics.Job,
	})
	a, err := api.New(api.Config{
		Store: v.store, Google: client, Propose: v.runner.Propose, Update: v.runner.Update, Offer: v.runner.Offer, Book: v.runner.Book, FindSlots: v.runner.Slots, Watch: v.runner.AddWebcal,
		PublicURL: v.url, AllowedDomains: s.AllowedDomains, TrustedProxies: s.TrustedProxies,
		Version: version, Metrics: metrics, Now: w.now, Log: v.log,
	})
	if err != nil {
		return err
	}
	handler, err := v.handler(a, client, s)
	v.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(v.log.Handler(), slog.LevelWarn),
	}
	return err
}

// open opens the database with the schema that this program needs.
func (v *service) open(ctx context.Context, w *world, s *serviceSettings) error {
	keys, err := s.keyring(w)
	if err != nil {
		return err
	}
	where, err := s.database(w)
	if err != nil {
		return err
	}
	v.store, err = store.Open(ctx, store.Config{URL: where, PublicURL: v.url, Keys: keys, Now: w.now, Log: v.log})
	if err != nil {
		return err
	}
	if s.Migrate {
		if _, err := v.store.Migrate(ctx); err != nil {
			return err
		}
	}
	if err := v.store.Ready(ctx); err != nil {
		return fmt.Errorf("%w (see holdfast migrate --help)", err)
	}
	if strings.Contains(s.SecretKey, ",") { // there are older keys: nothing sealed needs them from now on
		if _, err := v.store.Rewrap(ctx); err != nil {
			return err
		}
	}
	return nil
}

// handler puts the pages beside the API.
func (v *service) handler(a *api.API, client *google.Client, s *serviceSettings) (http.Handler, error) {
	rep := a.Rep
	if s.seen != nil {
		rep = func(r *http.Request) (id string, ok bool) {
			if id, ok = a.Rep(r); ok {
				s.seen(id)
			}
			return id, ok
		}
	}
	site, err := web.New(web.Config{
		Store: v.store, Watch: v.runner.AddWebcal,
		Book: v.runner.Book, Propose: v.runner.Propose, Update: v.runner.Update, Offer: v.runner.Offer,
		Rep:     rep,
		Say:     func(r *http.Request, n web.Notice) { a.Say(r, n.Text, n.Problem) },
		Said:    func(r *http.Request) (n web.Notice, ok bool) { n.Text, n.Problem, ok = a.Said(r); return n, ok },
		SignOut: a.SignOut,
		OAuth:   web.OAuth{Ready: client.Configured(), Redirect: v.url + "/auth/google/callback", Scopes: google.Scopes()},
		Demo:    s.demo,
		Log:     v.log,
	})
	if err != nil {
		return nil, err
	}
	return a.Handler(api.Pages{Routes: site.Routes, Error: site.Error, ShowBooking: site.ShowBooking, DoBooking: site.DoBooking})
}

// run serves until ctx ends, then lets what runs come to its end. It returns nil where
// it was asked to stop.
func (v *service) run(ctx context.Context) error {
	if err := v.runner.Start(ctx); err != nil {
		return errors.Join(err, v.close())
	}
	failed := make(chan error, 1)
	go func() { failed <- v.server.Serve(v.listener) }()
	v.log.InfoContext(ctx, "started", "url", v.url, "address", v.listener.Addr().String(), "database", v.store.Dialect(), "version", version)
	select {
	case <-ctx.Done():
	case err := <-failed:
		failed <- err
	}
	v.log.InfoContext(ctx, "stopping")
	// The context that ended must not cut off what is to come to its end.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err := v.stop(ctx)
	if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(fmt.Errorf("serve: %w", ended), err)
	}
	return errors.Join(err, v.close())
}

// stop ends requests and jobs.
func (v *service) stop(ctx context.Context) error {
	var errs []error
	if err := v.server.Shutdown(ctx); err != nil {
		errs = append(errs, fmt.Errorf("stop serving: %w", err))
	}
	return errors.Join(append(errs, v.runner.Stop(ctx))...)
}

// close gives back what newService opened.
func (v *service) close() error {
	var errs []error
	// The server has closed it where it served.
	if err := v.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		errs = append(errs, err)
	}
	if v.store != nil {
		errs = append(errs, v.store.Close())
	}
	return errors.Join(errs...)
}
