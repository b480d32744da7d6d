package webcal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"holdfast/scheduler"
)

// An environment that names a proxy: whatever went through it would fail.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		if err := os.Setenv(name, "http://127.0.0.1:9"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// loopback is where the tests' servers are, and nothing else.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// demo is a calendar with one event.
const demo = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Side project\r\nX-WR-TIMEZONE:Europe/Berlin\r\nREFRESH-INTERVAL;VALUE=DURATION:PT30M\r\n" +
	"BEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Demo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// serve answers every request with h, at 127.0.0.1.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// serveTLS is serve by https, with a certificate that only the server's own client knows.
func serveTLS(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of those who do not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// text answers with a body.
func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

// expect wants a reading to fail with words that hold some, and with a kind; nil: none.
func expect(t *testing.T, err error, words string, kind error) {
	t.Helper()
	var failed *scheduler.WebcalError
	if !errors.As(err, &failed) || !strings.Contains(failed.Words, words) {
		t.Fatalf("the error is %v, want %q", err, words)
	}
	if failed.Kind != kind {
		t.Errorf("%q is of the kind %v, want %v", failed.Words, failed.Kind, kind)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error tells the address: %v", err)
	}
}

// names is a DNS server that answers questions for any name with the next of its
// addresses, and the last one from then on.
type names struct {
	mu    sync.Mutex
	next  []string
	asked int
}

// resolver returns one that asks a server of names over UDP.
func resolver(t *testing.T, addresses ...string) (*net.Resolver, *names) {
	t.Helper()
	n := &names{next: addresses}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return // closed
			}
			if answer, err := n.answer(buffer[:size]); err == nil {
				_, _ = conn.WriteTo(answer, from) // the resolver asks again
			}
		}
	})
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}, n
}

func (n *names) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	ip, q := n.take(m.Questions[0].Type), m.Questions[0]
	header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
	switch {
	case ip.Is4() && q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}}}
	case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
	}
	return m.Pack()
}

// take returns the address to answer with. A question for an IPv4 address moves on.
func (n *names) take(kind dnsmessage.Type) netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	ip := netip.MustParseAddr(n.next[0])
	if kind == dnsmessage.TypeA {
		n.asked++
		if len(n.next) > 1 {
			n.next = n.next[1:]
		}
	}
	return ip
}

// questions returns how often an IPv4 address was asked for.
func (n *names) questions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}
