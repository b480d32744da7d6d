package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// demoProposal is a proposal of the demo, and what becomes of it. That of a draft is in
// the sample calendar itself.
type demoProposal struct {
	contact scheduler.Contact
	title   string
	sendIn  int // business days
	zone    string
	wishes  store.Wishes
	becomes func(*demoStage, context.Context, store.Proposal) error // nil: it stays on offer
}

// demoProposals are one in each state besides the draft, and one whose clearance was
// taken back.
var demoProposals = []demoProposal{
	{contact: scheduler.Contact{Address: "ana@bluepeak.example", Name: "Ana Ruiz"}, title: "Route planning for 40 vans", sendIn: 2},
	{
		contact: scheduler.Contact{Address: "june@juniperworks.example", Name: "June Park"}, title: "From pilot to rollout", sendIn: 3, zone: "Europe/London",
		wishes:  store.Wishes{Channel: scheduler.Video, Days: []string{"tue", "wed", "thu"}},
		becomes: (*demoStage).accepted,
	},
	{
		contact: scheduler.Contact{Address: "grace@stonebridge.example", Name: "Grace Cole"}, title: "Security package", sendIn: 4, zone: "America/Chicago",
		becomes: (*demoStage).declined,
	},
	{
		contact: scheduler.Contact{Address: "ben@redwoodlabs.example", Name: "Ben Ashe"}, title: "Lab scheduling", sendIn: 1, zone: "America/Denver",
		wishes:  store.Wishes{Channel: scheduler.Email, Hours: &store.DayHours{Start: "09:00", End: "12:00"}},
		becomes: (*demoStage).sent,
	},
	{contact: scheduler.Contact{Address: "lena@lakeshore.example", Name: "Lena Voss"}, title: "Winter maintenance", sendIn: 5, becomes: (*demoStage).withdrawn},
}

// demoStage lets the demo's proposals come about, and what is beside Google, once its rep
// has answered what was found: until then nothing is written to their calendar.
type demoStage struct {
	service *service
	google  *demoGoogle
	now     func() time.Time
	rep     string
}

// play lets everything happen by the ways that reps, prospects and calendars have. It
// ends early where the rep leaves, or ctx ends.
func (d *demoStage) play(ctx context.Context) error {
	var rep store.Rep
	err := d.await(ctx, func() (answered bool, err error) {
		rep, err = d.service.store.Rep(ctx, d.rep)
		return rep.Backlog.Answered(), err
	})
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(rep.Zone)
	if err != nil {
		return fmt.Errorf("load zone: %w", err)
	}
	_, err = d.service.store.UpdateSettings(ctx, d.rep, func(s *store.RepSettings) error {
		s.Name = sampleName
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.connectOthers(ctx); err != nil {
		return err
	}
	for _, told := range demoProposals {
		if err := d.propose(ctx, told, d.now().In(zone)); err != nil {
			return fmt.Errorf("proposal %q: %w", told.title, err)
		}
	}
	return nil
}

// await returns as soon as done is true.
func (d *demoStage) await(ctx context.Context, done func() (bool, error)) error {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		if met, err := done(); met || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

func (d *demoStage) propose(ctx context.Context, told demoProposal, now time.Time) error {
	p, err := d.service.runner.Propose(ctx, d.rep, store.NewProposal{
		Contact: told.contact, Title: told.title, SendOn: businessDay(now, told.sendIn).Format(time.DateOnly),
	})
	if err != nil || told.becomes == nil {
		return err
	}
	if told.zone != "" {
		if p, err = d.picked(ctx, told, p); err != nil {
			return err
		}
	}
	return told.becomes(d, ctx, p)
}

// picked has the prospect pick the first slot, and waits until the review is on the
// calendar.
func (d *demoStage) picked(ctx context.Context, told demoProposal, p store.Proposal) (store.Proposal, error) {
	if len(p.Offers) == 0 {
		return p, errors.New("no time was found")
	}
	pick := store.Pick{Offer: p.Offers[0].ID, Zone: told.zone}
	if told.wishes.Channel != scheduler.Preferred {
		told.wishes.Zone = told.zone
		pick.Wishes = &told.wishes
	}
	if _, err := d.service.runner.Book(ctx, tokenOf(p.BookingURL), pick); err != nil {
		return p, err
	}
	return d.until(ctx, p.ID, func(p store.Proposal) bool { return p.State == scheduler.ProposalCleared })
}

// until waits for a proposal to become what it is to be.
func (d *demoStage) until(ctx context.Context, id string, is func(store.Proposal) bool) (p store.Proposal, err error) {
	err = d.await(ctx, func() (bool, error) {
		p, err = d.service.store.Proposal(ctx, d.rep, id)
		return err == nil && is(p), err
	})
	return p, err
}

// respond is the prospect's answer to the invitation.
func (d *demoStage) respond(p store.Proposal, answer string) error {
	_, err := d.google.User(sampleRep).Respond("", p.Review.EventID, p.Contact.Address, answer)
	return err
}

func (d *demoStage) accepted(_ context.Context, p store.Proposal) error {
	return d.respond(p, "accepted")
}

func (d *demoStage) declined(_ context.Context, p store.Proposal) error {
	return d.respond(p, "declined")
}

func (d *demoStage) sent(ctx context.Context, p store.Proposal) error {
	_, err := d.service.store.MarkSent(ctx, d.rep, p.ID)
	return err
}

func (d *demoStage) withdrawn(ctx context.Context, p store.Proposal) error {
	_, err := d.service.store.Withdraw(ctx, d.rep, p.ID)
	return err
}

// tokenOf returns the token in the address of a booking page.
func tokenOf(address string) string { return path.Base(address) }

// follow plays the demo for the first rep who signs in, until ctx ends.
func (d *demoStage) follow(ctx context.Context, signedIn <-chan string, log *slog.Logger) {
	select {
	case <-ctx.Done():
		return
	case d.rep = <-signedIn:
	}
	// A rep who left has none, and one who stops the demo needs none.
	if err := d.play(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, scheduler.ErrNotFound) {
		log.WarnContext(ctx, "the demo is incomplete", "error", err)
	}
}
