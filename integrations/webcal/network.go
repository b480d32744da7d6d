package webcal

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"holdfast/scheduler"
)

// internet6 is what of IPv6 is given out to the internet. Whatever else there is, NAT64
// (64:ff9b::/96), unique local and link-local addresses among it, lies outside.
var internet6 = netip.MustParsePrefix("2000::/3")

// special are the networks of no public use in what is left of both (RFC 6890 and
// IANA's registries of special-purpose addresses).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("10.0.0.0/8"),      // private
	netip.MustParsePrefix("100.64.0.0/10"),   // behind carriers' NAT
	netip.MustParsePrefix("127.0.0.0/8"),     // loopback
	netip.MustParsePrefix("169.254.0.0/16"),  // link-local: the metadata of clouds
	netip.MustParsePrefix("172.16.0.0/12"),   // private
	netip.MustParsePrefix("192.0.0.0/24"),    // protocols
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("192.168.0.0/16"),  // private
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("224.0.0.0/4"),     // multicast
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, broadcast

	netip.MustParsePrefix("2001::/23"),     // protocols, Teredo
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // 6to4: an IPv4 address of any kind
	netip.MustParsePrefix("3fff::/20"),     // documentation
}

// public reports whether ip is of the internet.
func public(ip netip.Addr) bool {
	return (ip.Is4() || internet6.Contains(ip)) && !within(special, ip)
}

func within(networks []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// control is called for each connection before it is made, with the number that it is
// about to go to, whatever name or redirect led there.
func (r *Reader) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("where a connection goes: %w", err)
	}
	ip := to.Addr().Unmap().WithZone("")
	if public(ip) || within(r.allowed, ip) {
		return nil
	}
	return &scheduler.WebcalError{Words: "The address leads to a private network, which Holdfast does not read.", Kind: scheduler.ErrForbidden}
}
