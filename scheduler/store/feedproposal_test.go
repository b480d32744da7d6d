package store

import (
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

func TestAFeedFollowsAProposalFromItsOffersToItsReview(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		_, token := d.feed(func(f *FeedChoice) { f.Contents = []FeedContent{FeedProposals} })
		look := func() map[string]version {
			t.Helper()
			d.rest()
			c.move(time.Minute)
			_, entries := d.read(token)
			return versions(t, entries, p)
		}
		want := make(map[string]version)
		offered := look()
		for _, o := range p.Offers {
			want[uidAt(t, offered, "Offer", o.Start)] = version{"Offer", scheduler.Tentative, 0, o.Start.UTC()}
		}
		same := func(when string, got map[string]version) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		same("offered", offered)

		_, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[1].ID, Key: "click"})
		d.must(err)
		booked := look()
		for uid, v := range want {
			want[uid] = version{"Offer", scheduler.Cancelled, 1, v.Start}
		}
		review := uidAt(t, booked, "Review", p.Offers[1].Start)
		want[review] = version{"Review", scheduler.Confirmed, 0, p.Offers[1].Start.UTC()}
		same("booked", booked)

		moved := p.Offers[1].Start.Add(3 * time.Hour).UTC()
		d.move(d.of(scheduler.KindReview)[0].ID, moved)
		want[review] = version{"Review", scheduler.Confirmed, 1, moved}
		same("moved by the rep", look())

		_, err = s.CancelReview(t.Context(), p.token())
		d.must(err)
		cancelled := look()
		want[review] = version{"Review", scheduler.Cancelled, 2, moved}
		fresh := 0
		for uid, v := range cancelled {
			if _, known := want[uid]; !known && v.Status == scheduler.Tentative {
				fresh++
				delete(cancelled, uid)
			}
		}
		if fresh != 3 {
			t.Errorf("%d fresh slots are in the feed", fresh)
		}
		same("cancelled by the prospect", cancelled)

		_, err = s.Withdraw(t.Context(), d.rep, p.ID)
		d.must(err)
		for uid, v := range look() {
			if v.Status != scheduler.Cancelled {
				t.Errorf("once it is withdrawn there is %s %+v", uid, v)
			}
		}
		c.move(cancelledKept)
		if left := look(); len(left) != 0 {
			t.Errorf("a month later there are %+v", left)
		}
	})
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
