package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"holdfast/scheduler/store"
)

// databaseSettings say where the service keeps what it remembers.
type databaseSettings struct {
	DataDir     string `env:"HOLDFAST_DATA_DIR" placeholder:"DIR" help:"Where the SQLite file and the generated key are. Default: holdfast in your data directory."`
	DatabaseURL string `env:"HOLDFAST_DATABASE_URL" placeholder:"URL" help:"postgres://…, or a SQLite file. Default: holdfast.db in the data directory."`
}

// serviceSettings are the settings of the service. The zero value works, but for Google
// and Migrate.
type serviceSettings struct {
	databaseSettings

	Addr           string         `env:"HOLDFAST_ADDR" placeholder:"HOST:PORT" help:"The address to listen on. Default: 127.0.0.1:8080."`
	PublicURL      webAddress     `env:"HOLDFAST_PUBLIC_URL" placeholder:"URL" help:"Where people and Google reach the service. Default: http://localhost with the port of --addr."`
	SecretKey      string         `env:"HOLDFAST_SECRET_KEY" placeholder:"KEY" help:"32 bytes in base64: seals what is stored, signs links. Older keys after commas. Default: generated into the data directory."`
	Google         googleSettings `embed:"" prefix:"google-"`
	Push           pushMode       `env:"HOLDFAST_PUSH" placeholder:"auto|on|off" help:"Have Google tell of changes: auto does where the public URL is https."`
	Poll           pollInterval   `env:"HOLDFAST_POLL" placeholder:"DURATION" help:"Look for changes at least every so often. Default: 15m without push, 6h with, 1h for busy times alone."`
	AllowedDomains domainList     `env:"HOLDFAST_ALLOWED_DOMAINS" placeholder:"DOMAIN,…" help:"Whose people may connect. Default: anyone who can sign in."`
	TrustedProxies networkList    `env:"HOLDFAST_TRUSTED_PROXIES" placeholder:"NETWORK,…" help:"Proxies, such as 10.0.0.0/8, that tell whose request they pass on."`
	FeedNetworks   networkList    `env:"HOLDFAST_FEED_NETWORKS" placeholder:"NETWORK,…" help:"Private networks, such as 192.168.7.0/24, that calendars elsewhere may be read from. Default: none, only the internet."`
	Log            logLevel       `env:"HOLDFAST_LOG" placeholder:"debug|info|warn|error" help:"How much to log. Default: info."`
	Migrate        bool           `default:"true" negatable:"" help:"Bring the database's schema up to date first."`

	// demo is the address of the demo's own calendar pages.
	demo string
	// seen is told who is signed in, with each of their requests: the demo wants to know.
	// Nil: nobody is told.
	seen func(repID string)
	// listener is one that listens already: the demo's. Nil: Addr says where.
	listener net.Listener
}

// googleSettings say which OAuth client to use, and where Google is.
type googleSettings struct {
	ClientID     string     `env:"HOLDFAST_GOOGLE_CLIENT_ID" name:"client-id" placeholder:"ID" help:"The OAuth client. Without one the sign-in page says how to get it."`
	ClientSecret string     `env:"HOLDFAST_GOOGLE_CLIENT_SECRET" placeholder:"SECRET" help:"Its secret; better set in the environment, where others do not see it."`
	Issuer       webAddress `env:"HOLDFAST_GOOGLE_ISSUER" placeholder:"URL" help:"OpenID discovery. Default: https://accounts.google.com."`
	API          webAddress `env:"HOLDFAST_GOOGLE_API" name:"api" placeholder:"URL" help:"Root of the Calendar API. Default: Google's."`
}

// The addresses of the real Google.
const (
	googleIssuer = "https://accounts.google.com"
	googleAPI    = "https://www.googleapis.com/calendar/v3/"
)

func (g googleSettings) issuer() string {
	if g.Issuer == "" {
		return googleIssuer
	}
	return string(g.Issuer)
}

// api returns the root of the Calendar API; it ends with a slash.
func (g googleSettings) api() string {
	if g.API == "" {
		return googleAPI
	}
	return string(g.API) + "/"
}

// webAddress is an absolute address of the web, without a slash at its end; "" is
// none given.
type webAddress string

// UnmarshalText reads a from a flag.
func (a *webAddress) UnmarshalText(text []byte) error {
	given := strings.TrimRight(string(text), "/")
	u, err := url.Parse(given)
	if given != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("%q is no address such as https://holdfast.example.com", text)
	}
	*a = webAddress(given)
	return nil
}

// pollInterval is a duration; 0, or none given, is as often as it is best.
type pollInterval time.Duration

// UnmarshalText reads p from a flag.
func (p *pollInterval) UnmarshalText(text []byte) error {
	*p = 0
	if len(text) == 0 {
		return nil
	}
	return (*daysDuration)(p).UnmarshalText(text)
}

// parseKeys reads the current key and older ones, of store.KeySize bytes each. It is
// not left to the command line's parser, whose errors repeat what was given.
func parseKeys(text string) (keys [][]byte, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		key, ok := decodeKey(part)
		if !ok {
			return nil, usagef("HOLDFAST_SECRET_KEY: a key is %d bytes in base64 (make one with: openssl rand -base64 %d)", store.KeySize, store.KeySize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// decodeKey reads a key in any of the usual forms of base64.
func decodeKey(text string) ([]byte, bool) {
	for _, form := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := form.DecodeString(text); err == nil && len(key) == store.KeySize {
			return key, true
		}
	}
	return nil, false
}

// pushMode says whether Google is asked to tell of changes; "" is auto.
type pushMode string

// UnmarshalText reads m from a flag.
func (m *pushMode) UnmarshalText(text []byte) error {
	switch *m = pushMode(text); *m {
	case "", "auto", "on", "off":
		return nil
	}
	return fmt.Errorf("%q is none of auto, on and off", text)
}

// callback returns where Google is to send pushes; "": nowhere.
func (m pushMode) callback(public string) string {
	if m == "on" || m != "off" && strings.HasPrefix(public, "https://") {
		return public + "/hooks/google"
	}
	return ""
}

// domainList is a list of domains, by commas.
type domainList []string

// UnmarshalText reads l from a flag.
func (l *domainList) UnmarshalText(text []byte) error {
	domains, err := parseDomains("", strings.FieldsFunc(string(text), isListBreak))
	var wrong usageError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%q is no list of domains such as acme.com,acme.de", text)
	}
	*l = domains
	return err
}

func isListBreak(r rune) bool { return r == ',' || r == ' ' }

// networkList is a list of networks and addresses, by commas.
type networkList []netip.Prefix

// UnmarshalText reads l from a flag.
func (l *networkList) UnmarshalText(text []byte) error {
	*l = nil
	for _, part := range strings.FieldsFunc(string(text), isListBreak) {
		network, err := netip.ParsePrefix(part)
		if address, bad := netip.ParseAddr(part); bad == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is neither a network such as 10.0.0.0/8 nor an address", part)
		}
		*l = append(*l, network)
	}
	return nil
}

// logLevel is how important a line must be to be logged.
type logLevel slog.Level

// UnmarshalText reads l from a flag.
func (l *logLevel) UnmarshalText(text []byte) error {
	level, ok := map[string]slog.Level{
		"": slog.LevelInfo, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[string(text)]
	if !ok {
		return fmt.Errorf("%q is none of debug, info, warn and error", text)
	}
	*l = logLevel(level)
	return nil
}

// check finds what only the settings together show to be wrong.
func (s *serviceSettings) check() error {
	if _, _, err := net.SplitHostPort(s.Addr); s.Addr != "" && err != nil {
		return usagef("--addr %q: give host and port, such as 127.0.0.1:8080", s.Addr)
	}
	if u, err := url.Parse(string(s.PublicURL)); err != nil || u.Path != "" {
		return usagef("--public-url %q: Holdfast is at the root of a host, without a path", string(s.PublicURL))
	}
	if s.Poll != 0 && time.Duration(s.Poll) < time.Second {
		return usagef("--poll %s is too often: at least 1s", time.Duration(s.Poll))
	}
	if (s.Google.ClientID == "") != (s.Google.ClientSecret == "") {
		return usagef("--google-client-id and --google-client-secret belong together: one of them is not set")
	}
	return nil
}

// dataDir returns the data directory's path.
func (d databaseSettings) dataDir(w *world) (string, error) {
	if d.DataDir != "" {
		return d.DataDir, nil
	}
	home := w.getenv("HOME")
	switch {
	case runtime.GOOS == "windows" && w.getenv("LocalAppData") != "":
		return filepath.Join(w.getenv("LocalAppData"), "Holdfast"), nil
	case w.getenv("XDG_DATA_HOME") != "":
		return filepath.Join(w.getenv("XDG_DATA_HOME"), "holdfast"), nil
	case home == "":
		return "", usagef("where to keep data? Say --data-dir DIR (there is no home directory)")
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support", "Holdfast"), nil
	}
	return filepath.Join(home, ".local", "share", "holdfast"), nil
}

// database returns where the database is; it makes the data directory where the
// database is in it.
func (d databaseSettings) database(w *world) (string, error) {
	if d.DatabaseURL != "" {
		return d.DatabaseURL, nil
	}
	dir, err := d.makeDataDir(w)
	return filepath.Join(dir, "holdfast.db"), err
}
