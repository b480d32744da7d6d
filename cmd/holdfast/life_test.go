package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler/store"
)

// The whole life of a connection, on the wire and by itself: nothing but clicks, a
// clock that goes on and the rep's own hand in the calendar.
func TestTheLifeOfAConnection(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address)
		dana := w.addRep("dana@northwind.example")
		w.meet(dana, "Demo", "ana@acme.com", -50*time.Hour, time.Hour)
		w.meet(dana, "Pricing", "bob@globex.io", 10*time.Minute, 30*time.Minute)
		b := w.signIn("dana@northwind.example")

		w.findsBacklog(b, dana)
		w.placesBacklog(b, dana)
		w.followsUpWhatEnds(b, dana)
		w.leavesAMovedHold(b, dana)
		w.releasesWhatIsCovered(b, dana)
		w.purges(b, dana)
		if mails := w.google.Mails(); len(mails) > 0 {
			t.Errorf("somebody was mailed: %v", mails)
		}
	})
}

// findsBacklog: the first look shows what it found, and writes nothing.
func (w *rig) findsBacklog(b *client, dana *emulator.User) {
	var backlog store.Backlog
	w.eventually("the first look is over", func() bool {
		b.api(http.StatusOK, "GET", "backlog", "").into(w.t, &backlog)
		return backlog.State == "pending"
	})
	if len(backlog.Flags) != 1 || backlog.Flags[0].Prospect != "acme.com" || len(backlog.Flags[0].Holds) == 0 {
		w.t.Fatalf("backlog %+v, want acme.com with its holds", backlog)
	}
	if writes := w.google.Writes(dana.Email()); len(writes) > 0 {
		w.t.Fatalf("written before the rep said so: %+v", writes)
	}
}

// placesBacklog: one click, and the holds are events: private, free, without guests.
func (w *rig) placesBacklog(b *client, dana *emulator.User) {
	b.api(http.StatusOK, "POST", "backlog/accept", "")
	w.eventually("the holds of acme.com are written", func() bool { return len(w.holdsFor(dana, "acme.com")) > 0 && w.settled(b) })
	for _, e := range w.holdsFor(dana, "acme.com") {
		if e.Visibility != "private" || len(e.Attendees) > 0 || e.Reminders == nil || e.Reminders.UseDefault {
			w.t.Errorf("hold %q is not private, without guests, with reminders of its own: %+v", e.Summary, e)
		}
		if !strings.Contains(e.Description, w.url+"/act/") {
			w.t.Errorf("hold %q has no links: %q", e.Summary, e.Description)
		}
	}
}

// followsUpWhatEnds: a meeting ends without a next step, and holds appear.
func (w *rig) followsUpWhatEnds(b *client, dana *emulator.User) {
	w.clock.advance(45 * time.Minute)
	w.eventually("the holds of globex.io are written", func() bool { return len(w.holdsFor(dana, "globex.io")) > 0 && w.settled(b) })
}

// leavesAMovedHold: what the rep moved is theirs.
func (w *rig) leavesAMovedHold(b *client, dana *emulator.User) {
	hold := w.holdsFor(dana, "globex.io")[0]
	start := hold.Start.Time.Add(15 * time.Minute)
	if _, err := dana.Move("primary", hold.ID, start, start.Add(hold.End.Time.Sub(hold.Start.Time))); err != nil {
		w.t.Fatal(err)
	}
	w.eventually("the move is known", func() bool {
		var moved store.Page[store.Hold]
		b.api(http.StatusOK, "GET", "holds?state=moved", "").into(w.t, &moved)
		return len(moved.Items) == 1 && moved.Items[0].EventID == hold.ID && moved.Items[0].Start.Equal(start)
	})
}

// releasesWhatIsCovered: a follow-on is booked, and the holds go.
func (w *rig) releasesWhatIsCovered(b *client, dana *emulator.User) {
	w.meet(dana, "Next step", "ana@acme.com", 100*time.Hour, time.Hour)
	w.eventually("the holds of acme.com are gone", func() bool { return len(w.holdsFor(dana, "acme.com")) == 0 })
	var flags store.Page[store.Flag]
	w.eventually("the flag of acme.com is resolved", func() bool {
		b.api(http.StatusOK, "GET", "flags?state=resolved", "").into(w.t, &flags)
		return len(flags.Items) == 1 && flags.Items[0].Prospect == "acme.com"
	})
}

// purges: the rep leaves, and nothing is left anywhere.
func (w *rig) purges(b *client, dana *emulator.User) {
	b.api(http.StatusNoContent, "DELETE", "connection?purge=true", "")
	b.api(http.StatusUnauthorized, "GET", "me", "")
	w.eventually("every event that Holdfast wrote is gone", func() bool {
		return len(w.written(dana, "hold"))+len(w.written(dana, "wrap_up")) == 0
	})
	w.eventually("the grant is revoked", func() bool { return w.google.Count(dana.Email(), "oauth.revoke") > 0 })
	if stopped := w.google.Count(dana.Email(), "calendar.channels.stop"); stopped == 0 {
		w.t.Error("no channel was stopped")
	}
}

func (w *rig) holdsFor(u *emulator.User, prospect string) []emulator.Event {
	var found []emulator.Event
	for _, e := range w.written(u, "hold") {
		if e.ExtendedProperties.Private["hfKey"] == prospect {
			found = append(found, e)
		}
	}
	return found
}

// settled reports whether nothing waits to be written.
func (w *rig) settled(b *client) bool {
	var health store.Health
	b.api(http.StatusOK, "GET", "connection", "").into(w.t, &health)
	return health.Waiting == 0
}
