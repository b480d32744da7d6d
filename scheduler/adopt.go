package scheduler

import "time"

// Adopt returns h after its event was seen as e, when last is what the event said
// when it was last written or seen. The rep's word counts: a hold they deleted is
// skipped for good, one they moved keeps its new time, one they edited keeps its text.
// What was seen already changes nothing, nor does the echo of Holdfast's own write.
// Dates are read in zone, the rep's.
//
// One that was released but not deleted yet lives on where the rep touched it
// meanwhile; what is done or skipped stays so.
func Adopt(h Hold, last Content, e RemoteEvent, zone *time.Location) Hold {
	entry := adopted{h.State, h.Edited, Content{h.Title, h.Description, h.Start, h.End, h.Busy}}
	entry = entry.adopt(last, &e, zone)
	h.State, h.Edited, h.Busy = entry.state, entry.edited, entry.now.Busy
	h.Title, h.Description = entry.now.Title, entry.now.Description
	h.Start, h.End = entry.now.Start, entry.now.End
	switch {
	case h.State == Skipped:
		h.OnCalendar = false
	case h.touched() && h.State.occupies():
		h.OnCalendar = true
	}
	return h
}

// AdoptReminder returns r after its event was seen as e, as Adopt does for holds.
func AdoptReminder(r Reminder, last Content, e RemoteEvent, zone *time.Location) Reminder {
	entry := adopted{r.State, r.Edited, Content{Title: r.Title, Description: r.Description, Start: r.Start, End: r.End}}
	entry = entry.adopt(last, &e, zone)
	r.State, r.Edited = entry.state, entry.edited
	r.Title, r.Description = entry.now.Title, entry.now.Description
	r.Start, r.End = entry.now.Start, entry.now.End
	return r
}

// AdoptOffer returns o after its event was seen as e, as Adopt does for holds. One that
// the rep made last all day is no slot any more: they took it back, as if they had deleted
// it. What is not on offer any more stays so, whatever is done to its event.
func AdoptOffer(o Offer, last Content, e RemoteEvent, zone *time.Location) Offer {
	if o.State != OfferHeld || o.Deleted {
		return o
	}
	state := entryState(o.Written, o.Moved)
	entry := adopted{state, o.Edited != nil, contentOf(o.Edited, last, o.Start, o.End)}.adopt(last, &e, zone)
	o.Deleted, o.Moved = entry.state == Skipped, entry.state == Moved
	if !o.Deleted && e.Event.AllDay() {
		o.Deleted, o.Moved = true, false
		return o
	}
	o.Written = o.Written || entry.state != Planned
	o.Start, o.End, o.Edited = entry.now.Start, entry.now.End, entry.text()
	return o
}

// AdoptReview returns r after its event was seen as e, as Adopt does for holds: moved by
// the rep, it is when they put it. What the contact answered is not in it.
func AdoptReview(r BookedReview, last Content, e RemoteEvent, zone *time.Location) BookedReview {
	if r.Deleted {
		return r
	}
	state := entryState(r.Written, r.Moved)
	entry := adopted{state, r.Edited != nil, contentOf(r.Edited, last, r.Start, r.End)}.adopt(last, &e, zone)
	r.Deleted, r.Moved = entry.state == Skipped, entry.state == Moved
	r.Written = r.Written || entry.state != Planned
	r.Start, r.End, r.Edited = entry.now.Start, entry.now.End, entry.text()
	return r
}

// entryState is the state of a hold that is where an offer or a review is.
func entryState(isWritten, isMoved bool) HoldState {
	switch {
	case isMoved:
		return Moved
	case isWritten:
		return Written
	}
	return Planned
}

// contentOf is what an event is to say: what the rep made of it, else what it said last,
// from start to end.
func contentOf(edited *Content, last Content, start, end time.Time) Content {
	if edited != nil {
		last = *edited
	}
	last.Start, last.End = start, end
	return last
}

// text returns what the rep made of the entry; nil: nothing.
func (a adopted) text() *Content {
	if !a.edited {
		return nil
	}
	return &a.now
}

// adopted is what a person can do something to: a hold, a reminder, an offer, a review.
type adopted struct {
	state  HoldState
	edited bool
	now    Content
}

func (a adopted) adopt(last Content, e *RemoteEvent, zone *time.Location) adopted {
	gone := e.Deleted || e.Event.Status == Cancelled
	switch {
	case a.state == Done || a.state == Skipped || gone && a.state == Released:
		return a
	case gone:
		a.state = Skipped
		return a
	}
	theirs := e.Content(zone)
	touched := a.edited || a.state == Moved
	if theirs.same(last) || !touched && e.Echo(last, zone) { // a rep may also put it back as it was written
		return a
	}
	if !theirs.sameText(last) {
		a.edited = true
	}
	if !theirs.sameTimes(last) {
		a.state = Moved
	}
	if a.state != Moved { // edited, and thereby on the calendar
		a.state = Written
	}
	a.now = theirs
	return a
}

// Echo reports whether e is as Holdfast itself wrote it: as last says or, where the
// answer to the write was lost, as the event's own hash does.
func (e *RemoteEvent) Echo(last Content, zone *time.Location) bool {
	if e.Deleted {
		return false
	}
	now := e.Content(zone)
	return now.same(last) || e.Tags.Hash != "" && e.Tags.Hash == now.hash()
}
