package emulator

import (
	"context"
	"crypto/rsa"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config is what a Server is made with. ClientID, ClientSecret, URL and Now are
// needed; the rest works as its zero value.
type Config struct {
	URL          string // where the server is reached, without a slash at its end: the issuer
	ClientID     string
	ClientSecret string
	RedirectURIs []string // those registered for the client; empty means any
	Now          func() time.Time
	Seed         uint64          // of ids and tokens, which are the same for the same seed and calls
	SigningKey   *rsa.PrivateKey // of id_tokens; made at the first sign-in where nil
	Logger       *slog.Logger    // told of violations and of pushes that failed; nil means nobody

	Push Push

	// Testing makes refresh tokens die after 7 days, as those of an OAuth client in
	// publishing status "Testing" do.
	Testing bool
	// SyncTokenLife is how long a sync token is good for; 0 means 28 days.
	SyncTokenLife time.Duration
	// UserQuota is how many requests a person's client may make in any minute before
	// it is told to slow down; 0 means no bound. Google gives 600.
	UserQuota int
	// PageCap bounds every page below what was asked for; 0 means no bound.
	PageCap int
	// EmptyPages puts an empty page, with a page token, before every page.
	EmptyPages bool
}

// Server is Google as far as Holdfast uses it: OpenID, OAuth 2.0, Calendar v3 and
// push notifications. Make one with New, serve it over HTTP or use Transport, and
// Close it. All methods may be called at any time, from any goroutine.
type Server struct {
	config   Config
	document *discovery
	pages    http.Handler // everything but the Calendar API
	methods  map[string]handler

	keyMu sync.Mutex // guards key
	key   *rsa.PrivateKey

	mu        sync.Mutex // guards all below
	random    *rand.Rand
	rev       int64 // of the last change anywhere
	zones     map[string]*time.Location
	users     map[string]*User
	calendars map[string]*calendar
	grants    grants
	channels  map[string]*channel   // every id ever used
	watchers  map[string][]*channel // by resource
	faults    []*Fault
	journal   journal
	syncEpoch int64
	held      []*Notification
	pending   int           // notifications on their way
	settled   chan struct{} // closed when pending falls to zero, then made anew

	work     context.Context // ends with Close
	stop     context.CancelFunc
	couriers sync.WaitGroup
}

// New makes a Server without users. It panics where Config lacks what is needed.
func New(config Config) *Server {
	if config.URL == "" || config.ClientID == "" || config.ClientSecret == "" || config.Now == nil {
		panic("emulator: URL, ClientID, ClientSecret and Now are needed")
	}
	if config.SyncTokenLife == 0 {
		config.SyncTokenLife = 28 * 24 * time.Hour
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Push.Client == nil {
		config.Push.Client = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	s := &Server{
		config: config, key: config.SigningKey, document: document(), random: rand.New(rand.NewPCG(config.Seed, 1)),
		zones: map[string]*time.Location{}, users: map[string]*User{}, calendars: map[string]*calendar{},
		channels: map[string]*channel{}, watchers: map[string][]*channel{}, grants: newGrants(), settled: make(chan struct{}),
	}
	s.journal.counts = map[string]map[string]int{}
	// Deliveries outlive the requests that caused them: they belong to the server.
	s.work, s.stop = context.WithCancel(context.Background())
	s.methods, s.pages = calendarMethods(), s.routes()
	return s
}

// Close stops deliveries and waits until their goroutines ended. Requests that hang
// by a fault end too.
func (s *Server) Close() {
	s.mu.Lock() // whoever holds it may be sending a courier out
	s.stop()
	s.mu.Unlock()
	s.couriers.Wait()
}

// apiRoot is the path below which the Calendar API lives.
const apiRoot = "/calendar/v3/"

// APIURL is the Calendar API's root, to be given to a client as its endpoint.
func (s *Server) APIURL() string { return s.config.URL + apiRoot }

// ServeHTTP answers as Google does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, isAPI := strings.CutPrefix(r.URL.EscapedPath(), apiRoot); isAPI {
		s.serveCalendar(w, r, path)
		return
	}
	s.pages.ServeHTTP(w, r)
}

// now is the clock at the resolution that Google shows.
func (s *Server) now() time.Time { return s.config.Now().UTC().Truncate(time.Millisecond) }

// timestamp is the form of created and updated.
func (s *Server) timestamp() string { return s.now().Format("2006-01-02T15:04:05.000Z") }

var errUnknownZone = errors.New("unknown time zone")

// location finds a zone by its IANA name and remembers it.
func (s *Server) location(name string) (*time.Location, error) {
	if loc := s.zones[name]; loc != nil {
		return loc, nil
	}
	if name == "" || name == "Local" {
		return nil, errUnknownZone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, errUnknownZone
	}
	s.zones[name] = loc
	return loc, nil
}

// zoneOf is a calendar's zone, which was checked when the calendar was made.
func (s *Server) zoneOf(cal *calendar) *time.Location {
	loc, err := s.location(cal.zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

const idAlphabet = "abcdefghijklmnopqrstuv0123456789"

// newID is a fresh id of Google's alphabet, base32hex.
func (s *Server) newID(length int) string {
	id := make([]byte, length)
	for i := range id {
		id[i] = idAlphabet[s.random.IntN(len(idAlphabet))]
	}
	return string(id)
}
