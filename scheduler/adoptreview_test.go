package scheduler

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAdoptOfferAndReview(t *testing.T) {
	last := Content{"Offered", "Why", at("2026-11-24 09:00"), at("2026-11-24 09:30"), true}
	renamed, free := last, last
	renamed.Title = "Ana!"
	free.Busy = false
	offer := func(changes ...func(*Offer)) Offer {
		o := heldAt(1, "2026-11-24 09:00")
		for _, c := range changes {
			c(&o)
		}
		return o
	}
	at14 := func(o *Offer) { o.Moved, o.Start, o.End = true, at("2026-11-25 14:00"), at("2026-11-25 14:30") }
	to14 := movedTo("2026-11-25 14:00")
	gone := func(o *Offer) { o.Deleted = true }
	allDay := func(e *RemoteEvent) {
		e.Event.Start = Moment{Wall: at("2026-11-24 00:00"), DateOnly: true}
		e.Event.End = Moment{Wall: at("2026-11-25 00:00"), DateOnly: true}
	}
	unwritten := func(o *Offer) { o.Written = false }
	edited := func(c Content) func(*Offer) { return func(o *Offer) { o.Edited = &c } }
	state := func(s OfferState) func(*Offer) { return func(o *Offer) { o.State = s } }
	cases := []struct {
		rule  string
		offer Offer
		event RemoteEvent
		want  Offer
		alone bool // no review is so
	}{
		{"the echo of Holdfast's own write changes nothing", offer(), seen(last), offer(), false},
		{"nor one that comes before the answer to the write", offer(unwritten), seen(last), offer(unwritten), false},
		{"moved: at its new time", offer(), seen(last, to14), offer(at14), false},
		{"moved before the answer to the write", offer(unwritten), seen(last, to14), offer(at14), false},
		{"deleted", offer(), seen(last, deleted), offer(gone), false},
		{"cancelled", offer(), seen(last, func(e *RemoteEvent) { e.Event.Status = Cancelled }), offer(gone), false},
		{"deleted after it was moved", offer(at14), seen(last, deleted), offer(at14, gone, func(o *Offer) { o.Moved = false }), false},
		{"made last all day: it is no slot any more", offer(), seen(last, allDay), offer(gone), true},
		{"made last all day after it was moved", offer(at14), seen(last, allDay), offer(at14, gone, func(o *Offer) { o.Moved = false }), true},
		{"another title: it is kept", offer(), seen(last, retitled("Ana!")), offer(edited(renamed)), false},
		{"shown as free: it is kept", offer(), seen(free), offer(edited(free)), false},
		{"picked: whatever is done to its event, it was picked", offer(state(OfferPicked)), seen(last, to14), offer(state(OfferPicked)), true},
		{"released: it is not on offer any more, wherever it is moved", offer(state(OfferReleased)), seen(last, to14), offer(state(OfferReleased)), true},
		{"released, and deleted because of that", offer(state(OfferReleased)), seen(last, deleted), offer(state(OfferReleased)), true},
		{"lost, and deleted because of that", offer(state(OfferLost)), seen(last, deleted), offer(state(OfferLost)), true},
	}
	review := func(o Offer) BookedReview {
		return BookedReview{Start: o.Start, End: o.End, Written: o.Written, Moved: o.Moved, Deleted: o.Deleted, Edited: o.Edited, Response: Accepted}
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if diff := cmp.Diff(c.want, AdoptOffer(c.offer, last, c.event, newYork)); diff != "" {
				t.Errorf("offer (-want +got):\n%s", diff)
			}
			if c.alone {
				return
			}
			if diff := cmp.Diff(review(c.want), AdoptReview(review(c.offer), last, c.event, newYork)); diff != "" {
				t.Errorf("review (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnOfferOrAReviewThatTheRepPutsBackIsWhereTheyPutIt(t *testing.T) {
	wrote := Content{"Offered", "Why", at("2026-11-24 09:00"), at("2026-11-24 09:30"), true}
	moved := wrote
	moved.Start, moved.End = at("2026-11-25 14:00"), at("2026-11-25 14:30")
	back := seen(wrote, func(e *RemoteEvent) { e.Tags.Hash = wrote.hash() })
	o := Offer{State: OfferHeld, Written: true, Moved: true, Start: moved.Start, End: moved.End}
	if o = AdoptOffer(o, moved, back, newYork); !o.Start.Equal(wrote.Start) || !o.Moved {
		t.Errorf("the offer is at %v", o.Start)
	}
	r := BookedReview{Written: true, Moved: true, Start: moved.Start, End: moved.End}
	if r = AdoptReview(r, moved, back, newYork); !r.Start.Equal(wrote.Start) || !r.Moved {
		t.Errorf("the review is at %v", r.Start)
	}
}
