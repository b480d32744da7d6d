package scheduler

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// seen is the event of a test, as Holdfast wrote it and with the changes.
func seen(last Content, changes ...func(*RemoteEvent)) RemoteEvent {
	e := RemoteEvent{ETag: "new", Description: last.Description, Event: Event{
		Summary:     last.Title,
		Start:       Moment{Wall: last.Start, Zone: time.UTC},
		End:         Moment{Wall: last.End, Zone: time.UTC},
		Transparent: !last.Busy,
	}}
	for _, c := range changes {
		c(&e)
	}
	return e
}

func movedTo(start string) func(*RemoteEvent) {
	return func(e *RemoteEvent) {
		length := e.Event.End.Wall.Sub(e.Event.Start.Wall)
		e.Event.Start.Wall = at(start)
		e.Event.End.Wall = e.Event.Start.Wall.Add(length)
	}
}

func retitled(title string) func(*RemoteEvent) {
	return func(e *RemoteEvent) { e.Event.Summary = title }
}

func deleted(e *RemoteEvent) { *e = RemoteEvent{ID: e.ID, Deleted: true} }

func TestAdopt(t *testing.T) {
	last := Content{"Call Ana", "Why", at("2026-11-20 09:00"), at("2026-11-20 09:15"), false}
	busier := last
	busier.Busy = true
	hold := func(state HoldState, changes ...func(*Hold)) Hold {
		h := Hold{State: state, Title: last.Title, Description: last.Description, Start: last.Start, End: last.End, OnCalendar: state != Released && state != Skipped}
		for _, c := range changes {
			c(&h)
		}
		return h
	}
	at14 := func(h *Hold) { h.Start, h.End = at("2026-11-20 14:00"), at("2026-11-20 14:15") }
	on := func(h *Hold) { h.OnCalendar = true }
	cases := []struct {
		rule  string
		hold  Hold
		event RemoteEvent
		want  Hold
	}{
		{"the echo of Holdfast's own write changes nothing", hold(Written), seen(last), hold(Written)},
		{"nor one in which the calendar changed the form of the text", hold(Written),
			seen(last, func(e *RemoteEvent) { e.Description, e.Event.Summary = "Why\r\n", " Call Ana" }), hold(Written)},
		{"nor one that comes before the answer to the write", hold(Written, at14),
			seen(last, movedTo("2026-11-20 14:00"), func(e *RemoteEvent) {
				e.Tags.Hash = Content{last.Title, last.Description, at("2026-11-20 14:00"), at("2026-11-20 14:15"), false}.hash()
			}), hold(Written, at14)},
		{"a plan that is not written yet survives the echo of the write before it", hold(Written, at14), seen(last), hold(Written, at14)},
		{"deleted: skipped for good", hold(Written), seen(last, deleted), hold(Skipped)},
		{"cancelled: skipped for good", hold(Written), seen(last, func(e *RemoteEvent) { e.Event.Status = Cancelled }), hold(Skipped)},
		{"deleted after it was moved: skipped for good", hold(Moved), seen(last, deleted), hold(Skipped)},
		{"deleted because Holdfast released it", hold(Released), seen(last, deleted), hold(Released)},
		{"deleted after it was done: done", hold(Done), seen(last, deleted), hold(Done)},
		{"other times: moved, and they are kept", hold(Written), seen(last, movedTo("2026-11-20 14:00")), hold(Moved, at14)},
		{"a longer one: moved", hold(Written), seen(last, func(e *RemoteEvent) { e.Event.End.Wall = at("2026-11-20 10:00") }),
			hold(Moved, func(h *Hold) { h.End = at("2026-11-20 10:00") })},
		{"moved again: the newer time", hold(Moved), seen(last, movedTo("2026-11-20 14:00")), hold(Moved, at14)},
		{"another title: edited, and it is kept", hold(Written), seen(last, retitled("Ana!")),
			hold(Written, func(h *Hold) { h.Title, h.Edited = "Ana!", true })},
		{"another text: edited, and it is kept", hold(Written), seen(last, func(e *RemoteEvent) { e.Description = "Because" }),
			hold(Written, func(h *Hold) { h.Description, h.Edited = "Because", true })},
		{"shown as busy by hand: edited", hold(Written), seen(busier), hold(Written, func(h *Hold) { h.Busy, h.Edited = true, true })},
		{"moved and edited at once: both", hold(Written), seen(last, movedTo("2026-11-20 14:00"), retitled("Ana!")),
			hold(Moved, at14, func(h *Hold) { h.Title, h.Edited = "Ana!", true })},
		{"released, not deleted yet, and untouched: released", hold(Released), seen(last), hold(Released)},
		{"released, and moved before it was deleted: it lives on", hold(Released), seen(last, movedTo("2026-11-20 14:00")), hold(Moved, at14, on)},
		{"released, and edited before it was deleted: it lives on", hold(Released), seen(last, retitled("Ana!")),
			hold(Written, on, func(h *Hold) { h.Title, h.Edited = "Ana!", true })},
		{"skipped stays skipped whatever the event says", hold(Skipped), seen(last, movedTo("2026-11-20 14:00")), hold(Skipped)},
		{"made an all-day event: moved to that day, in the rep's zone", hold(Written), seen(last, func(e *RemoteEvent) {
			e.Event.Start = Moment{Wall: dateOf("2026-11-20").Wall(), DateOnly: true}
			e.Event.End = Moment{Wall: dateOf("2026-11-21").Wall(), DateOnly: true}
		}), hold(Moved, func(h *Hold) { h.Start, h.End = at("2026-11-20 00:00"), at("2026-11-21 00:00") })},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			got := Adopt(c.hold, last, c.event, newYork)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("hold (-want +got):\n%s", diff)
			}
			r := Reminder{Title: c.hold.Title, Description: c.hold.Description, Start: c.hold.Start, End: c.hold.End, State: c.hold.State, Edited: c.hold.Edited}
			want := Reminder{Title: c.want.Title, Description: c.want.Description, Start: c.want.Start, End: c.want.End, State: c.want.State, Edited: c.want.Edited}
			if diff := cmp.Diff(want, AdoptReminder(r, last, c.event, newYork)); diff != "" {
				t.Errorf("reminder (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatTheRepPutsBackIsTheirsAllTheSame(t *testing.T) {
	wrote := Content{"Call Ana", "Why", at("2026-11-20 09:00"), at("2026-11-20 09:15"), false}
	moved, edited := wrote, wrote
	moved.Start, moved.End = at("2026-11-20 14:00"), at("2026-11-20 14:15")
	edited.Title = "Ana!"
	back := seen(wrote, func(e *RemoteEvent) { e.Tags.Hash = wrote.hash() })
	for _, c := range []struct {
		rule string
		hold Hold
		last Content
	}{
		{"moved back", Hold{State: Moved, Title: moved.Title, Description: moved.Description, Start: moved.Start, End: moved.End, OnCalendar: true}, moved},
		{"edited back", Hold{State: Written, Edited: true, Title: edited.Title, Description: edited.Description, Start: edited.Start, End: edited.End, OnCalendar: true}, edited},
	} {
		want := c.hold
		want.Title, want.Start, want.End = wrote.Title, wrote.Start, wrote.End
		if diff := cmp.Diff(want, Adopt(c.hold, c.last, back, newYork)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.rule, diff)
		}
	}
}

// A hold that the rep put off in Holdfast is locked before its event has moved.
func TestAnEventAsItWasLastSeenUndoesNothing(t *testing.T) {
	last := Content{"Call Ana", "Why", at("2026-11-20 09:00"), at("2026-11-20 09:15"), false}
	h := Hold{State: Moved, Title: last.Title, Description: last.Description, Start: at("2026-11-23 09:00"), End: at("2026-11-23 09:15"), OnCalendar: true}
	if diff := cmp.Diff(h, Adopt(h, last, seen(last), newYork)); diff != "" {
		t.Errorf("hold (-want +got):\n%s", diff)
	}
}
