package jobs

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func TestHoldsKeepOffACalendarElsewhereAndNothingIsWrittenThere(t *testing.T) {
	onBothWatching(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		first := dana.holds()[0]
		elsewhere := publish(t, over("first", first))
		c := dana.watches(elsewhere, false)
		if holds := dana.holds(); len(holds) != 3 || during(holds, first) != nil {
			t.Errorf("of %d holds on the time elsewhere are %v", len(holds), during(holds, first))
		}
		if c.Name != "Side project" || !strings.HasPrefix(c.Host, "127.0.0.1:") {
			t.Errorf("it is %q at %q", c.Name, c.Host)
		}
		second := dana.holds()[1]
		elsewhere.says(over("first", first), over("second", second))
		w.later(67 * time.Minute)
		if holds := dana.holds(); len(holds) != 3 || during(holds, first, second) != nil {
			t.Errorf("an hour later, of %d holds on the time elsewhere are %v", len(holds), during(holds, first, second))
		}
		channels, err := w.store.Channels(t.Context(), dana.rep)
		if err != nil || len(channels) != 1 || channels[0].CalendarID != dana.Email() {
			t.Errorf("push channels %+v, %v", channels, err)
		}
		if err := w.store.Disconnect(t.Context(), dana.rep, true); err != nil {
			t.Fatal(err)
		}
		w.settleDown()
		for _, call := range w.google.Calls() {
			if call.Status >= 400 {
				t.Errorf("%s was refused with %d: Google knows nothing of calendars elsewhere", call.Method, call.Status)
			}
		}
	})
}

func TestAMeetingElsewhereIsFlaggedAndFollowedUp(t *testing.T) {
	onBothWatching(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		met := event("intro", monday.Add(-2*time.Hour), 30*time.Minute, dana.Email(), "bo@globex.io")
		elsewhere := publish(t, met)
		dana.watches(elsewhere, true)
		if holds := dana.holds(); len(holds) != 6 {
			t.Errorf("%d holds, want 3 for each meeting", len(holds))
		}
		// The next step with the one is elsewhere, too; with the other it is only there.
		elsewhere.says(met, event("next", monday.Add(72*time.Hour), 30*time.Minute, dana.Email(), "bo@globex.io", "ana@acme.com"))
		w.later(67 * time.Minute)
		if holds := dana.holds(); len(holds) != 0 {
			t.Errorf("%d holds stayed though the next step is booked", len(holds))
		}
	})
}

func TestACalendarElsewhereThatCannotBeReadIsNotAdded(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := w.join("dana@northwind.example")
	page := publish(t)
	page.change(func() { page.body = "<!doctype html><title>Sign in</title>" })
	_, err := w.runner.AddWebcal(t.Context(), dana.rep, store.NewWebcal{Address: page.url, Blocks: true})
	var why *scheduler.WebcalError
	if !errors.As(err, &why) || !strings.Contains(why.Words, "a web page") {
		t.Errorf("a web page: %v", err)
	}
	calendars, err := w.store.Calendars(t.Context(), dana.rep)
	if err != nil || len(calendars) != 0 {
		t.Errorf("calendars %+v, %v", calendars, err)
	}
}

func TestACalendarElsewhereIsNotAskedForEveryHold(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	dana.watches(elsewhere, false)
	dana.meets("bo@globex.io", "Talk", w.clock.Now().Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Minute)
	if asked, _ := elsewhere.counts(); asked != 1 || len(dana.holds()) != 6 {
		t.Errorf("asked %d times while %d holds were written", asked, len(dana.holds())-3)
	}
}

func TestACalendarElsewhereIsAskedForOncePerHour(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	c := dana.watches(elsewhere, false)
	for range 10 * 6 {
		w.later(10 * time.Minute)
	}
	asked, sent := elsewhere.counts()
	if asked < 9 || asked > 12 || sent != 1 {
		t.Errorf("asked %d times in ten hours, sent %d times", asked, sent)
	}
	if now := w.calendar(c); now.Error != "" || w.clock.Now().Sub(*now.SyncedAt) > 67*time.Minute {
		t.Errorf("it is %+v", now)
	}
}

// planned is when it was last decided what should be.
func (w *world) planned(p *person) time.Time {
	w.tb.Helper()
	rep, err := w.store.Rep(w.tb.Context(), p.rep)
	if err != nil || rep.PlannedAt == nil {
		w.tb.Fatalf("planned at %v, %v", rep.PlannedAt, err)
	}
	return *rep.PlannedAt
}

func TestACalendarElsewhereThatIsAsItWasDecidesNothing(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	c := dana.watches(elsewhere, false)
	before := w.planned(dana)
	w.clock.Advance(67 * time.Minute)
	if err := w.runner.SyncCalendar(t.Context(), dana.rep, c.ID); err != nil {
		t.Fatal(err)
	}
	if now := w.calendar(c); !now.SyncedAt.Equal(w.clock.Now()) {
		t.Errorf("it was not read: %+v", now)
	}
	if after := w.planned(dana); !after.Equal(before) {
		t.Errorf("decided at %s, before at %s", after, before)
	}
}

func TestACalendarElsewhereIsReadAsOftenAsItAsksWithinBounds(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	for _, c := range []struct{ asks, least, most time.Duration }{
		{0, 54 * time.Minute, 66 * time.Minute},
		{time.Minute, 13*time.Minute + 30*time.Second, 16*time.Minute + 30*time.Second},
		{30 * time.Minute, 27 * time.Minute, 33 * time.Minute},
		{30 * 24 * time.Hour, 21*time.Hour + 36*time.Minute, 26*time.Hour + 24*time.Minute},
	} {
		next := w.runner.nextWebcal(scheduler.WebcalRead{Refresh: c.asks}).Sub(w.clock.Now())
		if next < c.least || next > c.most {
			t.Errorf("asked for %s it is read again in %s", c.asks, next)
		}
	}
}

func TestACalendarElsewhereThatFailsIsAskedLessAndLessAndKeptAsItWas(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	hold := dana.holds()[0]
	elsewhere := publish(t, over("one", hold))
	c := dana.watches(elsewhere, false)
	synced := *c.SyncedAt
	breaks := map[string]func(){
		"down": func() { elsewhere.status = http.StatusInternalServerError },
		"gone": func() { elsewhere.status = http.StatusGone },
		"cut short": func() {
			elsewhere.status, elsewhere.body = 0, elsewhere.body[:len(elsewhere.body)-10]
			elsewhere.header.Set("ETag", `"cut"`)
		},
		"a page": func() {
			elsewhere.status, elsewhere.body = 0, "<html>Sorry</html>"
			elsewhere.header.Set("ETag", `"page"`)
		},
	}
	var waits []time.Duration
	for _, how := range []string{"down", "gone", "cut short", "a page", "down", "down"} {
		elsewhere.change(breaks[how])
		w.later(w.calendar(c).SyncAt.Sub(w.clock.Now()))
		now := w.calendar(c)
		if now.Error == "" || !now.Complete || !now.SyncedAt.Equal(synced) || strings.Contains(now.Error, "canary") {
			t.Errorf("%s: it is %+v", how, now)
		}
		waits = append(waits, now.SyncAt.Sub(w.clock.Now()))
	}
	for i, wait := range waits {
		if about := webcalRetry << i; wait < about*9/10 || wait > about*11/10 {
			t.Errorf("after %d failures it waits %s", i+1, wait)
		}
	}
	if holds := dana.holds(); len(holds) != 3 || during(holds, hold) != nil {
		t.Errorf("of %d holds on the time elsewhere are %v", len(holds), during(holds, hold))
	}
	elsewhere.change(func() { elsewhere.status = 0 })
	elsewhere.says(over("one", hold))
	w.later(w.calendar(c).SyncAt.Sub(w.clock.Now()))
	if now := w.calendar(c); now.Error != "" || now.Failures != 0 || !now.SyncedAt.Equal(w.clock.Now()) {
		t.Errorf("up again it is %+v", now)
	}
}

func TestAServerElsewhereIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	c := dana.watches(elsewhere, false)
	elsewhere.change(func() {
		elsewhere.status = http.StatusTooManyRequests
		elsewhere.header.Set("Retry-After", "36000")
	})
	w.later(67 * time.Minute)
	if wait := w.calendar(c).SyncAt.Sub(w.clock.Now()); wait < 10*time.Hour {
		t.Errorf("it is asked again in %s", wait)
	}
	if rep, err := w.store.Rep(t.Context(), dana.rep); err != nil || rep.SlowUntil != nil {
		t.Errorf("Google is left alone until %v, %v", rep.SlowUntil, err)
	}
}

func TestACalendarElsewhereThatIsSuddenlyEmptyIsBelievedOnceASecondReadingSaysSo(t *testing.T) {
	onBothWatching(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		met := event("intro", monday.Add(-2*time.Hour), 30*time.Minute, dana.Email(), "bo@globex.io")
		next := event("next", monday.Add(72*time.Hour), 30*time.Minute, dana.Email(), "bo@globex.io", "ana@acme.com")
		elsewhere := publish(t, met, next)
		c := dana.watches(elsewhere, true)
		if holds := dana.holds(); len(holds) != 0 {
			t.Fatalf("%d holds though there is a next step", len(holds))
		}
		elsewhere.says()
		w.later(67 * time.Minute)
		if now := w.calendar(c); now.Suspect == 0 || len(dana.holds()) != 0 {
			t.Errorf("at once %d holds, and the calendar is %+v", len(dana.holds()), now)
		}
		elsewhere.says(met, next)
		w.later(16 * time.Minute)
		if now := w.calendar(c); now.Suspect != 0 || now.Error != "" || len(dana.holds()) != 0 {
			t.Errorf("back again %d holds, and the calendar is %+v", len(dana.holds()), now)
		}
		elsewhere.says()
		w.later(67 * time.Minute)
		w.later(16 * time.Minute)
		if holds := dana.holds(); len(holds) != 3 {
			t.Errorf("%d holds once the next step is gone for sure, want 3 for the meeting at home", len(holds))
		}
	})
}

// What Google publishes of a calendar shows the holds, without the marks that they carry.
func TestHoldsDoNotRunFromTheirOwnCopies(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	var copies []string
	before := dana.holds()
	for _, h := range before {
		copies = append(copies, over(h.ID+"@google.com", h))
	}
	dana.watches(publish(t, copies...), true)
	w.later(67 * time.Minute)
	after := dana.holds()
	if len(after) != 3 {
		t.Fatalf("%d holds", len(after))
	}
	for i := range after {
		if !after[i].Start.Time.Equal(before[i].Start.Time) {
			t.Errorf("%s moved from %s to %s", after[i].Summary, before[i].Start.Time, after[i].Start.Time)
		}
	}
}

func TestACalendarElsewhereThatIsChosenAgainAndDownIsLeftOut(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	c := dana.watches(elsewhere, false)
	choose := func(blocks bool) {
		t.Helper()
		if _, err := w.store.ChooseCalendar(t.Context(), dana.rep, c.ID, nil, &blocks); err != nil {
			t.Fatal(err)
		}
		w.settleDown()
	}
	choose(false)
	elsewhere.change(func() { elsewhere.status = http.StatusNotFound })
	choose(true)
	if now := w.calendar(c); now.Blocks || now.Error == "" {
		t.Errorf("down it is %+v", now)
	}
	dana.meets("bo@globex.io", "Talk", w.clock.Now().Add(-time.Hour), 30*time.Minute)
	w.later(10 * time.Second)
	if n := len(dana.holds()); n != 6 {
		t.Errorf("%d holds, want 6: it holds up everything", n)
	}
	elsewhere.change(func() { elsewhere.status = 0 })
	choose(true)
	if now := w.calendar(c); !now.Blocks || !now.Complete || now.Error != "" {
		t.Errorf("up again it is %+v", now)
	}
}

func TestARemovedCalendarElsewhereIsAskedNoMore(t *testing.T) {
	w := newWorld(t, "", withWebcals)
	dana := withHolds(t, w)
	elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
	c := dana.watches(elsewhere, false)
	if err := w.store.RemoveWebcal(t.Context(), dana.rep, c.ID); err != nil {
		t.Fatal(err)
	}
	before, _ := elsewhere.counts()
	w.later(2 * time.Hour)
	if err := w.runner.SyncCalendar(t.Context(), dana.rep, c.ID); err != nil {
		t.Errorf("a job that came too late: %v", err)
	}
	if after, _ := elsewhere.counts(); after != before {
		t.Errorf("it was asked %d times more", after-before)
	}
}

// Whatever is published elsewhere, what is at home goes on (faults 29 and 30).
func TestNothingElsewhereKeepsHoldsFromBeingWritten(t *testing.T) {
	onBothWatching(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		elsewhere := publish(t, event("one", monday.Add(time.Hour), time.Hour))
		c := dana.watches(elsewhere, true)
		const head = "BEGIN:VEVENT\r\nUID:x\x00'; DROP TABLE events; --\r\nDTSTART:20261201T090000Z\r\n"
		for name, lines := range map[string]string{
			"ten million instances": head + "RRULE:FREQ=SECONDLY;COUNT=10000000\r\nEND:VEVENT\r\n",
			"far ahead":             head + "RRULE:FREQ=YEARLY;UNTIL=99991231T000000Z\r\nEND:VEVENT\r\n",
			"the year 10000":        head + "RRULE:FREQ=DAILY\r\nEXDATE:99991231T240000Z\r\nLAST-MODIFIED:99991231T240000Z\r\nEND:VEVENT\r\n",
			"controls":              head + "SUMMARY:a\x00b\xff\xfe\rc\u2028\U0001f600\u202e\r\nATTENDEE;CN=\"\x00\xc3\":mailto:a\x00@b.example\r\nEND:VEVENT\r\n",
			"the same id again":     strings.Repeat(head+"END:VEVENT\r\n", 500),
			"a long id":             strings.Replace(head, "UID:x", "UID:"+strings.Repeat("x", 990), 1) + "END:VEVENT\r\n",
			"many guests":           head + strings.Repeat("ATTENDEE:mailto:a@b.example\r\n", 5000) + "END:VEVENT\r\n",
			"a zone of its own":     "BEGIN:VTIMEZONE\r\nTZID:\x00\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0123\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" + strings.Replace(head, "DTSTART:", "DTSTART;TZID=\x00:", 1) + "END:VEVENT\r\n",
		} {
			// What has zeros at its beginning is taken for no text at all.
			elsewhere.says(event("one", monday.Add(time.Hour), time.Hour), strings.Repeat("X-FILLER:x\r\n", 50), lines)
			if err := w.store.SyncNow(t.Context(), dana.rep); err != nil {
				t.Fatal(err)
			}
			w.later(time.Minute)
			if now := w.calendar(c); now.Error != "" || !now.SyncedAt.Equal(w.clock.Now()) {
				t.Errorf("%s: it is %+v", name, now)
			}
		}
		dana.meets("bo@globex.io", "Talk", w.clock.Now().Add(-time.Hour), 30*time.Minute)
		w.later(10 * time.Second)
		if holds := dana.holds(); len(holds) != 6 {
			t.Errorf("%d holds, want 3 for each meeting", len(holds))
		}
	})
}
