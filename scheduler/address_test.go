package scheduler

import (
	"strings"
	"testing"
	"unicode"
)

func TestParseAddress(t *testing.T) {
	tests := []struct{ name, value, want string }{ // want "": no address
		{"as it is", "ana@acme.com", "ana@acme.com"},
		{"without case", "Ana.Ruiz@Acme.COM", "ana.ruiz@acme.com"},
		{"without mailto:", "mailto:ana@acme.com", "ana@acme.com"},
		{"without MAILTO:", "MAILTO:ana@acme.com", "ana@acme.com"},
		{"mailto: written twice", "mailto:MAILTO:ana@acme.com", "ana@acme.com"},
		{"outer space", "  ana@acme.com\r\n", "ana@acme.com"},
		{"space after mailto:", "mailto: ana@acme.com ", "ana@acme.com"},
		{"no-break space around it", "\u00a0ana@acme.com\u00a0", "ana@acme.com"},
		{"without a +tag", "ana+demo@acme.com", "ana@acme.com"},
		{"without all of a +tag", "ana+demo+2@acme.com", "ana@acme.com"},
		{"an empty +tag", "ana+@acme.com", "ana@acme.com"},
		{"a telephone number is no +tag", "+15551234@sms.example", "+15551234@sms.example"},
		{"dots stay elsewhere", "a.n.a@acme.com", "a.n.a@acme.com"},
		{"dots go at Gmail", "a.n.a@gmail.com", "ana@gmail.com"},
		{"Googlemail is Gmail", "A.na+x@googlemail.com", "ana@gmail.com"},
		{"Gmail in a longer name is not Gmail", "a.na@gmail.com.acme.com", "a.na@gmail.com.acme.com"},
		{"nothing left at Gmail", "...@gmail.com", ""},

		{"percent-encoded tag", "mailto:ana%2Bdemo@acme.com", "ana@acme.com"},
		{"percent-encoded at sign", "mailto:ana%40acme.com", "ana@acme.com"},
		{"percent-encoded once, decoded once", "mailto:a%2540b@acme.com", "a%40b@acme.com"},
		{"percent sign that encodes nothing", "mailto:50%off@acme.com", "50%off@acme.com"},
		{"percent sign outside a URI", "ana%2Bdemo@acme.com", "ana%2bdemo@acme.com"},
		{"percent-encoded newline", "mailto:ana%0D%0A@acme.com", ""},
		{"percent-encoded bytes that are no UTF-8", "mailto:%ff@acme.com", ""},
		{"query", "mailto:ana@acme.com?subject=Hi%20there&cc=bob@acme.com", "ana@acme.com"},
		{"encoded question mark is no query", "mailto:who%3F@acme.com", "who?@acme.com"},

		{"angle brackets", "<ana@acme.com>", "ana@acme.com"},
		{"angle brackets after a name", `"Ruiz, Ana" <Ana@acme.com>`, "ana@acme.com"},
		{"angle brackets around a URI", "Ana <mailto:ana%2Bx@acme.com>", "ana@acme.com"},
		{"angle brackets inside a URI", "mailto:<ana@acme.com>", "ana@acme.com"},
		{"encoded angle brackets", "mailto:Ana%20%3Cana@acme.com%3E", "ana@acme.com"},
		{"angle bracket that was not opened", "ana@acme.com>", "ana@acme.com"},
		{"angle bracket that was not closed", "<ana@acme.com", ""},

		{"quotes that are not needed", `"ana.ruiz"@acme.com`, "ana.ruiz@acme.com"},
		{"quotes that are needed", `"Ana@home"@acme.com`, `"ana@home"@acme.com`},
		{"escaped quote in quotes", `"a\"@\\"@acme.com`, `"a\"@\\"@acme.com`},
		{"quoted plus with quoted at sign is no tag", `"a@b+c"@acme.com`, `"a@b+c"@acme.com`},
		{"quote that does not end", `"ana@acme.com`, ""},
		{"quote that ends too early", `"ana"x@acme.com`, ""},
		{"nothing in quotes", `""@acme.com`, ""},

		{"trailing dot of the host", "ana@acme.com.", "ana@acme.com"},
		{"two trailing dots of the host", "ana@acme.com..", ""},
		{"empty label in the host", "ana@acme..com", ""},
		{"host of one label", "ana@localhost", "ana@localhost"},
		{"host with an underscore", "ana@mail_1.acme.com", "ana@mail_1.acme.com"},
		{"Unicode host", "ana@MÜNCHEN.example", "ana@xn--mnchen-3ya.example"},
		{"Unicode host in its ASCII form", "ana@XN--mnchen-3ya.example", "ana@xn--mnchen-3ya.example"},
		{"Unicode host, decomposed", "ana@mu\u0308nchen.example", "ana@xn--mnchen-3ya.example"},
		{"sharp s is not two", "ana@straße.example", "ana@xn--strae-oqa.example"},
		{"ideographic full stop", "ana@例え。example", "ana@xn--r8jz45g.example"},
		{"full-width host", "a.na@ｇｍａｉｌ.com", "ana@gmail.com"},
		{"host that no registry takes", "ana@a\u0338\u2260b.例え", ""},
		{"Unicode before the at sign", "mailto:Jos%C3%A9@acme.com", "josé@acme.com"},
		{"IPv4 literal", "ana@[192.0.2.1]", "ana@[192.0.2.1]"},
		{"IPv6 literal", "ana@[IPv6:2001:db8::1]", "ana@[ipv6:2001:db8::1]"},
		{"IPv6 literal with a zone", "ana@[IPv6:fe80::1%eth0]", ""},
		{"bracket without an address", "ana@[acme.com]", ""},
		{"bracket that was not closed", "ana@[192.0.2.1", ""},
		{"bracket alone", "ana@[", ""},

		{"empty", "", ""},
		{"only a scheme", "mailto:", ""},
		{"only brackets", "<>", ""},
		{"only an at sign", "@", ""},
		{"no at sign", "acme.com", ""},
		{"no local part", "@acme.com", ""},
		{"no host", "ana@", ""},
		{"host that is a dot", "ana@.", ""},
		{"several unquoted at signs", "ana@bob@acme.com", ""},
		{"two addresses", "mailto:ana@acme.com,bob@acme.com", ""},
		{"Apple's placeholder", "invalid:nomail", ""},
		{"URN", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", ""},
		{"path of a principal", "/principals/x", ""},
		{"path of a principal named by address", "/principals/users/ana@acme.com", ""},
		{"quoted path stays quoted", `"/ana"@acme.com`, `"/ana"@acme.com`},
		{"web address", "https://ana@acme.com/", ""},
		{"another scheme", "sip:ana@acme.com", ""},
		{"space inside", "ana ruiz@acme.com", ""},
		{"space before the host", "ana@ acme.com", ""},
		{"space in quotes", `"ana ruiz"@acme.com`, ""},
		{"control character", "ana\x00@acme.com", ""},
		{"newline inside", "ana@acme.com\nBCC:bob@acme.com", ""},
		{"delete character", "ana\x7f@acme.com", ""},
		{"invisible character", "ana\u200b@acme.com", ""},
		{"text direction override", "ana\u202e@acme.com", ""},
		{"bytes that are no UTF-8", "an\xe1@acme.com", ""},
		{"host with a slash", "ana@acme.com/x", ""},
		{"comment", "ana(work)@acme.com", ""},

		{"longest host label", "ana@" + strings.Repeat("a", 63) + ".com", "ana@" + strings.Repeat("a", 63) + ".com"},
		{"host label too long", "ana@" + strings.Repeat("a", 64) + ".com", ""},
		{"host too long", "ana@" + strings.Repeat("a.", 126) + "com", ""},
		{"Unicode label too long in ASCII", "ana@" + strings.Repeat("ü", 62) + ".com", ""},
		{"longest local part", strings.Repeat("a", 256) + "@acme.com", strings.Repeat("a", 256) + "@acme.com"},
		{"local part too long", strings.Repeat("a", 257) + "@acme.com", ""},
		{"long tag", "ana+" + strings.Repeat("a", 257) + "@acme.com", "ana@acme.com"},
		{"value too long", strings.Repeat(" ", 4096) + "ana@acme.com", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseAddress(tt.value)
			if got != tt.want || ok != (tt.want != "") {
				t.Fatalf("ParseAddress(%q) = %q, %v; want %q", tt.value, got, ok, tt.want)
			}
			checkCompared(t, got, ok)
		})
	}
}

// checkCompared fails t where what ParseAddress returned is not its own compared form.
func checkCompared(t *testing.T, address string, ok bool) {
	t.Helper()
	if !ok {
		if address != "" {
			t.Fatalf("no address, but %q", address)
		}
		return
	}
	if again, ok := ParseAddress(address); !ok || again != address {
		t.Fatalf("ParseAddress(%q) = %q, %v; want it unchanged", address, again, ok)
	}
	local, host := address[:strings.LastIndexByte(address, '@')], address[strings.LastIndexByte(address, '@')+1:]
	for _, r := range address {
		if r <= ' ' || unicode.IsControl(r) {
			t.Fatalf("%q holds %q", address, r)
		}
	}
	if local == "" || len(local) > maxLocalPart || len(host) > maxHost {
		t.Fatalf("%q is out of bounds", address)
	}
	company := CompanyDomain(host)
	if company == "" || !inDomain(host, company) || CompanyDomain(company) != company {
		t.Fatalf("CompanyDomain(%q) = %q", host, company)
	}
}

// Whatever character an address holds, its compared form is stable. All that have
// case are in the first two planes of Unicode.
func TestParseAddressAnyRune(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		address, ok := ParseAddress("x" + string(r) + "@acme.com")
		checkCompared(t, address, ok)
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"ana@acme.com", "MAILTO:Ana+x@GoogleMail.com?subject=a", `"a\"@b" <mailto:%22a%40b%22@acme.com>`,
		"ana@[IPv6:2001:db8::1]", "ana@münchen.example.", "invalid:nomail", "+1+2@a.b.c.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		address, ok := ParseAddress(value)
		checkCompared(t, address, ok)
		CompanyDomain(value)
	})
}

func TestCompanyDomain(t *testing.T) {
	tests := []struct{ name, host, want string }{
		{"registrable domain", "acme.com", "acme.com"},
		{"host below it", "mail.eu.acme.com", "acme.com"},
		{"suffix of two labels", "eu.acme.co.uk", "acme.co.uk"},
		{"registrable domain under two labels", "acme.co.uk", "acme.co.uk"},
		{"suffix of three labels", "www.acme.k12.ca.us", "acme.k12.ca.us"},
		{"a suffix is its own", "com", "com"},
		{"a suffix of two labels is its own", "co.uk", "co.uk"},
		{"a suffix of three labels is its own", "k12.ca.us", "k12.ca.us"},
		{"one label is its own", "localhost", "localhost"},
		{"wildcard suffix", "mail.acme.foo.ck", "acme.foo.ck"},
		{"suffix by a wildcard is its own", "foo.ck", "foo.ck"},
		{"exception to a wildcard", "mail.www.ck", "www.ck"},
		{"suffix of the private section", "foo.github.io", "github.io"},
		{"two private suffixes", "a.b.s3.dualstack.eu-west-1.amazonaws.com", "amazonaws.com"},
		{"below a private suffix and above another", "dualstack.us-east-1.amazonaws.com", "amazonaws.com"},
		{"name sold under a company's domain", "mail.acme.uk.com", "uk.com"},
		{"private suffix under one of two labels", "acme.blogspot.co.uk", "blogspot.co.uk"},
		{"private suffixes further below one of two labels", "a.b.amazonaws.com.cn", "amazonaws.com.cn"},
		{"private wildcard", "a.b.compute.estate", "compute.estate"},
		{"top-level domain nobody runs", "a.b.example", "b.example"},
		{"top-level domain of a house", "mail.corp.internal", "corp.internal"},
		{"one below a top-level domain nobody runs", "b.example", "b.example"},
		{"Unicode in its ASCII form", "www.acme.xn--55qx5d.cn", "acme.xn--55qx5d.cn"},
		{"IPv4 address", "192.0.2.1", "192.0.2.1"},
		{"IPv4 literal", "[192.0.2.1]", "[192.0.2.1]"},
		{"IPv6 literal", "[ipv6:2001:db8::192.0.2.1]", "[ipv6:2001:db8::192.0.2.1]"},
		{"name that ends in a digit", "a.b.xn--p1", "b.xn--p1"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CompanyDomain(tt.host); got != tt.want {
				t.Errorf("CompanyDomain(%q) = %q, want %q", tt.host, got, tt.want)
			}
		})
	}
}

func TestInDomain(t *testing.T) {
	tests := []struct {
		name, host, domain string
		want               bool
	}{
		{"itself", "acme.com", "acme.com", true},
		{"subdomain", "eu.acme.com", "acme.com", true},
		{"subdomain of a subdomain", "a.eu.acme.com", "acme.com", true},
		{"name that only ends alike", "notacme.com", "acme.com", false},
		{"parent", "acme.com", "eu.acme.com", false},
		{"other domain", "globex.io", "acme.com", false},
		{"no domain", "acme.com", "", false},
		{"no host", "", "acme.com", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := inDomain(tt.host, tt.domain); got != tt.want {
				t.Errorf("inDomain(%q, %q) = %v", tt.host, tt.domain, got)
			}
		})
	}
}

func BenchmarkParseAddress(b *testing.B) {
	for _, bb := range []struct{ name, value string }{
		{"plain", "ana.ruiz@acme.com"},
		{"mailto", "mailto:ana.ruiz@acme.com"},
		{"case", "MAILTO:Ana.Ruiz@Acme.com"},
		{"gmail", "mailto:ana.ruiz+demo@gmail.com"},
		{"unicode", "mailto:ana@münchen.example"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseAddress(bb.value)
			}
		})
	}
}

func BenchmarkCompanyDomain(b *testing.B) {
	for _, host := range []string{"acme.com", "eu.acme.com", "eu.acme.co.uk", "foo.github.io", "a.b.example"} {
		b.Run(host, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				CompanyDomain(host)
			}
		})
	}
}

func TestMailGoesToAnAddressAsItIsSpelled(t *testing.T) {
	for value, want := range map[string]string{
		"mailto:Ana+Deals@EU.Acme.com":        "ana+deals@eu.acme.com",
		"Joe Doe <Joe.Doe+x@googlemail.com>":  "joe.doe+x@googlemail.com",
		"ana@m\u00fcnchen.example.":           "ana@xn--mnchen-3ya.example",
		"ana at acme.com":                     "",
		strings.Repeat("a", 5000) + "@x.test": "",
	} {
		got, ok := MailAddress(value)
		if got != want || ok != (want != "") {
			t.Errorf("%.40s is %q, %v, want %q", value, got, ok, want)
		}
		compared, _ := ParseAddress(value)
		if again, _ := ParseAddress(got); again != compared {
			t.Errorf("%.40s is compared as %q, and what mail goes to as %q", value, compared, again)
		}
	}
}
