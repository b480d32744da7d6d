package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// Whatever the program does wrong, the database does not keep two bookings of a rep that
// overlap, nor two of one proposal.
func TestTheDatabaseRefusesASecondWinner(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d, e := newDesk(t, s, c), newDeskOf(t, s, c, "Eli Stone", "eli@eastwind.example")
		ten := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
		book := func(rep, proposal string, start time.Time, active bool) *bookingRow {
			row := &bookingRow{ID: newID(), RepID: rep, ProposalID: proposal, StartsAt: start, EndsAt: start.Add(30 * time.Minute), Active: active, CreatedAt: c.Now()}
			p := &proposalRow{ID: proposal, RepID: rep, State: scheduler.ProposalDraft, CreatedAt: c.Now(), UpdatedAt: c.Now()}
			d.must(s.db.Where("id = ?", proposal).FirstOrCreate(p).Error)
			hold := p.newEntry(scheduler.KindReview, row.ID)
			hold.StartsAt, hold.EndsAt, hold.CreatedAt, hold.UpdatedAt = row.StartsAt, row.EndsAt, c.Now(), c.Now()
			d.must(s.db.Create(hold).Error)
			row.HoldID, row.OfferID = hold.ID, hold.ID
			return row
		}
		first := book(d.rep, "p1", ten, true)
		d.must(s.db.Create(first).Error)
		for _, tt := range []struct {
			name  string
			row   *bookingRow
			taken bool
		}{
			{"the same time", book(d.rep, "p2", ten, true), true},
			{"a time that overlaps its end", book(d.rep, "p2", ten.Add(15*time.Minute), true), true},
			{"a time that overlaps its start", book(d.rep, "p2", ten.Add(-15*time.Minute), true), true},
			{"one that overlaps by a microsecond", book(d.rep, "p2", ten.Add(30*time.Minute-time.Microsecond), true), true},
			{"another time for the same proposal", book(d.rep, "p1", ten.Add(5*time.Hour), true), true},
			{"a time that follows it", book(d.rep, "p2", ten.Add(30*time.Minute), true), false},
			{"the same time, called off", book(d.rep, "p3", ten, false), false},
			{"the same time of another rep", book(e.rep, "p4", ten, true), false},
		} {
			if err := s.db.Create(tt.row).Error; isTaken(err) != tt.taken || !tt.taken && err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		late := book(d.rep, "p5", ten.Add(10*time.Hour), true)
		d.must(s.db.Create(late).Error)
		err := s.db.Model(late).Updates(map[string]any{"starts_at": ten, "ends_at": ten.Add(time.Minute)}).Error
		if !isTaken(err) {
			t.Errorf("moved over another one: %v", err)
		}
		d.must(s.db.Model(first).Update("active", false).Error)
		d.must(s.db.Create(book(d.rep, "p6", ten, true)).Error)
		if err := s.db.Model(first).Update("active", true).Error; !isTaken(err) {
			t.Errorf("promised again beside another one: %v", err)
		}
	})
}

func TestOfManyWhoPickASlotAtOnceOneGetsIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		key  func(i int) string
		told int // that it is booked, of 24
	}{
		"each with a key":    {func(i int) string { return fmt.Sprint("click ", i) }, 1},
		"without keys":       {func(int) string { return "" }, 1},
		"one click 24 times": {func(int) string { return "click" }, 24},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
				d := newDesk(t, s, c)
				p := d.propose()
				var picks []attempt
				for i := range 24 {
					picks = append(picks, attempt{p.token(), Pick{Offer: p.Offers[0].ID, Key: tt.key(i)}})
				}
				if booked := race(t, s, picks); booked != tt.told {
					t.Errorf("%d of %d are told that it is booked, want %d", booked, len(picks), tt.told)
				}
				d.oneBooking()
			})
		})
	}
}

func TestOfOverlappingOffersOfTwoProposalsOneIsBooked(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		one := d.propose()
		n := d.proposal()
		n.Contact = scheduler.Contact{Address: "bo@globex.com"}
		two, err := s.CreateProposal(t.Context(), d.rep, n)
		d.must(err)
		d.rest()
		two = d.proposed(two.ID)
		d.move(d.eventOf(two.Offers[0]), one.Offers[0].Start.Add(15*time.Minute))
		d.rest()
		var picks []attempt
		for range 12 {
			picks = append(picks, attempt{one.token(), Pick{Offer: one.Offers[0].ID}}, attempt{two.token(), Pick{Offer: two.Offers[0].ID}})
		}
		if booked := race(t, s, picks); booked != 1 {
			t.Errorf("%d of %d are told that it is booked", booked, len(picks))
		}
		d.oneBooking()
		d.rest()
		if n := len(d.of(scheduler.KindReview)); n != 1 {
			t.Errorf("%d reviews are on the calendar", n)
		}
	})
}

// attempt is one click on a booking page.
type attempt struct {
	token string
	pick  Pick
}

// race has all attempts made at once and returns how many succeeded. The others must be told
// that the slot was taken, with what is still open.
func race(t *testing.T, s *Store, attempts []attempt) (booked int) {
	t.Helper()
	var wait sync.WaitGroup
	errs := make([]error, len(attempts))
	for i, a := range attempts {
		wait.Go(func() {
			b, err := s.Book(t.Context(), a.token, a.pick)
			errs[i] = err
			if errors.Is(err, scheduler.ErrTaken) && b.Title == "" {
				errs[i] = fmt.Errorf("a loser is not told what is open: %+v", b)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			booked++
		case !errors.Is(err, scheduler.ErrTaken):
			t.Error(err)
		}
	}
	return booked
}

// oneBooking wants one promise, and a review at its time.
func (d *desk) oneBooking() {
	d.t.Helper()
	var bookings []bookingRow
	d.must(d.s.db.Find(&bookings, "active").Error)
	var reviews []holdRow
	d.must(d.s.db.Find(&reviews, "kind = ?", scheduler.KindReview).Error)
	if len(bookings) != 1 || len(reviews) != 1 || !reviews[0].StartsAt.Equal(bookings[0].StartsAt) || reviews[0].ID != bookings[0].HoldID {
		d.t.Errorf("bookings %+v, reviews %+v", bookings, reviews)
	}
}

// eventOf returns the id of an offer's event.
func (d *desk) eventOf(o Offer) string {
	d.t.Helper()
	return d.row(o.ID).EventID
}

func TestTheSameClickAgainIsTheSameBooking(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		pick := Pick{Offer: p.Offers[0].ID, Key: "click"}
		first, err := s.Book(t.Context(), p.token(), pick)
		d.must(err)
		d.rest()
		before := dump(t, s)
		again, err := s.Book(t.Context(), p.token(), pick)
		d.must(err)
		if !again.Review.Start.Equal(first.Review.Start) {
			t.Errorf("the second click booked %v, the first %v", again.Review.Start, first.Review.Start)
		}
		pick.Offer = p.Offers[1].ID // the form of before, from the browser's history, with another time
		if other, err := s.Book(t.Context(), p.token(), pick); !errors.Is(err, scheduler.ErrTaken) || !other.Review.Start.Equal(first.Review.Start) {
			t.Errorf("another time with the same key: %+v, %v", other.Review, err)
		}
		if diff := cmp.Diff(activityless(before), activityless(dump(t, s))); diff != "" {
			t.Errorf("the second click changed (-before +after):\n%s", diff)
		}
	})
}

// activityless leaves out of a dump when a rep was looked at last.
func activityless(lines []string) []string {
	var all []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "reps ") {
			all = append(all, line)
		}
	}
	return all
}

// The state says what the clearance says, also before the calendar was read again.
func TestAProposalIsClearedOnceItsReviewIsWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		_, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[0].ID})
		d.must(err)
		if booked := d.cleared(p.ID, false, scheduler.NotWritten); booked.State != scheduler.ProposalBooked {
			t.Errorf("before it is written the proposal is %s", booked.State)
		}
		d.write()
		if written := d.cleared(p.ID, true, scheduler.ClearedByReview); written.State != scheduler.ProposalCleared {
			t.Errorf("once it is written the proposal is %s", written.State)
		}
		if booked, cleared := d.proposals("booked"), d.proposals("cleared"); len(booked) != 0 || len(cleared) != 1 {
			t.Errorf("listed: %+v are booked, %+v are clear", booked, cleared)
		}
		if notes := d.notes(); !slices.Contains(notes, "clearance_granted") {
			t.Errorf("logged: %v", notes)
		}
	})
}

func TestWhatIsNotOnOfferIsTaken(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		gone := p.Offers[0]
		d.remove(d.eventOf(gone))
		d.sync()
		for name, offer := range map[string]string{"one that the rep deleted": gone.ID, "none": "nothing"} {
			b, err := s.Book(t.Context(), p.token(), Pick{Offer: offer})
			if !errors.Is(err, scheduler.ErrTaken) || len(b.Open) != 2 || b.Review != nil {
				t.Errorf("%s: %+v, %v", name, b, err)
			}
		}
		c.move(p.Offers[2].Start.Add(-24 * time.Hour).Sub(c.Now())) // nobody looked meanwhile
		if b, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[2].ID}); !errors.Is(err, scheduler.ErrTaken) || len(b.Open) != 0 {
			t.Errorf("a day before: %+v, %v", b, err)
		}
	})
}

func TestNobodyIsInvitedToWhatIsOver(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		_, err := s.Book(ctx, p.token(), Pick{Offer: p.Offers[0].ID})
		d.must(err)
		c.move(p.Offers[0].Start.Sub(c.Now()) + 24*time.Hour) // the provider was away
		d.commit()
		d.rest()
		if len(d.mails) > 0 || d.promises() > 0 {
			t.Errorf("mails %v, %d promises stand", d.mails, d.promises())
		}
		if late := d.cleared(p.ID, false, scheduler.NotOffered); late.State != scheduler.ProposalDraft || late.Note == "" {
			t.Errorf("the rep is not told: %+v", late)
		}
	})
}

func TestAReviewThatWasNeverWrittenIsNoneAfterTheProposalWasSentEither(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, d := t.Context(), newDesk(t, s, c)
		p := d.propose()
		_, err := s.Book(ctx, p.token(), Pick{Offer: p.Offers[0].ID})
		d.must(err)
		_, err = s.MarkSent(ctx, d.rep, p.ID)
		d.must(err)
		c.move(p.Offers[0].Start.Sub(c.Now()) + 24*time.Hour) // the provider was away
		d.commit()
		d.rest()
		after := d.proposed(p.ID)
		if len(d.mails) > 0 || d.promises() > 0 || after.Review != nil || after.State != scheduler.ProposalSent || after.Note == "" {
			t.Errorf("mails %v, %d promises stand, %+v", d.mails, d.promises(), after)
		}
	})
}
