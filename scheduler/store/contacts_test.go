package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// contacts returns the rep's contacts that q asks for.
func (d *desk) contactsOf(q ContactQuery) []Contact {
	d.t.Helper()
	page, err := d.s.Contacts(d.t.Context(), d.rep, q)
	d.must(err)
	return page.Items
}

// ana returns the contact of that name.
func (d *desk) ana() Contact {
	d.t.Helper()
	all := d.contactsOf(ContactQuery{Search: "ana@acme.com"})
	if len(all) != 1 {
		d.t.Fatalf("there are %d of Ana", len(all))
	}
	return all[0]
}

func TestTheCalendarTellsOfContacts(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		demo := c.Now().Add(-time.Hour)
		d.meeting("demo", "ana@acme.com", demo, 30*time.Minute)
		d.meeting("first", "bo@globex.com", c.Now().Add(-48*time.Hour), 30*time.Minute)
		d.meeting("next", "cy_z@globex.com", c.Now().Add(48*time.Hour), 30*time.Minute)
		d.sync()
		var addresses []string
		for _, c := range d.contactsOf(ContactQuery{}) {
			addresses = append(addresses, c.Address)
		}
		if diff := cmp.Diff([]string{"ana@acme.com", "bo@globex.com", "cy_z@globex.com"}, addresses); diff != "" {
			t.Errorf("those met last first (-want +got):\n%s", diff)
		}
		ana := d.ana()
		if ana.MetAt == nil || !ana.MetAt.Equal(demo) || ana.Prospect != "acme.com" {
			t.Errorf("%+v", ana)
		}
		for _, tt := range []struct {
			q    ContactQuery
			want int
		}{
			{ContactQuery{Prospect: "Globex.com"}, 2}, {ContactQuery{Search: "GLOBEX"}, 2}, {ContactQuery{Search: "_"}, 1}, {ContactQuery{Search: "%"}, 0},
			{ContactQuery{Query: Query{Limit: 2}}, 2},
		} {
			if got := d.contactsOf(tt.q); len(got) != tt.want {
				t.Errorf("%+v finds %d, want %d", tt.q, len(got), tt.want)
			}
		}
		page, err := s.Contacts(t.Context(), d.rep, ContactQuery{Query: Query{Limit: 2}})
		d.must(err)
		if rest := d.contactsOf(ContactQuery{Query: Query{Cursor: *page.Next}}); len(rest) != 1 || rest[0].Address != "cy_z@globex.com" || rest[0].MetAt != nil {
			t.Errorf("the second page is %+v", rest)
		}
		before := rowsOf(t, s, "contacts", "*")
		d.commit()
		if diff := cmp.Diff(before, rowsOf(t, s, "contacts", "*")); diff != "" {
			t.Errorf("looking again changed (-before +after):\n%s", diff)
		}
	})
}

func TestWhatARepSaysOfAContactRules(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		email, zone, name, day := scheduler.Email, "America/New_York", " Ana Ruiz ", "2026-11-26"
		id := d.ana().ID
		changed, err := s.UpdateContact(t.Context(), d.rep, id, ContactChange{
			Name: &name, Channel: &email, Zone: &zone, Days: &[]string{"Thu", "mon", "thu"}, NotBefore: &day, Hours: &DayHours{"10:00", "12:00"},
		})
		d.must(err)
		want := Wishes{Channel: email, Days: []string{"mon", "thu"}, Hours: &DayHours{"10:00", "12:00"}, Zone: zone, NotBefore: day}
		if diff := cmp.Diff(want, changed.Wishes); diff != "" || changed.Name != "Ana Ruiz" || changed.Sources["channel"] != FromRep || changed.AskedAt != nil {
			t.Errorf("contact %+v (-want +got):\n%s", changed, diff)
		}
		d.rest()
		newYork := mustLoad(t, zone)
		for _, h := range d.holds(string(scheduler.Written)) {
			if at := h.Start.In(newYork); at.Before(time.Date(2026, 11, 26, 0, 0, 0, 0, newYork)) {
				t.Errorf("%s is at %v", h.Step, at)
			}
		}
		none, nobody := scheduler.Channel(""), ""
		changed, err = s.UpdateContact(t.Context(), d.rep, id, ContactChange{Channel: &none, Days: &[]string{}, Hours: &DayHours{}, NotBefore: &nobody})
		d.must(err)
		if diff := cmp.Diff(Wishes{Zone: zone}, changed.Wishes); diff != "" || changed.Name != "Ana Ruiz" {
			t.Errorf("contact %+v (-want +got):\n%s", changed, diff)
		}
		d.commit() // the calendar knows her without a name
		if got := d.ana().Name; got != "Ana Ruiz" {
			t.Errorf("she is called %q", got)
		}
		if _, err := s.UpdateContact(t.Context(), d.rep, "nobody", ContactChange{}); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		wrong, fax := "Mars/Olympus", scheduler.Channel("fax")
		_, err = s.UpdateContact(t.Context(), d.rep, id, ContactChange{
			Zone: &wrong, Channel: &fax, Days: &[]string{"someday"}, Hours: &DayHours{"12:00", "10:00"}, NotBefore: &wrong, Region: &wrong,
		})
		got := wrongFields(err)
		slices.Sort(got)
		if diff := cmp.Diff([]string{"channel", "days", "hours", "not_before", "region", "zone"}, got); diff != "" {
			t.Errorf("wrong fields (-want +got):\n%s", diff)
		}
	})
}

func TestItIsKnownWhereAWishCameFrom(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		region := "de-by"
		_, err := s.UpdateContact(t.Context(), d.rep, d.ana().ID, ContactChange{Region: &region})
		d.must(err)
		_, err = s.Book(t.Context(), p.token(), Pick{
			Offer: p.Offers[0].ID, Zone: "Europe/Madrid", Wishes: &Wishes{Channel: "VIDEO", Days: []string{"tue"}},
		})
		d.must(err)
		ana := d.ana()
		want := map[string]string{"region": FromRep, "zone": FromBooked, "channel": FromAsked, "days": FromAsked}
		if diff := cmp.Diff(want, ana.Sources); diff != "" || ana.AskedAt == nil || ana.Wishes.Zone != "Europe/Madrid" {
			t.Errorf("%+v (-want +got):\n%s", ana, diff)
		}
		c.move(time.Hour)
		b, err := s.SaveWishes(t.Context(), p.token(), Wishes{Channel: scheduler.Email, Zone: "Europe/Lisbon"})
		d.must(err)
		if diff := cmp.Diff(Wishes{Channel: scheduler.Email, Zone: "Europe/Lisbon", Region: "de-by"}, b.Wishes); diff != "" {
			t.Errorf("what they said now (-want +got):\n%s", diff)
		}
		if got := d.ana().Sources; got["zone"] != FromAsked {
			t.Errorf("sources %v", got)
		}
		if _, err := s.SaveWishes(t.Context(), p.token(), Wishes{Channel: "fax"}); !cmp.Equal(wrongFields(err), []string{"channel"}) {
			t.Errorf("by fax: %v", err)
		}
	})
}

func TestABrowserInAnUnknownZoneBooksAllTheSame(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		_, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[0].ID, Zone: "Mars/Olympus"})
		d.must(err)
		if got := d.ana().Wishes.Zone; got != "" {
			t.Errorf("the zone is %q", got)
		}
	})
}

func TestAContactIsAskedWithoutAProposal(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		d.flagged()
		ask := func() string {
			url, err := s.AskContact(ctx, d.rep, d.ana().ID)
			d.must(err)
			return Proposal{BookingURL: url}.token()
		}
		token := ask()
		b, err := s.Booking(ctx, token)
		if err != nil || b.ProposalID != "" || b.ContactID != d.ana().ID || b.Host != "Dana Reyes" {
			t.Errorf("the page shows %+v, %v", b, err)
		}
		_, err = s.SaveWishes(ctx, token, Wishes{Days: []string{"fri"}})
		d.must(err)
		if diff := cmp.Diff([]string{"fri"}, d.ana().Wishes.Days); diff != "" {
			t.Errorf("days (-want +got):\n%s", diff)
		}
		if _, err := s.Book(ctx, token, Pick{Offer: "any"}); !errors.Is(err, scheduler.ErrNotPossible) {
			t.Errorf("booking: %v", err)
		}
		c.move(29 * day)
		if again := ask(); again != token {
			t.Error("she is asked at another address before the first one expired")
		}
		c.move(2 * day)
		if _, err := s.SaveWishes(ctx, token, Wishes{}); !errors.Is(err, scheduler.ErrGone) {
			t.Errorf("after it expired: %v", err)
		}
		if again := ask(); again == token {
			t.Error("she is asked at an address that expired")
		}
		if _, err := s.Booking(ctx, token); !errors.Is(err, scheduler.ErrNotFound) {
			t.Errorf("with the token of before: %v", err)
		}
	})
}

// PostgreSQL keeps and looks for text alone; what was given is at fault, and not the program.
func TestWhatIsNoTextIsTheFaultOfWhoGaveIt(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.flagged()
		for _, bytes := range []string{"\xff", "a\x00b"} {
			if _, err := s.Flag(t.Context(), d.rep, bytes); !errors.Is(err, scheduler.ErrNotFound) && !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("the flag %q: %v", bytes, err)
			}
			if _, err := s.Contacts(t.Context(), d.rep, ContactQuery{Search: bytes}); err != nil && !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("contacts called %q: %v", bytes, err)
			}
			w := Waiver{Reason: scheduler.Lost, Note: bytes}
			if _, err := s.Waive(t.Context(), d.rep, d.flag("open").ID, w); bytes == "\xff" && !errors.Is(err, scheduler.ErrInvalid) {
				t.Errorf("the note %q: %v", bytes, err)
			}
		}
	})
}
