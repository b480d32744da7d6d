package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

// proposal is what the rep of the tests proposes to Ana.
func (d *desk) proposal() NewProposal {
	return NewProposal{
		Contact: scheduler.Contact{Address: "Ana <ana+crm@Acme.com>", Name: "Ana Ruiz"}, Title: "Rollout", SendOn: "2026-11-24",
	}
}

// propose has slots offered to Ana, and written.
func (d *desk) propose() Proposal {
	d.t.Helper()
	d.settle()
	p, err := d.s.CreateProposal(d.t.Context(), d.rep, d.proposal())
	d.must(err)
	d.rest()
	return d.proposed(p.ID)
}

// rest writes and reads until there is nothing to do.
func (d *desk) rest() {
	d.t.Helper()
	for range 10 {
		if d.sync(); d.write() == 0 {
			return
		}
	}
	d.t.Fatalf("rows %v wait to be written for ever", d.due())
}

func (d *desk) proposed(id string) Proposal {
	d.t.Helper()
	p, err := d.s.Proposal(d.t.Context(), d.rep, id)
	d.must(err)
	return p
}

// token returns that of the link of a proposal.
func (p Proposal) token() string { return p.BookingURL[strings.LastIndexByte(p.BookingURL, '/')+1:] }

// of returns the events of a kind that are on the calendar, by their start.
func (d *desk) of(kind scheduler.Kind) []scheduler.RemoteEvent {
	return slices.DeleteFunc(d.ours(), func(e scheduler.RemoteEvent) bool { return e.Tags.Kind != kind })
}

// states returns what has become of the offers of a proposal, by start.
func states(p Proposal) []scheduler.OfferState {
	var all []scheduler.OfferState
	for _, o := range p.Offers {
		all = append(all, o.State)
	}
	return all
}

// notes returns the kinds of what was logged of proposals, in order and each once.
func (d *desk) notes() []string {
	d.t.Helper()
	var kinds []string
	d.must(d.s.db.Model(&activityRow{}).Where("rep_id = ?", d.rep).Order("id").Pluck("kind", &kinds).Error)
	return slices.DeleteFunc(slices.Compact(kinds), func(kind string) bool { return kind == "connected" || kind == "first_sync" })
}

func TestAProposalIsNotClearUntilItsReviewIsOnTheCalendar(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		p := d.propose()
		if diff := cmp.Diff([]scheduler.OfferState{"held", "held", "held"}, states(p)); diff != "" {
			t.Fatalf("offers (-want +got):\n%s", diff)
		}
		if p.Prospect != "acme.com" || p.Contact.Address != "ana+crm@acme.com" || p.Clearance.Reason != scheduler.NotPicked || p.State != scheduler.ProposalOffered {
			t.Errorf("proposal %+v", p)
		}
		if n := len(d.of(scheduler.KindOffer)); n != 3 {
			t.Errorf("%d offers are on the calendar, want 3", n)
		}
		if _, err := s.Book(t.Context(), p.token(), Pick{Offer: p.Offers[1].ID, Key: "click", Zone: "America/New_York"}); err != nil {
			t.Fatal(err)
		}
		if p = d.proposed(p.ID); p.State != scheduler.ProposalBooked || p.Clearance.Cleared || p.Clearance.Reason != scheduler.NotWritten {
			t.Errorf("once a slot is picked the proposal is %s, %+v", p.State, p.Clearance)
		}
		d.rest()
		p = d.proposed(p.ID)
		if p.State != scheduler.ProposalCleared || !p.Clearance.Cleared || p.Review == nil || p.Review.EventID == "" {
			t.Errorf("once it is on the calendar the proposal is %s, %+v", p.State, p.Clearance)
		}
		if diff := cmp.Diff([]scheduler.OfferState{"released", "picked", "released"}, states(p)); diff != "" {
			t.Errorf("offers (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"invited ana+crm@acme.com"}, d.mails); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
		if n := len(d.of(scheduler.KindOffer)); n > 0 {
			t.Errorf("%d offers are left on the calendar", n)
		}
		if reviews := d.of(scheduler.KindReview); len(reviews) != 1 || !strings.Contains(reviews[0].Description, p.BookingURL) {
			t.Errorf("the reviews on the calendar are %+v", reviews)
		}
		want := []string{"proposal_created", "offers_held", "review_booked", "clearance_granted"}
		if diff := cmp.Diff(want, d.notes()); diff != "" {
			t.Errorf("activity (-want +got):\n%s", diff)
		}
	})
}

func TestWhatCannotBeProposedIsNamed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		for _, tt := range []struct {
			name   string
			change func(*NewProposal)
			want   []string
		}{
			{"no title", func(n *NewProposal) { n.Title = " \t" }, []string{"title"}},
			{"a title of two lines", func(n *NewProposal) { n.Title = "Roll\nout" }, []string{"title"}},
			{"an endless title", func(n *NewProposal) { n.Title = strings.Repeat("ä", 201) }, []string{"title"}},
			{"nobody", func(n *NewProposal) { n.Contact = scheduler.Contact{} }, []string{"contact.address"}},
			{"no address", func(n *NewProposal) { n.Contact.Address = "Ana" }, []string{"contact.address"}},
			{"a colleague", func(n *NewProposal) { n.Contact.Address = "bo@northwind.example" }, []string{"contact.address"}},
			{"somebody of another company", func(n *NewProposal) { n.Prospect = "globex.com" }, []string{"prospect"}},
			{"a company that nobody knows", func(n *NewProposal) { n.Contact, n.Prospect = scheduler.Contact{}, "globex.com" }, []string{"prospect"}},
			{"no day", func(n *NewProposal) { n.SendOn = "tomorrow" }, []string{"send_on"}},
			{"long ago", func(n *NewProposal) { n.SendOn = "2026-11-21" }, []string{"send_on"}},
			{"next year", func(n *NewProposal) { n.SendOn = "2027-11-21" }, []string{"send_on"}},
			{"a short talk", func(n *NewProposal) { n.Duration = Duration(5 * time.Minute) }, []string{"duration"}},
			{"an odd talk", func(n *NewProposal) { n.Duration = Duration(20 * time.Minute) }, []string{"duration"}},
			{"a long talk", func(n *NewProposal) { n.Duration = Duration(9 * time.Hour) }, []string{"duration"}},
			{"days before it is sent", func(n *NewProposal) { n.FirstDay = -1 }, []string{"first_day"}},
			{"days from late to early", func(n *NewProposal) { n.FirstDay, n.LastDay = 4, 3 }, []string{"last_day"}},
			{"days far away", func(n *NewProposal) { n.LastDay = 61 }, []string{"last_day"}},
		} {
			n := d.proposal()
			tt.change(&n)
			_, err := s.CreateProposal(t.Context(), d.rep, n)
			if diff := cmp.Diff(tt.want, wrongFields(err)); diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
			}
		}
		if n := len(rowsOf(t, s, "proposals", "*")); n > 0 {
			t.Errorf("%d proposals were kept", n)
		}
	})
}

func TestAPersonIsTheSameProspectHoweverTheirAddressIsSpelled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		d := newDesk(t, s, c)
		d.settle()
		n := d.proposal()
		n.Prospect, n.Contact.Address = "Joe.Doe+x@gmail.com", "Joe.Doe+x@gmail.com"
		p, err := s.CreateProposal(t.Context(), d.rep, n)
		d.must(err)
		if p.Prospect != "joedoe@gmail.com" || p.Contact.Address != "joe.doe+x@gmail.com" {
			t.Errorf("proposal for %s at %s", p.Prospect, p.Contact.Address)
		}
		if known := d.contactsOf(ContactQuery{Prospect: "joedoe@gmail.com"}); len(known) != 1 || known[0].Address != "joedoe@gmail.com" {
			t.Errorf("contacts %+v", known)
		}
	})
}

// wrongFields returns the fields that err says are wrong.
func wrongFields(err error) []string {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	var names []string
	for _, f := range invalid.Fields {
		names = append(names, f.Field)
	}
	return names
}
