package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"holdfast/api"
	"holdfast/integrations/google"
	"holdfast/scheduler"
	"holdfast/scheduler/jobs"
	"holdfast/scheduler/store"
	"holdfast/web"
)

// service is the whole of Holdfast, wired and not yet running.
type service struct {
	log     *slog.Logger
	store   *store.Store
	runner  *jobs.Runner
	handler http.Handler
}

// The limits of the server. Nothing that Holdfast answers takes long.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 20 * time.Second
)

// database returns where the database is. It makes the data directory where the
// database is to be in it.
func (s *databaseSettings) database(w *world) (string, error) {
	if s.DatabaseURL != "" {
		return s.DatabaseURL, nil
	}
	dir, err := s.directory(w)
	return filepath.Join(dir, "holdfast.db"), err
}

// openStore opens the database that the settings name, and changes nothing in it.
func (s *settings) openStore(ctx context.Context, w *world, log *slog.Logger) (*store.Store, error) {
	keys, err := s.keys(w)
	if err != nil {
		return nil, err
	}
	address, err := s.database(w)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: address, PublicURL: s.PublicURL, Keys: keys, Now: w.now, Log: log})
}

// newService wires a service. Its database is brought up to date first where migrate
// says so. Whoever gets a service closes it.
func newService(ctx context.Context, w *world, s settings, migrate bool) (*service, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	log, err := s.logger(w)
	if err != nil {
		return nil, err
	}
	kept, err := s.openStore(ctx, w, log)
	if err != nil {
		return nil, err
	}
	made, err := wire(ctx, w, s, kept, log, migrate)
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	return made, nil
}

func wire(ctx context.Context, w *world, s settings, kept *store.Store, log *slog.Logger, migrate bool) (*service, error) {
	if migrate {
		if _, err := kept.Migrate(ctx); err != nil {
			return nil, err
		}
	}
	if err := kept.Ready(ctx); err != nil {
		return nil, fmt.Errorf("%w (holdfast migrate up mends an old schema)", err)
	}
	if strings.Contains(s.SecretKey, ",") { // the key was changed
		if _, err := kept.Rewrap(ctx); err != nil {
			return nil, err
		}
	}
	metrics := api.NewMetrics()
	client := google.New(google.Config{
		Issuer: s.GoogleIssuer, API: s.GoogleAPI, ClientID: s.GoogleClientID, ClientSecret: s.GoogleClientSecret,
		RedirectURL: s.PublicURL + "/auth/google/callback", Now: w.now, Count: metrics.Call,
	})
	handler, err := s.handler(w, kept, client, metrics, log)
	if err != nil {
		return nil, err
	}
	poll, err := s.poll()
	if err != nil {
		return nil, err
	}
	runner := jobs.New(jobs.Config{
		Store:     kept,
		Remote:    func(repID string) jobs.Remote { return client.For(repID, kept) },
		RemoteFor: func(g scheduler.Grant) jobs.Remote { return client.With("departed", g) },
		Revoke:    client.Revoke,
		Callback:  s.callback(),
		Poll:      poll,
		Now:       w.now,
		Log:       log,
		Finished:  metrics.Job,
	})
	return &service{log: log, store: kept, runner: runner, handler: handler}, nil
}

// handler returns what answers requests: the API with the pages in it.
func (s *settings) handler(w *world, kept *store.Store, client *google.Client, metrics *api.Metrics, log *slog.Logger) (http.Handler, error) {
	proxies, err := s.trustedProxies()
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{
		Store: kept, Google: client, PublicURL: s.PublicURL, AllowedDomains: s.allowedDomains(), TrustedProxies: proxies, Version: version,
		Metrics: metrics, Now: w.now, Log: log,
	})
	if err != nil {
		return nil, err
	}
	pages, err := web.New(web.Config{
		Store:   kept,
		Rep:     programs.Rep,
		Say:     func(r *http.Request, n web.Notice) { programs.Say(r, n.Text, n.Problem) },
		Said:    said(programs),
		SignOut: programs.SignOut,
		OAuth:   web.OAuth{Ready: client.Configured(), Redirect: s.PublicURL + "/auth/google/callback", Scopes: google.Scopes()},
		Demo:    s.demo,
		Log:     log,
	})
	if err != nil {
		return nil, err
	}
	return programs.Handler(api.Pages{Routes: pages.Routes, Error: pages.Error})
}

func said(programs *api.API) func(*http.Request) (web.Notice, bool) {
	return func(r *http.Request) (web.Notice, bool) {
		text, problem, ok := programs.Said(r)
		return web.Notice{Text: text, Problem: problem}, ok
	}
}

// run answers requests on listener and works jobs until ctx ends. Then it lets
// requests and jobs that run come to their end, for a while. It closes the service.
func (s *service) run(ctx context.Context, listener net.Listener) error {
	// What ends ctx asks for an orderly end: nothing under way is cut off by it.
	background := context.WithoutCancel(ctx)
	if err := s.runner.Start(background); err != nil {
		return errors.Join(err, listener.Close(), s.store.Close())
	}
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }() // waited for below
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served:
		served <- failed
	}
	s.log.Info("stopping")
	deadline, cancel := context.WithTimeout(background, shutdownTimeout)
	defer cancel()
	err := errors.Join(server.Shutdown(deadline), s.runner.Stop(deadline), s.store.Close())
	if failed = <-served; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(fmt.Errorf("serve: %w", failed), err)
	}
	return err
}
