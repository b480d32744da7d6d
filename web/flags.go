package web

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// flagCard is a flag as the pages show it.
type flagCard struct {
	store.Flag
	Because string
	Holds   []holdLine // those that stand
	// Placeable: it has no holds, as its follow-up was let be or ended by a reply.
	Placeable bool
	// ReplyTo is the hold by which the rep says that they replied; "": none stands, they
	// said so, or the meeting is not over.
	ReplyTo string
	// Missable: the rep may say that the meeting did not take place.
	Missable bool
	// Actions: the rep can act on it here.
	Actions bool
}

func (f frame) flagCard(flag store.Flag, actions bool) flagCard {
	card := flagCard{Flag: flag, Because: because(flag.Reason), Actions: actions}
	for _, h := range flag.Holds {
		if stands(h.State) {
			card.Holds = append(card.Holds, f.holdLine(h))
		}
	}
	if len(card.Holds) > 0 && !flag.Replied && flag.Reason != scheduler.WrappingUp {
		card.ReplyTo = card.Holds[0].ID
	}
	card.Missable = flag.Reason != scheduler.NotRebooked
	card.Placeable = len(card.Holds) == 0 && len(flag.Unplaced) == 0
	return card
}

// stands reports whether a hold in this state is, or will be, on the calendar.
func stands(state scheduler.HoldState) bool {
	return state == scheduler.Planned || state == scheduler.Written || state == scheduler.Moved
}

// waiverReason is a reason for which a rep waives a flag.
type waiverReason struct {
	Reason scheduler.WaiverReason
	Words  string
}

// waiverReasons are the reasons that a rep may give, in words.
var waiverReasons = []waiverReason{
	{scheduler.AgreedOtherwise, "We agreed on something else"},
	{scheduler.NoNextStepNeeded, "No next step is needed"},
	{scheduler.NotInterested, "They are not interested"},
	{scheduler.Lost, "Lost"},
}

// waive lets a meeting be without a next step.
func (s *Site) waive(r *request) error {
	w := store.Waiver{
		Reason: scheduler.WaiverReason(r.PostForm("reason")), Note: strings.TrimSpace(r.PostForm("note")), ResumeOn: r.PostForm("resume_on"),
	}
	today := r.now.In(zoneOf(r.rep)).Format(time.DateOnly)
	if wrong := wrongWaiver(w, today); wrong != "" {
		return s.say(r, problem("Not settled: "+wrong), "/today")
	}
	flag, err := s.Store.Waive(r.Request.Context(), r.rep.ID, r.Param("id"), w)
	if err != nil {
		return fmt.Errorf("waive flag: %w", err)
	}
	return s.say(r, said(plain(flag.Prospect)+" is settled. Its holds are coming off your calendar."), "/today")
}

// noteLimit bounds a waiver's note, in characters.
const noteLimit = 2000

// wrongWaiver says what is wrong with a waiver that is given today; "": nothing.
func wrongWaiver(w store.Waiver, today string) string {
	known := slices.ContainsFunc(waiverReasons, func(r waiverReason) bool { return r.Reason == w.Reason })
	if !known {
		return "choose a reason."
	}
	if utf8.RuneCountInString(w.Note) > noteLimit {
		return "the note is too long."
	}
	if _, err := time.Parse(time.DateOnly, w.ResumeOn); w.ResumeOn != "" && err != nil {
		return plain(w.ResumeOn) + " is not a date."
	}
	if w.ResumeOn != "" && w.ResumeOn <= today {
		return "choose a day to come, or none."
	}
	return ""
}

// notAProspect waives the flag and ignores the prospect from now on.
func (s *Site) notAProspect(r *request) error {
	w := store.Waiver{Reason: scheduler.NotAProspect}
	flag, err := s.Store.Waive(r.Request.Context(), r.rep.ID, r.Param("id"), w)
	if err != nil {
		return fmt.Errorf("ignore prospect: %w", err)
	}
	return s.say(r, said(plain(flag.Prospect)+" is no prospect from now on. The settings have the list."), "/today")
}

// didNotHappen says that the meeting did not take place: it is to be rebooked.
func (s *Site) didNotHappen(r *request) error {
	flag, err := s.Store.DidNotHappen(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("mark flag as not happened: %w", err)
	}
	return s.say(r, said("Noted. The holds for "+plain(flag.Prospect)+" are now about finding a new time."), "/today")
}

// placeHolds places the holds of a flag that had none.
func (s *Site) placeHolds(r *request) error {
	flag, err := s.Store.PlaceHolds(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("place holds: %w", err)
	}
	return s.say(r, said("The holds for "+plain(flag.Prospect)+" are going onto your calendar."), "/today")
}
