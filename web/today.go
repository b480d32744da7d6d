package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// mostListed is how many flags a page lists.
const mostListed = 200

// todayPage is what a rep sees each day.
type todayPage struct {
	Rate    share
	Open    []flagCard // flags, most urgent first
	Left    []flagCard // those of a backlog that was let be
	Days    []holdDay
	Due     int // holds of today
	Reasons any // for which a flag is waived
	// Proposals are those that want something of the rep.
	Proposals []proposalCard
	// Waiting is how many meetings of the backlog wait for the rep's word.
	Waiting int
}

// share is the one number: how many of the judged prospects have a next step.
type share struct {
	Percent, Covered, Flagged, Total int
}

func shareOf(c scheduler.Counts) share {
	rate, _ := c.NextStepRate()
	return share{int(100*rate + 0.5), c.Covered, c.Flagged, c.Covered + c.Flagged}
}

func (s *Site) today(r *request) error {
	ctx := r.Request.Context()
	flags, err := s.Store.Flags(ctx, r.rep.ID, store.Query{State: "open", Limit: mostListed})
	if err != nil {
		return fmt.Errorf("load flags: %w", err)
	}
	f := s.frame(r, "today", "Today")
	local := f.now.In(f.zone)
	holds, err := s.Store.Coming(ctx, r.rep.ID, time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, f.zone))
	if err != nil {
		return fmt.Errorf("load holds: %w", err)
	}
	proposals, err := s.needy(r)
	if err != nil {
		return err
	}
	page := todayPage{Rate: shareOf(r.rep.Counts), Reasons: waiverReasons, Proposals: proposals}
	page.sortFlags(f, r.rep, flags.Items)
	page.setHolds(f, holds)
	return s.render(r, http.StatusOK, f, page)
}

// needy returns the proposals that want something of the rep.
func (s *Site) needy(r *request) ([]proposalCard, error) {
	list, err := s.Store.Proposals(r.Request.Context(), r.rep.ID, store.Query{Limit: mostListed})
	if err != nil {
		return nil, fmt.Errorf("load proposals: %w", err)
	}
	cards := proposalCards(list.Items, r.now)
	return slices.DeleteFunc(cards, func(c proposalCard) bool { return c.Need.Why == "" }), nil
}

// sortFlags puts each flag where it belongs: those about to end come first.
func (p *todayPage) sortFlags(f frame, rep store.Rep, flags []store.Flag) {
	var later []flagCard
	for _, flag := range flags {
		switch {
		case flag.Backlog && !rep.Backlog.Answered():
			p.Waiting++
		case flag.Backlog && rep.Backlog == scheduler.BacklogDismissed:
			p.Left = append(p.Left, f.flagCard(flag, true))
		case flag.Reason == scheduler.WrappingUp:
			p.Open = append(p.Open, f.flagCard(flag, true))
		default:
			later = append(later, f.flagCard(flag, true))
		}
	}
	p.Open = append(p.Open, later...)
}

// setHolds shows holds by day, and counts those of today.
func (p *todayPage) setHolds(f frame, holds []store.Hold) {
	p.Days = f.holdDays(holds)
	for _, d := range p.Days {
		if d.Today {
			p.Due = len(d.Holds)
		}
	}
}
