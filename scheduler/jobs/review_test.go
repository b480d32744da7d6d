package jobs

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/integrations/google/emulator"
	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

func TestAProspectWhoDeclinesTakesTheClearanceBackAndFreshOffersAreReady(t *testing.T) {
	for name, decline := range map[string]func(t *testing.T, w *world, dana *person, review string){
		"by mail": func(t *testing.T, _ *world, dana *person, review string) {
			if _, err := dana.Respond(dana.Email(), review, ana, "declined"); err != nil {
				t.Fatal(err)
			}
		},
		"in their own calendar": func(t *testing.T, w *world, _ *person, review string) {
			if _, err := w.google.User(ana).Respond(ana, review, ana, "declined"); err != nil {
				t.Fatal(err)
			}
		},
		"by deleting it": func(t *testing.T, w *world, _ *person, review string) {
			if err := w.google.User(ana).Delete(ana, review); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			dana := withHolds(t, w)
			if name != "by mail" {
				if _, err := w.google.AddUser(emulator.Profile{Email: ana}); err != nil {
					t.Fatal(err)
				}
			}
			p := dana.proposes("Renewal", ana)
			before := startsOf(p.Offers)
			dana.books(p, open(p)[0])
			e := dana.review()
			w.later(10 * time.Second)
			if _, err := dana.Respond(dana.Email(), e.ID, ana, "accepted"); err != nil {
				t.Fatal(err)
			}
			w.later(10 * time.Second)
			if p = dana.proposal(p.ID); !p.Clearance.Cleared || p.Review == nil || p.Review.Response != "accepted" {
				t.Errorf("accepted: %+v, %+v", p.Clearance, p.Review)
			}
			decline(t, w, dana, e.ID)
			w.later(10 * time.Second)
			p = dana.agrees(p.ID)
			if p.Clearance.Cleared || p.State != scheduler.ProposalOffered || len(open(p)) != 3 || p.Note == "" {
				t.Errorf("declined: %s, %+v, %d offers, note %q", p.State, p.Clearance, len(open(p)), p.Note)
			}
			for at := range startsOf(open(p)) {
				if before[at] {
					t.Errorf("%s is offered again", at)
				}
			}
			if left := dana.review(); left.ID != e.ID {
				t.Errorf("the declined review is %+v", left)
			}
			w.mailed("invitation " + ana)
		})
	}
}

func TestAReviewThatTheRepMovesMovesTheClearanceAlong(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	dana.books(p, open(p)[0])
	e := dana.review()
	w.later(10 * time.Second)
	to := e.Start.Time.Add(24 * time.Hour)
	if _, err := dana.Move(dana.Email(), e.ID, to, to.Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	w.later(10 * time.Second)
	if p = dana.proposal(p.ID); !p.Clearance.Cleared || p.Review == nil || !p.Review.Start.Equal(to) {
		t.Errorf("moved: %+v, %+v", p.Clearance, p.Review)
	}
	if e = dana.review(); !e.Start.Time.Equal(to) {
		t.Errorf("moved back to %s", e.Start.Time)
	}
	if err := dana.Delete(dana.Email(), e.ID); err != nil {
		t.Fatal(err)
	}
	w.later(10 * time.Second)
	if p = dana.agrees(p.ID); p.Clearance.Cleared || p.State != scheduler.ProposalOffered {
		t.Errorf("deleted: %s, %+v", p.State, p.Clearance)
	}
	w.mailed("invitation " + ana) // what a rep does by hand Google mails, or not, as they say
}

func TestAProspectMovesAndCancelsTheReviewAndIsMailedEachTime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		dana := withHolds(t, w)
		p := dana.proposes("Renewal", ana)
		dana.books(p, open(p)[0])
		e := dana.review()
		if _, err := dana.Respond(dana.Email(), e.ID, ana, "accepted"); err != nil {
			t.Fatal(err)
		}
		w.later(10 * time.Second)
		b, err := w.store.OtherTimes(t.Context(), token(p), "Something came up.", false)
		if err != nil || len(b.Open) == 0 || b.Review == nil {
			t.Fatalf("other times: %+v, %v", b, err)
		}
		w.settleDown()
		dana.agrees(p.ID)
		to := b.Open[0]
		if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: to.ID, Key: "move"}); err != nil {
			t.Fatal(err)
		}
		w.settleDown()
		moved := dana.review()
		if moved.ID != e.ID || !moved.Start.Time.Equal(to.Start) || len(moved.Attendees) != 1 {
			t.Errorf("moved: %+v", moved)
		}
		w.mailed("invitation "+ana, "update "+ana)
		w.later(10 * time.Second)
		if p = dana.agrees(p.ID); !p.Clearance.Cleared || !p.Review.Start.Equal(to.Start) {
			t.Errorf("moved: %+v, %+v", p.Clearance, p.Review)
		}

		if _, err := w.store.CancelReview(t.Context(), token(p)); err != nil {
			t.Fatal(err)
		}
		w.settleDown()
		w.later(10 * time.Second)
		if n := len(dana.kind(scheduler.KindReview)); n != 0 {
			t.Errorf("cancelled, and %d reviews are on the calendar", n)
		}
		if p = dana.agrees(p.ID); p.Clearance.Cleared || len(open(p)) != 3 {
			t.Errorf("cancelled: %s, %+v, %d offers", p.State, p.Clearance, len(open(p)))
		}
		w.mailed("invitation "+ana, "update "+ana, "cancellation "+ana)
	})
}

func TestLostAnswersMakeNeitherTwoEventsNorTwoMails(t *testing.T) {
	for name, status := range map[string]int{"no answer": 0, "503": http.StatusServiceUnavailable} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				dana := withHolds(t, w)
				lose := func(method string) {
					w.google.Fault(emulator.Fault{Method: "calendar.events." + method, AfterApply: true, Status: status})
				}
				drain := func() {
					t.Helper()
					for range 2 {
						if _, err := w.runner.drain(t.Context()); err != nil {
							t.Fatal(err)
						}
						w.clock.Advance(time.Minute)
						w.flush()
					}
					w.settleDown()
				}
				p := dana.proposes("Renewal", ana)
				lose("insert")
				if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[0].ID, Key: "click"}); err != nil {
					t.Fatal(err)
				}
				drain()
				dana.review()
				w.mailed("invitation " + ana)

				b, err := w.store.OtherTimes(t.Context(), token(p), "", false)
				if err != nil || len(b.Open) == 0 {
					t.Fatalf("other times: %+v, %v", b, err)
				}
				w.settleDown()
				lose("patch")
				if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: b.Open[0].ID, Key: "move"}); err != nil {
					t.Fatal(err)
				}
				drain()
				if e := dana.review(); !e.Start.Time.Equal(b.Open[0].Start) {
					t.Errorf("moved to %s, want %s", e.Start.Time, b.Open[0].Start)
				}
				w.mailed("invitation "+ana, "update "+ana)

				lose("delete")
				if _, err := w.store.CancelReview(t.Context(), token(p)); err != nil {
					t.Fatal(err)
				}
				drain()
				if n := len(dana.kind(scheduler.KindReview)); n != 0 {
					t.Errorf("%d reviews are left", n)
				}
				w.mailed("invitation "+ana, "update "+ana, "cancellation "+ana)
				dana.agrees(p.ID)
			})
		})
	}
}

func TestAProcessThatDiesAfterABookingLeavesItsReviewToTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, after := range []bool{false, true} { // the insert itself was carried out, or not
			dana := w.join("dana" + map[bool]string{false: "1", true: "2"}[after] + "@northwind.example")
			w.settleDown()
			p := dana.proposes("Renewal", ana)
			if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: open(p)[0].ID, Key: "click"}); err != nil {
				t.Fatal(err)
			}
			dying, kill := context.WithCancel(t.Context())
			c := crasher{kill: kill, left: 1, after: after}
			w.wrap = func(r Remote) Remote { return &crashing{r, &c} }
			if _, err := w.runner.drain(dying); !errors.Is(err, context.Canceled) {
				t.Fatalf("it did not die: %v", err)
			}
			w.wrap, w.runner = nil, w.newRunner()
			w.later(time.Minute)
			dana.review()
			if p = dana.agrees(p.ID); !p.Clearance.Cleared {
				t.Errorf("not cleared: %+v", p.Clearance)
			}
		}
		w.mailed("invitation "+ana, "invitation "+ana)
	})
}

func TestAnotherTextIsMailedToNobodyAlsoWhereAMoveIsStillToBeConfirmed(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	dana.books(p, open(p)[0])
	w.later(10 * time.Second)
	b, err := w.store.OtherTimes(t.Context(), token(p), "", false)
	if err != nil || len(b.Open) == 0 {
		t.Fatalf("other times: %+v, %v", b, err)
	}
	w.settleDown()
	w.google.Fault(emulator.Fault{Method: "calendar.events.patch", AfterApply: true})
	if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: b.Open[0].ID, Key: "move"}); err != nil {
		t.Fatal(err)
	}
	if failed, err := w.runner.drain(t.Context()); err != nil || len(failed) != 1 {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	for _, title := range []string{"Renewal II", "Renewal III"} {
		if _, err := w.store.UpdateProposal(t.Context(), dana.rep, p.ID, store.NewProposal{Title: title}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		w.settleDown()
		if e := dana.review(); e.Summary != "Review: "+title || !e.Start.Time.Equal(b.Open[0].Start) || len(e.Attendees) != 1 {
			t.Errorf("the review is %q at %s with %v", e.Summary, e.Start.Time, e.Attendees)
		}
	}
	var kinds []string
	for _, m := range w.google.Mails() {
		kinds = append(kinds, m.Kind)
	}
	if diff := cmp.Diff([]string{"invitation", "update"}, kinds); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestAReviewThatTheRepDeletesWhileItIsMovedStaysDeleted(t *testing.T) {
	w := newWorld(t, "")
	dana := withHolds(t, w)
	p := dana.proposes("Renewal", ana)
	dana.books(p, open(p)[0])
	w.later(10 * time.Second)
	b, err := w.store.OtherTimes(t.Context(), token(p), "", false)
	if err != nil || len(b.Open) == 0 {
		t.Fatalf("other times: %+v, %v", b, err)
	}
	w.settleDown()
	if _, err := w.runner.Book(t.Context(), token(p), store.Pick{Offer: b.Open[0].ID, Key: "move"}); err != nil {
		t.Fatal(err)
	}
	w.google.SetFate(func(emulator.Notification) emulator.Fate { return emulator.Drop })
	if err := dana.Delete(dana.Email(), dana.review().ID); err != nil {
		t.Fatal(err)
	}
	w.settleDown()
	if n := len(dana.kind(scheduler.KindReview)); n != 0 {
		t.Errorf("%d reviews are on the calendar", n)
	}
	if p = dana.agrees(p.ID); p.Clearance.Cleared || p.Review != nil {
		t.Errorf("deleted: %s, %+v, %+v", p.State, p.Clearance, p.Review)
	}
	w.mailed("invitation " + ana)
}
