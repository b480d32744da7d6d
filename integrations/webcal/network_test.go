package webcal

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"holdfast/scheduler"
)

// private are addresses of no server on the internet, of every kind there is.
var private = []string{
	"127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "169.254.169.254",
	"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
	"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1",
	"2001::1", "2001:0:7f00:1::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1",
	"fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1",
}

func TestOnlyTheInternetIsPublic(t *testing.T) {
	for _, address := range private {
		r := New(nil)
		err := r.control("tcp", net.JoinHostPort(address, "443"), nil)
		if err == nil {
			t.Errorf("%s may be connected to", address)
			continue
		}
		expect(t, err, "private network", scheduler.ErrForbidden)
	}
	for _, address := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255",
		"172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1",
		"2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::1", "2003::1",
	} {
		if err := New(nil).control("tcp", net.JoinHostPort(address, "443"), nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestANetworkIsReadWhereItIsAllowedAndNoOther(t *testing.T) {
	r := New([]netip.Prefix{netip.MustParsePrefix("192.168.7.0/24"), netip.MustParsePrefix("fd12::/16")})
	for address, allowed := range map[string]bool{
		"192.168.7.9": true, "::ffff:192.168.7.9": true, "fd12::1": true, "1.1.1.1": true, "192.168.8.9": false, "127.0.0.1": false, "fd13::1": false,
	} {
		if err := r.control("tcp", net.JoinHostPort(address, "80"), nil); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Nothing is allowed here, so nothing answers, whatever form the address is written in.
func TestAPrivateAddressIsNotAskedHoweverItIsWritten(t *testing.T) {
	asked := 0
	server := serve(t, func(http.ResponseWriter, *http.Request) { asked++ })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "[::1]", "user:secret@127.0.0.1"}
	for _, address := range private {
		if ip := netip.MustParseAddr(address); ip.Is6() && ip.Zone() == "" {
			hosts = append(hosts, "["+address+"]")
		} else if ip.Is4() {
			hosts = append(hosts, address)
		}
	}
	for _, host := range hosts {
		_, err := New(nil).Read(t.Context(), "http://"+host+":"+port+"/secret.ics", "")
		expect(t, err, "private network", scheduler.ErrForbidden)
	}
	if asked > 0 {
		t.Errorf("%d requests came through", asked)
	}
}

func TestARedirectToAPrivateAddressIsNotFollowed(t *testing.T) {
	for _, address := range private {
		host := address
		if strings.Contains(address, ":") {
			host = "[" + url.PathEscape(address) + "]"
		}
		if address == "127.0.0.1" {
			continue // where the server is
		}
		if strings.HasPrefix(address, "::ffff:127.0.0.1") {
			continue // the same, mapped
		}
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+host+"/secret.ics", http.StatusFound)
		})
		_, err := New(loopback).Read(t.Context(), server.URL, "")
		expect(t, err, "private network", scheduler.ErrForbidden)
	}
}

// A name that leads to a good address when it is looked at, and to another when it is
// used: there is no such moment in between, and each connection is looked at anew.
func TestANameThatChangesItsAddressLeadsNowhere(t *testing.T) {
	var asked []string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/secret.ics", http.StatusFound)
			return
		}
		text(demo)(w, r)
	})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	r := New(loopback)
	names, dns := resolver(t, "127.0.0.1", "127.0.0.2")
	r.dialer.Resolver = names
	address := "http://calendar.test:" + port
	if _, err := r.Read(t.Context(), address+"/first", ""); err != nil {
		t.Fatalf("at the good address: %v", err)
	}
	_, err = r.Read(t.Context(), address+"/second", "")
	expect(t, err, "private network", scheduler.ErrForbidden)

	r.dialer.Resolver, _ = resolver(t, "127.0.0.1", "127.0.0.2")
	_, err = r.Read(t.Context(), address+"/again", "")
	expect(t, err, "private network", scheduler.ErrForbidden)
	if len(asked) != 2 || dns.questions() < 2 {
		t.Errorf("%d questions for the name, requests for %v", dns.questions(), asked)
	}
}
