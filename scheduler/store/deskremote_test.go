package store

import "holdfast/scheduler"

// tell mails the guests of what is written.
func (d *desk) tell(w Writing) {
	what := map[Action]string{ActInsert: "invited", ActPatch: "moved", ActDelete: "cancelled"}[w.Action()]
	for _, g := range w.Want.Guests {
		d.mails = append(d.mails, what+" "+g.Address)
	}
}

// asRemote returns an entry as the provider lists it: a change keeps the guests.
func (d *desk) asRemote(e scheduler.Entry) scheduler.RemoteEvent {
	r := asRemote(e)
	if before := d.remote[e.ID].Event.Attendees; len(before) > 0 {
		r.Event.Attendees = before
	}
	return r
}

// asRemote returns an entry as the provider lists it.
func asRemote(e scheduler.Entry) scheduler.RemoteEvent {
	r := scheduler.RemoteEvent{
		ID: e.ID, Tags: e.Tags, Description: e.Description,
		Event: scheduler.Event{
			UID: e.ID + "@google.com", Summary: e.Title, Kind: e.Tags.Kind, Transparent: !e.Busy, Private: len(e.Guests) == 0,
			Start: moment(e.Start, e.Zone), End: moment(e.End, e.Zone),
			Ref: scheduler.Ref{Calendar: e.Calendar, ID: e.ID},
		},
	}
	if e.Tentative {
		r.Event.Status = scheduler.Tentative
	}
	for _, g := range e.Guests {
		r.Event.Attendees = append(r.Event.Attendees, scheduler.Attendee{Address: g.Compared(), Name: g.Name})
	}
	return r
}
