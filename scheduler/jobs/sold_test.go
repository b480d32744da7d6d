package jobs

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
	"holdfast/scheduler/store/storetest"
)

// attempts is how often the race test tries to book on each database.
var attempts = flag.Int("attempts", 4000, "how often the race test tries to book on each database")

const (
	waves         = 10 // of proposals, one after the other
	waveProposals = 5  // of one rep, on offer at the same time
	waveClients   = 48 // who try at once
)

// sale is a wave: proposals on offer, and what came of those who picked.
type sale struct {
	*person
	runners   []*Runner
	proposals []store.Proposal
	random    atomic.Uint64

	mu   sync.Mutex
	sold map[string]map[time.Time]int // by proposal, to how many clicks a time was confirmed
	odd  []error                      // what somebody was told that nobody should be
}

// Many prospects, with several clicks each, pick from few slots, some of which overlap.
func TestNoSlotIsSoldTwiceHoweverManyPickItAtOnce(t *testing.T) {
	t.Run("two replicas on PostgreSQL", func(t *testing.T) {
		address := storetest.Postgres(t)
		w := newWorld(t, address)
		second := openStore(t, address, w.clock.Now)
		sellOut(t, w, w.runner, w.newRunner(func(c *Config) { c.Store = second }))
	})
	t.Run("SQLite", func(t *testing.T) {
		w := newWorld(t, "")
		sellOut(t, w, w.runner)
	})
}

func sellOut(t *testing.T, w *world, runners ...*Runner) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dana := w.join("dana@northwind.example")
	w.settleDown()
	begun := time.Now()
	mails := 0
	for wave := range waves {
		s := &sale{person: dana, runners: runners, sold: make(map[string]map[time.Time]int)}
		s.random.Store(seed + uint64(wave)*1e6)
		s.offer(wave)
		s.rush(*attempts / waves)
		mails += s.check()
		if n := len(w.google.Mails()); n != mails {
			t.Errorf("wave %d: %d mails so far, want %d", wave, n, mails)
		}
		mails += s.close()
		if t.Failed() {
			break
		}
	}
	took := time.Since(begun)
	t.Logf("%d attempts in %s, %.0f a second", *attempts, took.Round(time.Millisecond), float64(*attempts)/took.Seconds())
}

// offer puts a wave on offer, and has the rep move offers over each other.
func (s *sale) offer(wave int) {
	w := s.world
	w.tb.Helper()
	for i := range waveProposals {
		s.proposals = append(s.proposals, s.proposes(fmt.Sprintf("Renewal %d.%d", wave, i), fmt.Sprintf("ana@acme%d.com", i)))
	}
	first := open(s.proposals[0])
	for i, p := range s.proposals[1:3] { // one half over it, one exactly at its time
		for _, e := range s.kind(scheduler.KindOffer) {
			if !e.Start.Time.Equal(open(p)[0].Start) {
				continue
			}
			to := first[0].Start.Add(time.Duration(i) * 15 * time.Minute)
			if _, err := s.Move(s.Email(), e.ID, to, to.Add(30*time.Minute)); err != nil {
				w.tb.Fatal(err)
			}
		}
	}
	w.later(10 * time.Second)
	for i := range s.proposals {
		s.proposals[i] = s.proposal(s.proposals[i].ID)
		if n := len(open(s.proposals[i])); n != 3 {
			w.tb.Fatalf("%d slots of %s are on offer, want 3", n, s.proposals[i].Title)
		}
	}
}

// rush has so many attempts made at once, while what is booked is written.
func (s *sale) rush(number int) {
	var left atomic.Int64
	left.Store(int64(number))
	var all sync.WaitGroup
	for range waveClients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				s.attempt()
			}
		})
	}
	all.Go(func() {
		if _, err := s.runners[0].drain(s.world.tb.Context()); err != nil {
			s.told(err)
		}
	})
	all.Wait()
}

// attempt is one prospect's click on one slot, at one of the replicas.
func (s *sale) attempt() {
	random := rand.New(rand.NewPCG(s.random.Add(1), 0))
	p := s.proposals[random.IntN(len(s.proposals))]
	offer := p.Offers[random.IntN(len(p.Offers))]
	runner := s.runners[random.IntN(len(s.runners))]
	b, err := runner.Book(s.world.tb.Context(), token(p), store.Pick{Offer: offer.ID, Key: fmt.Sprint(random.Uint64())})
	switch {
	case err == nil:
		s.confirmed(p, offer, b)
	case !errors.Is(err, scheduler.ErrTaken):
		s.told(err)
	case b.Review == nil && len(b.Open) == 0:
		s.told(fmt.Errorf("a loser is told nothing of what is open: %+v", b))
	}
}

// confirmed counts a click that was told that its time is booked, as every click on that
// time is.
func (s *sale) confirmed(p store.Proposal, offer store.Offer, b store.Booking) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Review == nil || !b.Review.Start.Equal(offer.Start) {
		s.odd = append(s.odd, fmt.Errorf("%s is confirmed as %+v", offer.Start, b.Review))
		return
	}
	if s.sold[p.ID] == nil {
		s.sold[p.ID] = make(map[time.Time]int)
	}
	s.sold[p.ID][offer.Start.UTC()]++
}

func (s *sale) told(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd = append(s.odd, err)
}

// check wants every proposal sold once, no time twice, and the calendar to say the same
// as the database. It returns how many reviews there are.
func (s *sale) check() int {
	w := s.world
	w.tb.Helper()
	w.settleDown()
	for _, err := range s.odd {
		w.tb.Errorf("somebody was told: %v", err)
	}
	reviews := s.kind(scheduler.KindReview)
	for i, a := range reviews {
		if n := len(during(reviews[i+1:], a)); n > 0 {
			w.tb.Errorf("sold twice: %s, %d times more", a.Start.Time, n)
		}
	}
	booked := make(map[time.Time]bool)
	for _, p := range s.proposals {
		sold := s.sold[p.ID]
		now := s.proposal(p.ID)
		if len(sold) > 1 {
			w.tb.Errorf("%s was sold %d times", p.Title, len(sold))
		}
		for at := range sold {
			booked[at] = true
		}
		if (len(sold) == 1) != now.Clearance.Cleared || len(sold) == 1 && len(open(now)) > 0 {
			w.tb.Errorf("%s was sold %d times: %s, %+v, %d slots are open", p.Title, len(sold), now.State, now.Clearance, len(open(now)))
		}
	}
	if len(booked) == 0 {
		w.tb.Error("nothing was sold at all")
	}
	if diff := cmp.Diff(booked, starts(reviews)); diff != "" || len(reviews) != len(booked) {
		w.tb.Errorf("%d reviews are on the calendar (-sold +calendar):\n%s", len(reviews), diff)
	}
	return len(booked)
}

// close has the prospects cancel, and ends the proposals. It returns how many cancelled.
func (s *sale) close() int {
	w := s.world
	w.tb.Helper()
	cancelled := 0
	for _, p := range s.proposals {
		if len(s.sold[p.ID]) > 0 {
			if _, err := w.store.CancelReview(w.tb.Context(), token(p)); err != nil {
				w.tb.Fatal(err)
			}
			cancelled++
		}
		if _, err := w.store.Withdraw(w.tb.Context(), s.rep, p.ID); err != nil {
			w.tb.Fatal(err)
		}
	}
	w.later(10 * time.Second)
	w.later(10 * time.Second) // that they are gone is read, too, and reminders of them go
	for _, e := range s.written() {
		w.tb.Errorf("left of a wave that is over: %q at %s", e.Summary, e.Start.Time)
	}
	return cancelled
}
