package scheduler

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
)

func TestFreeMail(t *testing.T) {
	groups := []struct {
		name    string
		domains string
		want    bool
	}{
		{"worldwide providers", `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com
			rocketmail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me tutanota.com tuta.com gmx.com
			gmx.net mail.com zoho.com zohomail.com fastmail.com hey.com hushmail.com duck.com mailbox.org yandex.com
			startmail.com runbox.com`, true},
		{"providers of one country", `web.de t-online.de freenet.de gmx.de posteo.de vodafone.de mail.ru ya.ru rambler.ru
			qq.com foxmail.com 163.com 126.com yeah.net 139.com sina.com sohu.com aliyun.com naver.com daum.net hanmail.net
			nate.com kakao.com laposte.net orange.fr free.fr wanadoo.fr sfr.fr neuf.fr bbox.fr libero.it virgilio.it tiscali.it
			alice.it tin.it tim.it seznam.cz email.cz centrum.cz volny.cz wp.pl o2.pl onet.pl interia.pl op.pl uol.com.br
			bol.com.br terra.com.br ig.com.br globo.com rediffmail.com comcast.net verizon.net att.net sbcglobal.net cox.net
			charter.net earthlink.net btinternet.com talktalk.net virginmedia.com sky.com bluewin.ch hispeed.ch ziggo.nl
			kpnmail.nl planet.nl home.nl xs4all.nl telenet.be skynet.be proximus.be voo.be abv.bg ukr.net freemail.hu
			citromail.hu sapo.pt online.no telia.com comhem.se suomi24.fi saunalahti.fi aon.at chello.at bigpond.com
			optusnet.com.au xtra.co.nz shaw.ca rogers.com sympatico.ca telus.net docomo.ne.jp ezweb.ne.jp nifty.com hinet.net
			netvigator.com mweb.co.za walla.co.il tut.by eircom.net inbox.lv legalmail.it`, true},
		{"regional variants of the list", `hotmail.co.uk hotmail.fr yahoo.co.uk yahoo.com.br outlook.fr live.nl live.co.uk
			gmx.ch gmx.at yandex.kz yahoo.co.jp hotmail.com.br`, true},
		{"regional variants beyond the list", `hotmail.com.mx hotmail.at hotmail.rs outlook.com.mx outlook.co.uk live.fi
			live.com.my msn.it yahoo.com.pe yahoo.lt gmx.it yandex.com.tr aol.it ymail.nl gmail.nl wanadoo.nl posteo.tw`, true},
		{"under a provider's domain", `ana.fastmail.com vip.163.com mail.gmx.net relay.hotmail.co.uk`, true},
		{"a relay below a company's domain", `privaterelay.appleid.com`, true},
		{"throw-away mailboxes", `mailinator.com guerrillamail.com yopmail.com`, true},
		{"companies", `acme.com globex.com globex.io initech.com hooli.com umbrella.com stark.com wayne.com contoso.com
			northwind.example acme.co.uk eu.acme.co.uk ibm.com apple.com appleid.com microsoft.com google.com amazon.com meta.com
			oracle.com sap.com siemens.com salesforce.com hubspot.com stripe.com intel.com cisco.com adobe.com dell.com hp.com
			nike.com mail.acme.com gmail.acme.com outlook.acme.de hotmail.com.acme.de`, false},
		{"companies that run a provider", `telekom.de t-systems.com vodafone.com orange.com comcast.com verizon.com att.com bt.com
			telekom.at kpn.com swisscom.com proton.ch yahooinc.com zohocorp.com tencent.com alibaba-inc.com navercorp.com
			kakaocorp.com united-internet.de 1und1.de`, false},
		{"companies that the upstream list has", `starbucks.com facebook.com cox.com clerk.com easypost.com scientist.com
			alibaba.com about.com space.com saudia.com xoom.com`, false},
		{"universities", `mit.edu stanford.edu ox.ac.uk nus.edu.sg unican.es ethz.ch tum.de`, false},
		{"companies named like a provider", `live.io live.tv outlook.ai msn.co yahoo.acme.com notgmail.com gmail.com.acme.com
			live.agency outlook.events hotmail.example`, false},
		{"public suffixes", `com co.uk de com.br ne.jp edu.pl uk`, false},
		{"no domain", `localhost internal gmail`, false},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, domain := range strings.Fields(group.domains) {
				if got := freeMail(domain); got != group.want {
					t.Errorf("freeMail(%q) = %v", domain, got)
				}
			}
		})
	}
	if freeMail("") {
		t.Error("the empty domain is free mail")
	}
}

func TestFreeMailDomains(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(freeMailDomains, "\n"), "\n")
	if len(lines) < 14_000 || !slices.IsSorted(lines) || len(slices.Compact(slices.Clone(lines))) != len(lines) {
		t.Fatalf("%d lines; want them many, in order and each once", len(lines))
	}
	for _, line := range lines {
		if !isFreeMailLine(line) {
			t.Errorf("%q is not found", line)
		}
		if isFreeMailLine(line+"x") || isFreeMailLine("-"+line) || isFreeMailLine(line[1:]) && !slices.Contains(lines, line[1:]) {
			t.Errorf("a neighbour of %q is found", line)
		}
		if host, ok := asciiHost(line); !ok || host != line {
			t.Errorf("%q is no host as addresses have it", line)
		}
		if suffix, icann := publicsuffix.PublicSuffix(line); icann && suffix == line {
			t.Errorf("%q is a public suffix: all under it would be free mail", line)
		}
	}
}

func BenchmarkFreeMail(b *testing.B) {
	for _, domain := range []string{"gmail.com", "acme.com", "eu.acme.co.uk", "hotmail.co.uk"} {
		b.Run(domain, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				freeMail(domain)
			}
		})
	}
}
