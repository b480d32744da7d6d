package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// promise is a proposal as its prospect knows it, and what they did.
type promise struct {
	id, token                string
	booked, moved, cancelled int
}

// someone returns one of the promises that were made; nil: there is none.
func (s *schedule) someone() *promise {
	if len(s.promises) == 0 {
		return nil
	}
	return s.promises[s.random.IntN(len(s.promises))]
}

func (s *schedule) propose(ctx context.Context) error {
	contact := prospects[s.random.IntN(len(prospects))]
	sendOn := s.world.clock.Now().In(newYork).AddDate(0, 0, s.random.IntN(3)).Format(time.DateOnly)
	made, err := s.world.runner.Propose(ctx, s.rep, store.NewProposal{
		Contact: scheduler.Contact{Address: contact}, Title: fmt.Sprintf("Proposal %d", len(s.promises)+1), SendOn: sendOn,
	})
	if err != nil {
		return err
	}
	s.note("%s is proposed to %s, to be sent on %s", made.Title, contact, sendOn)
	s.promises = append(s.promises, &promise{id: made.ID, token: token(made)})
	return nil
}

// desk has the rep do something with a proposal.
func (s *schedule) desk(ctx context.Context) (err error) {
	p := s.someone()
	if p == nil {
		return nil
	}
	switch s.random.IntN(6) {
	case 0:
		s.note("the rep withdraws a proposal")
		_, err = s.world.store.Withdraw(ctx, s.rep, p.id)
	case 1:
		s.note("the rep sends a proposal")
		_, err = s.world.store.MarkSent(ctx, s.rep, p.id)
	default:
		s.note("the rep asks for fresh slots")
		_, err = s.world.runner.Offer(ctx, s.rep, p.id)
	}
	return s.passing(err)
}

// passing notes an error that may well be told, and returns others.
func (s *schedule) passing(err error) error {
	for _, known := range []error{scheduler.ErrNotPossible, scheduler.ErrTaken, scheduler.ErrUnavailable, scheduler.ErrGone} {
		if errors.Is(err, known) {
			s.note("  they are told: %v", err)
			return nil
		}
	}
	return err
}

// pick has a prospect pick a slot: most often one that is open, or they think so.
func (s *schedule) pick(ctx context.Context) error {
	p := s.someone()
	if p == nil {
		return nil
	}
	before, err := s.world.store.Booking(ctx, p.token)
	if err != nil {
		return s.passing(err)
	}
	if len(before.Open) == 0 && before.Changes { // they would rather have it at another time
		s.note("the prospect of %s asks for times to move to", before.Title)
		if before, err = s.world.store.OtherTimes(ctx, p.token, "", false); err != nil {
			return s.passing(err)
		}
		s.drain(ctx, s.world.runner)
	}
	if len(before.Open) == 0 {
		return nil
	}
	slot := before.Open[s.random.IntN(len(before.Open))]
	if s.random.IntN(3) == 0 { // while they think about it
		if err := s.meetDuring(slot); err != nil {
			return err
		}
	}
	s.note("the prospect of %s picks %s", before.Title, slot.Start.In(newYork).Format("Mon 2 Jan 15:04"))
	s.acts(p)
	after, err := s.world.runner.Book(ctx, p.token, store.Pick{Offer: slot.ID, Key: fmt.Sprint(s.random.Uint64())})
	if err != nil {
		return s.passing(err)
	}
	if e, found := s.busyAt(after.Review.Start, after.Review.End); found {
		return fmt.Errorf("double booking: %s is booked over %q", after.Review.Start, e.Summary)
	}
	if before.Review == nil || before.Review.Start.Equal(after.Review.Start) {
		p.booked++
		return nil
	}
	p.moved++ // or, where the one before did not stand any more, booked
	p.booked++
	return nil
}

// meetDuring puts a meeting over a slot, of which no push tells in time.
func (s *schedule) meetDuring(slot store.Offer) error {
	e, err := s.Insert(s.Email(), emulator.Event{
		Summary: fmt.Sprintf("Talk %d", len(s.meetings)+1), Start: emulator.At(slot.Start, "America/New_York"), End: emulator.At(slot.End, "America/New_York"),
		Attendees: []emulator.Attendee{{Email: s.Email(), ResponseStatus: "accepted"}, {Email: "di@initech.example", ResponseStatus: "accepted"}},
	})
	if err != nil {
		return err
	}
	s.meetings = append(s.meetings, e)
	s.note("%s is put over a slot", e.Summary)
	return nil
}

// busyAt returns a meeting of the person's at a time.
func (s *schedule) busyAt(from, to time.Time) (emulator.Event, bool) {
	for _, e := range s.Events(s.Email()) {
		if e.Status != "cancelled" && private(e, "hfInstall") == "" && e.Start.Time.Before(to) && from.Before(e.End.Time) {
			return e, true
		}
	}
	return emulator.Event{}, false
}

// acts keeps that the prospect of p does something to the review: the rep's last word on
// it is not the last any more. The calendar says which review that is: Holdfast may not
// have heard yet that it is there.
func (s *schedule) acts(p *promise) {
	for _, e := range s.kind(scheduler.KindReview) {
		if strings.Contains(e.Description, p.token) {
			s.acted[private(e, "hfId")] = true
		}
	}
}

// answer has a guest answer the invitation to a review.
func (s *schedule) answer(context.Context) error {
	reviews := s.kind(scheduler.KindReview)
	if len(reviews) == 0 {
		return nil
	}
	e := reviews[s.random.IntN(len(reviews))]
	if len(e.Attendees) == 0 {
		return fmt.Errorf("a review without a guest: %+v", e)
	}
	word := []string{"accepted", "accepted", "tentative", "declined"}[s.random.IntN(4)]
	s.note("%s answers %s to %q", e.Attendees[0].Email, word, e.Summary)
	after, err := s.Respond(s.Email(), e.ID, e.Attendees[0].Email, word)
	if d := s.deeds[e.ID]; d != nil && !d.deleted {
		d.after = after
	}
	return err
}

// changeMind has a prospect cancel the review, or ask for other times.
func (s *schedule) changeMind(ctx context.Context) error {
	p := s.someone()
	if p == nil {
		return nil
	}
	b, err := s.world.store.Booking(ctx, p.token)
	if err != nil {
		return s.passing(err)
	}
	if s.random.IntN(2) == 0 || b.Review == nil {
		s.note("the prospect of %s asks for other times", b.Title)
		_, err := s.world.store.OtherTimes(ctx, p.token, "Mornings, please.", s.random.IntN(4) == 0)
		return s.passing(err)
	}
	s.note("the prospect of %s cancels", b.Title)
	s.acts(p)
	if _, err = s.world.store.CancelReview(ctx, p.token); err == nil {
		p.cancelled++
	}
	return s.passing(err)
}

// promised finds where proposals and the calendar do not say the same, and what was sold
// twice.
func (s *schedule) promised(ctx context.Context) (wrong []string, err error) {
	page, err := s.world.store.Proposals(ctx, s.rep, store.Query{Limit: 200})
	if err != nil {
		return nil, err
	}
	rows := s.byRow()
	open := make(map[string]bool)
	for _, p := range page.Items {
		for _, o := range p.Offers {
			if o.State != scheduler.OfferHeld {
				continue
			}
			open[o.ID] = true
			if e := rows[o.ID]; len(e) == 0 || !e[0].Start.Time.Equal(o.Start) {
				wrong = append(wrong, fmt.Sprintf("%s: the slot at %s is open, and not on the calendar", p.Title, o.Start))
			}
		}
		if p.Review == nil || p.Review.Response == "declined" {
			continue
		}
		if e, err := s.Event(s.Email(), p.Review.EventID); err != nil || e.Status == "cancelled" || !e.Start.Time.Equal(p.Review.Start) {
			wrong = append(wrong, fmt.Sprintf("%s: its review at %s is %+v on the calendar, %v", p.Title, p.Review.Start, e.Start, err))
		}
	}
	for _, e := range s.kind(scheduler.KindOffer) {
		if !open[private(e, "hfId")] {
			wrong = append(wrong, fmt.Sprintf("left over: the slot at %s", e.Start.Time))
		}
	}
	return append(wrong, s.soldTwice()...), nil
}

// soldTwice finds reviews that are at the same time and that the rep did not move there.
func (s *schedule) soldTwice() (wrong []string) {
	reviews := s.kind(scheduler.KindReview)
	for i, a := range reviews {
		for _, b := range reviews[i+1:] {
			byHand := s.deeds[a.ID] != nil || s.deeds[b.ID] != nil || declined(a) || declined(b)
			if !byHand && a.Start.Time.Before(b.End.Time) && b.Start.Time.Before(a.End.Time) {
				wrong = append(wrong, fmt.Sprintf("sold twice: %q and %q at %s", a.Summary, b.Summary, b.Start.Time))
			}
		}
	}
	return wrong
}

func declined(e emulator.Event) bool {
	return len(e.Attendees) > 0 && e.Attendees[0].ResponseStatus == "declined"
}

// mailed finds mails that nobody asked for, and reviews whose guest does not know.
func (s *schedule) mailed(context.Context) (wrong []string, err error) {
	asked := make(map[string]int)
	for _, p := range s.promises {
		asked["invitation"] += p.booked
		asked["update"] += p.moved
		asked["cancellation"] += p.cancelled
	}
	invited := make(map[string]int)
	for _, m := range s.world.google.Mails() {
		if m.From != s.Email() {
			continue
		}
		e, err := s.Event(m.Calendar, m.Event)
		if err != nil || private(e, "hfKind") != string(scheduler.KindReview) {
			wrong = append(wrong, fmt.Sprintf("a mail (%s) to %s about %q", m.Kind, m.To, e.Summary))
		}
		if asked[m.Kind]--; asked[m.Kind] < 0 {
			wrong = append(wrong, fmt.Sprintf("a mail too many (%s) to %s about %q", m.Kind, m.To, e.Summary))
		}
		if m.Kind == "invitation" {
			invited[m.Event]++
		}
	}
	for _, e := range s.kind(scheduler.KindReview) {
		if invited[e.ID] != 1 {
			wrong = append(wrong, fmt.Sprintf("the guest of %q was invited %d times", e.Summary, invited[e.ID]))
		}
	}
	for _, m := range s.world.google.Untold() {
		if m.From == s.Email() && m.Kind != "update" {
			wrong = append(wrong, fmt.Sprintf("%s was not told: %s", m.To, m.Kind))
		}
	}
	return wrong, nil
}
