package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"

	"holdfast/scheduler/store"
)

func TestAFeedsAddressIsShownOnce(t *testing.T) {
	d := newDesk(t)
	d.want(d.get("/settings/feeds"), "/settings/feeds", "No feed yet", "hours, not minutes", "every 12 to 24 hours")
	p := d.post("/settings/feeds", "name", "Phone", "contents", "holds", "contents", "flags", "detail", "full", "days_back", "14", "days_ahead", "90", "flags_as", "todo")
	address := d.link(p, `http://holdfast\.example/feeds/[a-z2-7]{26}\.ics`)
	d.want(p, "/settings/feeds", "shown this once", "Phone", "holds, meetings without a next step; 14 days back, 90 days ahead", "not read yet",
		`href="webcal://`+strings.TrimPrefix(address, "http://")+`"`, "https://calendar.google.com/calendar/r?cid=webcal", "https://outlook.office.com/calendar/addfromweb?",
		`<svg class="qr"`)
	token := strings.TrimSuffix(address[strings.LastIndex(address, "/")+1:], ".ics")
	later := d.get("/settings/feeds")
	d.want(later, "/settings/feeds", "Phone", "…"+token[len(token)-4:]+".ics")
	if strings.Contains(later.text, token) {
		t.Error("the address is shown again")
	}
	feed, err := d.store.Feed(t.Context(), token)
	d.must(err)
	d.must(d.store.FeedRead(t.Context(), feed.Feed, "<b>Thunderbird"))
	d.want(d.get("/settings/feeds"), "/settings/feeds", "last read just now by <bdi>&lt;b&gt;Thunderbird</bdi>")

	p = d.post(d.link(later, `/settings/feeds/[a-z0-9]+/rotate`))
	if rotated := d.link(p, `http://holdfast\.example/feeds/[a-z2-7]{26}\.ics`); rotated == address {
		t.Error("the new address is the old one")
	}
	if _, err := d.store.Feed(t.Context(), token); err == nil {
		t.Error("the old address is good")
	}
	d.want(d.post(d.link(p, `/settings/feeds/[a-z0-9]+/delete`)), "/settings/feeds", "The feed is revoked", "No feed yet")
}

func TestAFeedThatMakesNoSenseIsShownAgain(t *testing.T) {
	d := newDesk(t)
	p := d.post("/settings/feeds", "name", " ", "contents", "flags", "detail", "busy", "days_back", "-1", "days_ahead", "many", "flags_as", "todo")
	if p.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", p.status, p.text)
	}
	for _, want := range []string{"No feed was made", "Must be a whole number.", `value="many"`, `value="busy" checked`, `value="flags" checked`, `value="todo" checked`} {
		if !strings.Contains(p.text, want) {
			t.Errorf("no %q in %s", want, p.text)
		}
	}
	p = d.post("/settings/feeds", "name", "x", "contents", "flags", "detail", "busy", "days_back", "-1", "days_ahead", "9", "flags_as", "todo")
	for _, want := range []string{"Must be from 0 to 365.", `value="-1"`, "lags take no time"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("no %q in %s", want, p.text)
		}
	}
}

func TestTeamFeedsAreForThoseWhoHaveATeam(t *testing.T) {
	d := newDesk(t)
	d.want(d.get("/settings/feeds"), "/settings/feeds", "Make a team feed")
	d.want(d.post("/settings/feeds", "name", "Team", "team", "true"), "/settings/feeds", "your team, today", "shown this once")
	d.rep = d.signIn("dana@gmail.com")
	if p := d.get("/settings/feeds"); strings.Contains(p.text, "team feed") {
		t.Error("a rep at a free-mail provider is offered a team feed")
	}
	d.want(d.post("/settings/feeds", "name", "Team", "team", "true"), "/settings/feeds", "No feed was made: your address is at a provider of personal mailboxes")
}

func TestTheCodeIsThatOfTheAddress(t *testing.T) {
	at := store.FeedAddresses{Webcal: "webcal://holdfast.example/feeds/abcdefghijklmnopqrstuvwxyz.ics"}
	drawn, err := qrCode(at.Webcal)
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(at.Webcal, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	dark := make(map[[2]int]bool)
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(string(drawn), -1) {
		n := make([]int, 4)
		for i := range n {
			n[i], _ = strconv.Atoi(run[i+1]) // digits
		}
		for i := range n[2] {
			dark[[2]int{n[0] + i, n[1]}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if at := [2]int{x + quietZone, y + quietZone}; dark[at] != want.Black(x, y) {
				t.Fatalf("the module at %v is %t", at, dark[at])
			}
		}
	}
	if size := want.Size + 2*quietZone; !strings.Contains(string(drawn), fmt.Sprintf(`viewBox="0 0 %d %d"`, size, size)) {
		t.Errorf("the code has no quiet zone: %s", drawn[:100])
	}
}
