package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// settings are those of the service: a flag and an environment variable each. They are
// texts, and checked here, so that a wrong one is named by both its names and no
// message shows a secret.
type settings struct {
	databaseSettings

	Addr               string `name:"addr" env:"HOLDFAST_ADDR" default:"127.0.0.1:8080" help:"Listen address."`
	PublicURL          string `name:"public-url" env:"HOLDFAST_PUBLIC_URL" placeholder:"URL" help:"Where reps open Holdfast: links, sign-in and push callbacks are built from it. Default: http://localhost with the port of --addr."`
	SecretKey          string `name:"secret-key" env:"HOLDFAST_SECRET_KEY" placeholder:"BASE64" help:"32 bytes, base64: seals tokens at rest and signs links; better set in the environment. Several, by commas: the first seals, all open. Default: generated into the data directory."`
	GoogleClientID     string `name:"google-client-id" env:"HOLDFAST_GOOGLE_CLIENT_ID" placeholder:"ID" help:"The OAuth client. None: the sign-in page says how to get one."`
	GoogleClientSecret string `name:"google-client-secret" env:"HOLDFAST_GOOGLE_CLIENT_SECRET" placeholder:"SECRET" help:"The OAuth client's secret; better set in the environment."`
	GoogleIssuer       string `name:"google-issuer" env:"HOLDFAST_GOOGLE_ISSUER" placeholder:"URL" help:"OpenID discovery. Default: https://accounts.google.com."`
	GoogleAPI          string `name:"google-api" env:"HOLDFAST_GOOGLE_API" placeholder:"URL" help:"Root of the Calendar API. Default: https://www.googleapis.com/calendar/v3/."`
	Push               string `name:"push" env:"HOLDFAST_PUSH" default:"auto" placeholder:"auto|on|off" help:"Have Google push changes. auto: where the public URL is https; on: also over http, for tests."`
	Poll               string `name:"poll" env:"HOLDFAST_POLL" placeholder:"DURATION" help:"Ask for changes at least this often. Default: 15m without push, 6h with."`
	AllowedDomains     string `name:"allowed-domains" env:"HOLDFAST_ALLOWED_DOMAINS" placeholder:"DOMAIN,…" help:"Whose people may connect. Default: anyone who can sign in."`

	TrustedProxies string `name:"trusted-proxies" env:"HOLDFAST_TRUSTED_PROXIES" placeholder:"NETWORK,…" help:"Proxies, such as 10.0.0.0/8, that are believed when they say whose request they pass on. Default: none."`

	demo string // address of the sample calendar; "": this is no demo
}

// Where the real Google is.
const (
	googleIssuer = "https://accounts.google.com"
	googleAPI    = "https://www.googleapis.com/calendar/v3/"
)

// databaseSettings are those that say where the data is.
type databaseSettings struct {
	DataDir     string `name:"data-dir" env:"HOLDFAST_DATA_DIR" placeholder:"DIR" help:"SQLite file and generated key. Default: holdfast in the user's data directory."`
	DatabaseURL string `name:"database-url" env:"HOLDFAST_DATABASE_URL" placeholder:"URL" help:"postgres://… in production. Default: SQLite in the data directory."`
	Log         string `name:"log" env:"HOLDFAST_LOG" default:"info" placeholder:"debug|info|warn|error" help:"What is logged: text on a terminal, JSON otherwise."`
}

// wrong says that a setting has a value that cannot be used.
func wrong(variable, problem string) error {
	flag := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(variable, "HOLDFAST_")), "_", "-")
	return usagef("%s (--%s) %s", variable, flag, problem)
}

// check reports the first setting that cannot be used, and fills in what is empty.
func (s *settings) check() error {
	s.Push, s.Addr = cmp.Or(s.Push, "auto"), cmp.Or(s.Addr, "127.0.0.1:8080")
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return wrong("HOLDFAST_ADDR", fmt.Sprintf("is %q: give host and port, like 127.0.0.1:8080", s.Addr))
	}
	s.PublicURL = cmp.Or(s.PublicURL, "http://localhost:"+port)
	s.GoogleIssuer, s.GoogleAPI = cmp.Or(s.GoogleIssuer, googleIssuer), cmp.Or(s.GoogleAPI, googleAPI)
	for _, u := range []struct{ variable, value string }{
		{"HOLDFAST_PUBLIC_URL", s.PublicURL}, {"HOLDFAST_GOOGLE_ISSUER", s.GoogleIssuer}, {"HOLDFAST_GOOGLE_API", s.GoogleAPI},
	} {
		if parsed, err := url.Parse(u.value); err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" || parsed.User != nil {
			return wrong(u.variable, fmt.Sprintf("is %q: give an address like https://holdfast.example.com", u.value))
		}
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if public, _ := url.Parse(s.PublicURL); public.Path != "" || public.RawQuery != "" || public.Fragment != "" {
		return wrong("HOLDFAST_PUBLIC_URL", fmt.Sprintf("is %q: Holdfast is at the root of a host of its own, without a path", s.PublicURL))
	}
	s.GoogleAPI = strings.TrimRight(s.GoogleAPI, "/") + "/"
	switch s.Push {
	case "auto", "on", "off":
	default:
		return wrong("HOLDFAST_PUSH", fmt.Sprintf("is %q: it is one of auto, on, off", s.Push))
	}
	if (s.GoogleClientID == "") != (s.GoogleClientSecret == "") {
		return wrong("HOLDFAST_GOOGLE_CLIENT_ID", "and HOLDFAST_GOOGLE_CLIENT_SECRET belong together: one of them is empty")
	}
	_, pollErr := s.poll()
	_, proxyErr := s.trustedProxies()
	return cmp.Or(pollErr, proxyErr)
}

// poll returns how often to ask for changes; 0: as it is best.
func (s *settings) poll() (time.Duration, error) {
	if s.Poll == "" {
		return 0, nil
	}
	var d daysDuration
	if err := d.UnmarshalText([]byte(s.Poll)); err != nil || time.Duration(d) < time.Second {
		return 0, wrong("HOLDFAST_POLL", fmt.Sprintf("is %q: give a duration of a second or more, like 15m", s.Poll))
	}
	return time.Duration(d), nil
}

// trustedProxies returns the networks whose word about a request's sender is believed.
func (s *settings) trustedProxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, part := range strings.FieldsFunc(s.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(part)
		if address, bad := netip.ParseAddr(part); bad == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, wrong("HOLDFAST_TRUSTED_PROXIES", fmt.Sprintf("has %q: give networks like 10.0.0.0/8, by commas", part))
		}
		all = append(all, network)
	}
	return all, nil
}

// callback returns where Google sends pushes; "": it sends none.
func (s *settings) callback() string {
	if s.Push == "on" || s.Push == "auto" && strings.HasPrefix(s.PublicURL, "https://") {
		return s.PublicURL + "/hooks/google"
	}
	return ""
}

func (s *settings) allowedDomains() []string {
	var domains []string
	for domain := range strings.SplitSeq(s.AllowedDomains, ",") {
		if domain = strings.ToLower(strings.TrimSpace(domain)); domain != "" {
			domains = append(domains, domain)
		}
	}
	return domains
}

// logger returns the log that the settings ask for, on w's standard error.
func (s *databaseSettings) logger(w *world) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(s.Log, "info"))); err != nil {
		return nil, wrong("HOLDFAST_LOG", fmt.Sprintf("is %q: it is one of debug, info, warn, error", s.Log))
	}
	options := &slog.HandlerOptions{Level: level}
	if isTerminal(w.stderr) {
		return slog.New(slog.NewTextHandler(w.stderr, options)), nil
	}
	return slog.New(slog.NewJSONHandler(w.stderr, options)), nil
}

// directory returns the data directory, made where it was not there, for its owner
// alone.
func (s *databaseSettings) directory(w *world) (string, error) {
	dir := s.DataDir
	if dir == "" {
		base, err := userDataDir(w.getenv)
		if err != nil {
			return "", wrong("HOLDFAST_DATA_DIR", fmt.Sprintf("is not set, and there is no user's data directory: %v", err))
		}
		dir = filepath.Join(base, "holdfast")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	return dir, nil
}

// userDataDir returns where programs of this user keep their data.
func userDataDir(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support"), nil
	case "windows":
		return filepath.Join(home, "AppData", "Local"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}
