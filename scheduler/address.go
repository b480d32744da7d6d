package scheduler

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The longest values that are read as an address.
const (
	// maxAddressValue bounds what is looked at, query and display name included.
	maxAddressValue = 4096
	// maxLocalPart is four times what RFC 5321 §4.5.3.1.1 allows, because
	// calendars themselves go over it: Google's group ids have 66 octets.
	maxLocalPart = 256
	maxHost      = 253 // RFC 1035 §2.3.4, as text
	maxHostLabel = 63
)

// ParseAddress returns the form in which the address in value is compared (rules,
// section 1), and whether there is one. Value is a calendar address: a mailto: URI,
// a bare address, or one in angle brackets after a name. The form is lower case,
// without mailto:, without a +tag, for Gmail without dots and at gmail.com, with
// the host in ASCII. It is itself an address whose compared form it is.
//
// URIs of other kinds, paths, and addresses with unquoted spaces or more than one
// unquoted @ are none.
func ParseAddress(value string) (string, bool) {
	bare, local, host, ok := readAddress(value)
	if !ok {
		return "", false
	}
	if host == "googlemail.com" {
		host = "gmail.com"
	}
	if local = mailbox(local, host); local == "" || len(local) > maxLocalPart {
		return "", false
	}
	if len(bare) == len(local)+1+len(host) && bare[:len(local)] == local && bare[len(local)+1:] == host {
		return bare, true // it came in its compared form: nothing to build
	}
	return local + "@" + host, true
}

// MailAddress returns the address in value that mail goes to, and whether there is one:
// with the tag and the dots that the compared form leaves out, as not everybody's server
// does. It is in lower case, with the host in ASCII.
func MailAddress(value string) (string, bool) {
	if _, ok := ParseAddress(value); !ok {
		return "", false
	}
	_, local, host, _ := readAddress(value)
	return local + "@" + host, true
}

// readAddress returns the address in value: bare, and its two parts, in lower case and
// the host in ASCII.
func readAddress(value string) (bare, local, host string, ok bool) {
	if len(value) > maxAddressValue {
		return "", "", "", false
	}
	bare = bareAddress(value)
	if !printable(bare) {
		return "", "", "", false
	}
	if local, host, ok = splitAddress(strings.ToLower(bare)); !ok {
		return "", "", "", false
	}
	host, ok = asciiHost(host)
	return bare, local, host, ok
}

// bareAddress returns what is left of value without mailto:, name, angle brackets
// and outer space.
func bareAddress(value string) string {
	value = withoutScheme(strings.TrimSpace(value))
	if strings.HasSuffix(value, ">") {
		value = value[strings.LastIndexByte(value, '<')+1 : len(value)-1]
		value = withoutScheme(strings.TrimSpace(value))
	}
	return value
}

// withoutScheme reads a mailto: URI (RFC 6068 §2): the scheme and the query go,
// percent escapes are decoded. Some programs write the scheme twice. Other values
// are returned as they are.
func withoutScheme(value string) string {
	const scheme = "mailto:"
	uri := false
	for len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
		value = strings.TrimSpace(value[len(scheme):])
		uri = true
	}
	if !uri {
		return value
	}
	value, _, _ = strings.Cut(value, "?")
	if strings.IndexByte(value, '%') < 0 {
		return strings.TrimSpace(value)
	}
	if decoded, err := url.PathUnescape(value); err == nil { // else it was never encoded: "50%off@…"
		value = decoded
	}
	return strings.TrimSpace(value)
}

// printable reports whether s is UTF-8 without spaces, control characters and
// invisible ones.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return utf8.ValidString(s[i:]) && strings.IndexFunc(s[i:], unprintable) < 0
		case c <= ' ' || c == 0x7f:
			return false
		}
	}
	return true
}

func unprintable(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }

// splitAddress cuts a bare address at its @. A quoted local part comes back
// without quotes where it does not need them.
func splitAddress(bare string) (local, host string, ok bool) {
	if !strings.HasPrefix(bare, `"`) {
		local, host, ok = strings.Cut(bare, "@")
		return local, host, ok && isPlainLocal(local)
	}
	end := closingQuote(bare)
	if end < 0 || !strings.HasPrefix(bare[end+1:], "@") {
		return "", "", false
	}
	local, host = bare[:end+1], bare[end+2:]
	if quoted := bare[1:end]; quoted == "" || isPlainLocal(quoted) {
		local = quoted
	}
	return local, host, true
}

// closingQuote returns the index of the quote that ends the one at the start of s,
// or -1.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// isPlainLocal reports whether local needs no quotes (RFC 5322 §3.4.1). Dots may
// stand anywhere: some providers give such addresses out. A slash in front marks a
// path, which is how CalDAV servers name principals.
func isPlainLocal(local string) bool {
	for i := 0; i < len(local); i++ {
		switch local[i] {
		case '(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '"':
			return false
		}
	}
	return !strings.HasPrefix(local, "/")
}

// asciiHost returns host in lower-case ASCII without a trailing dot, and whether
// it is a name or an IP literal (RFC 5321 §4.1.3).
func asciiHost(host string) (string, bool) {
	if strings.HasPrefix(host, "[") {
		return host, isAddressLiteral(host)
	}
	for i := 0; i < len(host); i++ {
		if host[i] >= utf8.RuneSelf {
			ascii, err := idna.Lookup.ToASCII(host)
			if err != nil {
				return "", false
			}
			host = ascii
			break
		}
	}
	host = strings.TrimSuffix(host, ".")
	return host, isHostName(host)
}

// isAddressLiteral reports whether host is an IP address in square brackets.
func isAddressLiteral(host string) bool {
	inner, closed := strings.CutSuffix(host[1:], "]")
	ip, err := netip.ParseAddr(strings.TrimPrefix(inner, "ipv6:"))
	return closed && err == nil && ip.Zone() == ""
}

// isHostName reports whether host consists of labels of letters, digits, hyphens
// and, as Windows domains have them, underscores.
func isHostName(host string) bool {
	if len(host) > maxHost {
		return false
	}
	label := 0
	for i := 0; i < len(host); i++ {
		switch c := host[i]; {
		case c == '.':
			if label == 0 {
				return false
			}
			label = 0
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			if label++; label > maxHostLabel {
				return false
			}
		default:
			return false
		}
	}
	return label > 0
}

// mailbox returns the part of local that names the mailbox at host: without a
// +tag and, at Gmail, without dots. A local part that starts with a plus is a
// telephone number, not a tag.
func mailbox(local, host string) string {
	if strings.HasPrefix(local, `"`) {
		return local
	}
	if i := strings.LastIndexByte(local, '+'); i > 0 {
		local = local[:1+strings.IndexByte(local[1:], '+')]
	}
	if host == "gmail.com" && strings.IndexByte(local, '.') >= 0 {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local
}

// CompanyDomain returns the registrable domain of host by the ICANN section of the
// Public Suffix List: eu.acme.co.uk is at acme.co.uk. A host that is itself a
// suffix or an IP address, or has one label, is its own. Host is as ParseAddress
// leaves it.
func CompanyDomain(host string) string {
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 || strings.IndexByte(host[:dot], '.') < 0 {
		return host // a suffix, or right under one
	}
	if isIP(host) {
		return host
	}
	own := len(host) - len(icannSuffix(host))
	if own == 0 {
		return host
	}
	return host[1+strings.LastIndexByte(host[:own-1], '.'):]
}

// isIP reports whether host is an IP address, with or without brackets.
func isIP(host string) bool {
	if host[0] == '[' {
		return true
	}
	if last := host[len(host)-1]; last < '0' || last > '9' {
		return false // no IPv4 address, and the other kind comes in brackets
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// icannSuffix returns the public suffix of host by the ICANN section alone. Domains
// under which companies let others register names (github.io) are in the list's
// other section; here they are domains like any other, so the search goes on above
// them. A suffix that no rule names is the last label.
func icannSuffix(host string) string {
	suffix, _ := publicsuffix.PublicSuffix(host)
	for {
		_, parent, found := strings.Cut(suffix, ".")
		if !found {
			return suffix
		}
		// The flag is that of the last name on the way down, which can lie below
		// the suffix and in the other section: ask about the suffix alone.
		if _, icann := publicsuffix.PublicSuffix(suffix); icann {
			return suffix
		}
		suffix, _ = publicsuffix.PublicSuffix(parent)
	}
}

// inDomain reports whether host is domain or one of its subdomains.
func inDomain(host, domain string) bool {
	rest, found := strings.CutSuffix(host, domain)
	return found && domain != "" && (rest == "" || rest[len(rest)-1] == '.')
}
