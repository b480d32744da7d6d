package webcal

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"holdfast/scheduler"
)

// The limits of one reading.
const (
	deadline     = 10 * time.Second
	maxRedirects = 5
	maxHeader    = 64 << 10
	// maxBody bounds the file, unpacked: three times a busy person's ten years.
	maxBody = 10 << 20
	// maxEvents bounds what is kept of a calendar.
	maxEvents = 20_000
	// atOnce is how many readings are under way at the same time: each may take what a
	// file made to be large can take.
	atOnce = 4
)

// Reader reads calendars. It is safe for concurrent use.
type Reader struct {
	allowed  []netip.Prefix
	dialer   *net.Dialer
	client   *http.Client
	deadline time.Duration
	turns    chan struct{} // holds a value for each reading under way
}

// New returns a Reader of calendars on the internet, and on the networks that are allowed
// besides.
func New(allowed []netip.Prefix) *Reader {
	r := &Reader{allowed: allowed, deadline: deadline, turns: make(chan struct{}, atOnce)}
	r.dialer = &net.Dialer{Control: r.control}
	r.client = &http.Client{
		// No proxy, whatever the environment says: it would connect wherever it is told.
		Transport: &http.Transport{
			Proxy: nil, DialContext: r.dialer.DialContext,
			DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: checkRedirect,
	}
	return r
}

// checkRedirect follows a redirect within limits, without telling where it comes from.
func checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return &scheduler.WebcalError{Words: "The address redirects again and again.", Kind: scheduler.ErrInvalid}
	}
	if next.URL.Scheme != "https" && next.URL.Scheme != "http" {
		return &scheduler.WebcalError{Words: "The address redirects to something that is not on the web.", Kind: scheduler.ErrInvalid}
	}
	if next.URL.Scheme == "http" && before[len(before)-1].URL.Scheme == "https" {
		return &scheduler.WebcalError{Words: "The address redirects from https to http, where anybody on the way can read the calendar.", Kind: scheduler.ErrInvalid}
	}
	next.Header.Del("Referer") // the address before this one may be a secret
	return nil
}

// Read reads the calendar at address. With the token of the reading before it may be
// Unchanged. What is wrong with the calendar or its server is a *scheduler.WebcalError;
// other errors are ctx's.
func (r *Reader) Read(ctx context.Context, address, token string) (scheduler.WebcalRead, error) {
	u, err := scheduler.ParseWebcal(address)
	if err != nil {
		return scheduler.WebcalRead{}, err
	}
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return scheduler.WebcalRead{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, r.deadline)
	defer cancel()
	read, err := r.read(limited, u, parseToken(token))
	if err != nil && ctx.Err() != nil { // whoever asked gave up
		return scheduler.WebcalRead{}, ctx.Err()
	}
	return read, err
}

func (r *Reader) read(ctx context.Context, u *url.URL, known token) (scheduler.WebcalRead, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return scheduler.WebcalRead{}, trouble(err, u.Hostname())
	}
	request.Header.Set("Accept", "text/calendar, */*;q=0.1")
	request.Header.Set("User-Agent", "Holdfast")
	known.ask(request.Header)
	answer, err := r.client.Do(request)
	if err != nil {
		return scheduler.WebcalRead{}, trouble(err, u.Hostname())
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotModified && known.asks():
		return scheduler.WebcalRead{Unchanged: true, Token: known.String(), Refresh: known.Refresh}, nil
	case answer.StatusCode != http.StatusOK:
		return scheduler.WebcalRead{}, refusal(answer, u.Hostname())
	}
	return readBody(answer, u.Hostname(), known)
}
