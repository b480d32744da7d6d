package store

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// version is what a client sees of an entry: what it is, and which version of it.
type version struct {
	Category string
	Status   scheduler.Status
	Sequence int64
	Start    time.Time
}

// versions returns those of a feed's entries by UID. Each is of proposal p: its page is
// named, and no link of the prospect's.
func versions(t *testing.T, entries []FeedEntry, p Proposal) map[string]version {
	t.Helper()
	all := make(map[string]version, len(entries))
	for _, e := range entries {
		if e.URL != "https://holdfast.example/proposals/"+p.ID || !strings.Contains(e.Summary, p.Title) || e.Description == "" {
			t.Errorf("entry %+v", e)
		}
		if strings.Contains(e.Description, "/book/") || strings.Contains(e.Description, "cancel: ") {
			t.Errorf("%s tells the prospect's link, or that there is one:\n%s", e.Category, e.Description)
		}
		all[e.UID] = version{e.Category, e.Status, e.Sequence, e.Start}
	}
	return all
}

// uidAt returns the UID of the entry of a category that is at a time and not cancelled.
func uidAt(t *testing.T, all map[string]version, category string, at time.Time) string {
	t.Helper()
	for uid, v := range all {
		if v.Category == category && v.Start.Equal(at) && v.Status != scheduler.Cancelled {
			return uid
		}
	}
	t.Fatalf("no %s at %v in %+v", category, at, all)
	return ""
}

// follower is a client that reads a feed of a proposal, and what it is to find there.
type follower struct {
	*desk
	p     Proposal
	token string
	want  map[string]version // by UID
}

// look reads the feed a minute after all is at rest.
func (f *follower) look() map[string]version {
	f.t.Helper()
	f.rest()
	f.clock.move(time.Minute)
	_, entries := f.read(f.token)
	return versions(f.t, entries, f.p)
}

// finds wants got to be what is to be found.
func (f *follower) finds(when string, got map[string]version) {
	f.t.Helper()
	if diff := cmp.Diff(f.want, got); diff != "" {
		f.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func TestAFeedFollowsAProposalFromItsOffersToItsReview(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		f := &follower{desk: newDesk(t, s, c), want: make(map[string]version)}
		f.p = f.propose()
		_, f.token = f.feed(func(c *FeedChoice) { c.Contents = []FeedContent{FeedProposals} })
		offered := f.look()
		for _, o := range f.p.Offers {
			f.want[uidAt(t, offered, "Offer", o.Start)] = version{"Offer", scheduler.Tentative, 0, o.Start.UTC()}
		}
		f.finds("offered", offered)

		picked := f.p.Offers[1]
		_, err := s.Book(t.Context(), f.p.token(), Pick{Offer: picked.ID, Key: "click"})
		f.must(err)
		booked := f.look()
		for uid, v := range f.want {
			f.want[uid] = version{"Offer", scheduler.Cancelled, 1, v.Start}
		}
		review := uidAt(t, booked, "Review", picked.Start)
		f.want[review] = version{"Review", scheduler.Confirmed, 0, picked.Start.UTC()}
		f.finds("booked", booked)

		moved := picked.Start.Add(3 * time.Hour).UTC()
		f.move(f.of(scheduler.KindReview)[0].ID, moved)
		f.want[review] = version{"Review", scheduler.Confirmed, 1, moved}
		f.finds("moved by the rep", f.look())

		_, err = s.CancelReview(t.Context(), f.p.token())
		f.must(err)
		cancelled := f.look()
		f.want[review] = version{"Review", scheduler.Cancelled, 2, moved}
		f.finds("cancelled by the prospect", withoutFresh(t, cancelled))
		f.endsWithTheProposal()
	})
}

// withoutFresh returns all without the three slots that are on offer.
func withoutFresh(t *testing.T, all map[string]version) map[string]version {
	t.Helper()
	rest := maps.Clone(all)
	maps.DeleteFunc(rest, func(_ string, v version) bool { return v.Status == scheduler.Tentative })
	if n := len(all) - len(rest); n != 3 {
		t.Errorf("%d fresh slots are in the feed", n)
	}
	return rest
}

// endsWithTheProposal withdraws it: all is cancelled, and gone a month later.
func (f *follower) endsWithTheProposal() {
	f.t.Helper()
	_, err := f.s.Withdraw(f.t.Context(), f.rep, f.p.ID)
	f.must(err)
	left := f.look()
	for uid, v := range left {
		if v.Status != scheduler.Cancelled {
			f.t.Errorf("once it is withdrawn there is %s %+v", uid, v)
		}
	}
	f.clock.move(cancelledKept)
	if later := f.look(); len(left) == 0 || len(later) != 0 {
		f.t.Errorf("of %d entries there are a month later %+v", len(left), later)
	}
}

// A rep who writes into the review's event keeps their words, and the prospect's link is
// in the feed no more than before.
func TestAFeedHasNoLinkOfTheProspectsFromAnEditedReview(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		_, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[0].ID, Key: "click"})
		d.must(err)
		d.rest()
		d.edit(d.of(scheduler.KindReview)[0].ID, func(e *scheduler.RemoteEvent) { e.Description = "Bring the contract.\n" + e.Description })
		d.rest()
		_, token := d.feed(func(f *FeedChoice) { f.Contents = []FeedContent{FeedProposals} })
		_, entries := d.read(token)
		versions(t, entries, p)
		if len(entries) != 1 || !strings.HasPrefix(entries[0].Description, "Bring the contract.") {
			t.Errorf("the entries are %+v", entries)
		}
	})
}
