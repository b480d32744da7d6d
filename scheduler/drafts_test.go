package scheduler

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// people are those whom the titles of the tests name.
var knownPeople = []KnownContact{
	{Contact{"ana@acme.com", "Ana Ruiz"}, "acme.com", at("2026-11-12 14:00")},
	{Contact{"bo@acme.com", ""}, "acme.com", at("2026-11-10 14:00")},
	{Contact{"cy.dee@gmail.com", "Cy Dee"}, "cy.dee@gmail.com", time.Time{}},
	{Contact{"eve@blue-sky.co.uk", "Eve"}, "blue-sky.co.uk", time.Time{}},
	{Contact{"to@to.com", ""}, "to.com", time.Time{}},
}

func TestATitleSaysThatAProposalIsToBeSent(t *testing.T) {
	languages := []string{"en", "de", "fr", "es", "it", "nl", "pt"}
	cases := []struct{ title, want string }{
		{"Send proposal to Acme", "ana@acme.com"},
		{"SEND THE UPDATED PROPOSAL TO ACME!", "ana@acme.com"},
		{"Acme: send proposal", "ana@acme.com"},
		{"Acme send proposal", "ana@acme.com"},
		{"[ ] Send our final quote – acme.com", "ana@acme.com"},
		{"TODO: please send over the proposal to Acme Corp", "ana@acme.com"},
		{"Don’t forget to send proposal (Ana Ruiz)", "ana@acme.com"},
		{"Send them the proposal, Ruiz, Ana", "ana@acme.com"},
		{"Send proposal to bo@acme.com", "bo@acme.com"},
		{"Send Acme’s proposal", "ana@acme.com"},
		{"Send Acme Inc their renewal quote", "ana@acme.com"},
		{"Send pricing proposal to Acme", "ana@acme.com"},
		{"Call Acme and send the proposal", "ana@acme.com"},
		{"Send quotation to Cy Dee", "cy.dee@gmail.com"},
		{"Send quotation to cy.dee@gmail.com", "cy.dee@gmail.com"},
		{"Send offer: Blue Sky", "eve@blue-sky.co.uk"},
		{"Proposal for Acme to be sent", "ana@acme.com"},
		{"Angebot senden an Acme", "ana@acme.com"},
		{"Angebot an Acme senden", "ana@acme.com"},
		{"Bitte das überarbeitete Angebot für Acme verschicken", "ana@acme.com"},
		{"Schicke Angebot an Ana Ruiz", "ana@acme.com"},
		{"Angebotsversand Acme", "ana@acme.com"},
		{"Envoyer la proposition à Acme", "ana@acme.com"},
		{"Rappel : envoyer l’offre à Acme", "ana@acme.com"},
		{"Devis à envoyer chez Acme", "ana@acme.com"},
		{"Enviar propuesta a Acme", "ana@acme.com"},
		{"Recordar: enviarles la oferta (Acme)", "ana@acme.com"},
		{"Inviare il preventivo ad Acme", "ana@acme.com"},
		{"Offerta da inviare: Acme", "ana@acme.com"},
		{"Offerte sturen naar Acme", "ana@acme.com"},
		{"Voorstel naar Acme versturen", "ana@acme.com"},
		{"Enviar proposta para a Acme", "ana@acme.com"},
		{"Mandar o orçamento à Acme", "ana@acme.com"},

		{"Proposal sent to Acme", ""},
		{"Re: sent proposal, Acme", ""},
		{"Sent the proposal to Acme", ""},
		{"Angebot an Acme gesendet", ""},
		{"Proposition envoyée à Acme", ""},
		{"Propuesta enviada a Acme", ""},
		{"Ana Ruiz envió la propuesta", ""},
		{"Proposta inviata ad Acme", ""},
		{"Offerte verstuurd naar Acme", ""},
		{"Proposta enviada para Acme", ""},
		{"Send proposal to Globex", ""},
		{"Send proposal", ""},
		{"Send proposal to Eve", ""}, // a first name alone is many people's
		{"Acme to send us their proposal", ""},
		{"Discuss Acme before we send the proposal", ""},
		{"Review of the Acme proposal", ""},
		{"Send proposal feedback to Acme", ""},
		{"Send invoice to Acme", ""},
		{"Angebot von Acme besprechen, Rechnung senden", ""},
		{"", ""},
	}
	for _, c := range cases {
		who, ok := newTitleReader(languages, knownPeople).read(c.title)
		if who.Address != c.want || ok != (c.want != "") {
			t.Errorf("%q is for %q, want %q", c.title, who.Address, c.want)
		}
	}
}

func TestTitlesAreReadInTheLanguagesOfTheSettings(t *testing.T) {
	for code, l := range proposalPhrases {
		r := newTitleReader([]string{code, "xx"}, knownPeople)
		for _, noun := range l.nouns {
			for _, verb := range l.before {
				if title := verb + " " + noun + " Acme"; !reads(r, title) {
					t.Errorf("%s: %q says nothing", code, title)
				}
			}
			for _, verb := range l.after {
				if title := noun + " Acme " + verb; !reads(r, title) {
					t.Errorf("%s: %q says nothing", code, title)
				}
			}
		}
		if other := newTitleReader(nil, knownPeople); reads(other, l.before[0]+" "+l.nouns[0]+" Acme") {
			t.Errorf("%s is read without being in the settings", code)
		}
		for _, phrase := range slices.Concat(l.nouns, l.before, l.after, l.alone, l.fill, l.lead, l.and, l.not) {
			if got := textsOf(wordsOf(phrase)); phrase != got {
				t.Errorf("%s: %q is never found, %q would be", code, phrase, got)
			}
		}
	}
}

func reads(r *titleReader, title string) bool {
	_, ok := r.read(title)
	return ok
}

func textsOf(words []word) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += " "
		}
		text += w.text
	}
	return text
}

func FuzzATitleOfAnySort(f *testing.F) {
	f.Add("Send proposal to Acme")
	f.Add("’- @.Angebot\x80 an – senden")
	r := newTitleReader([]string{"en", "de", "fr", "es", "it", "nl", "pt"}, knownPeople)
	f.Fuzz(func(t *testing.T, title string) {
		if who, ok := r.read(title); ok && who.Prospect == "" {
			t.Errorf("%q is for nobody", title)
		}
	})
}

// toSend is an event that says so.
func toSend(uid, start string, changes ...tweak) Event {
	return meeting(uid, start, "", append([]tweak{titled("Send proposal to Acme")}, changes...)...)
}

func TestAnEventToComeThatSaysSoIsADraft(t *testing.T) {
	met := meeting("m", "2026-11-12 14:00", ana)
	draftOn := func(sendOn string) []Proposal {
		return []Proposal{{
			Prospect: "acme.com", Contact: Contact{Address: "ana@acme.com"}, Title: "Proposal for acme.com", SendOn: dateOf(sendOn),
			Length: 30 * time.Minute, FirstDay: 2, LastDay: 5, State: ProposalDraft, Source: MeetingRef{UID: "s"},
		}}
	}
	all := allDay("s", "2026-11-18", "2026-11-19", titled("Send proposal to Acme"))
	cases := []struct {
		rule   string
		events []Event
		want   []Proposal
	}{
		{"with a time", []Event{met, toSend("s", "2026-11-20 23:30")}, draftOn("2026-11-20")},
		{"or a day, also today", []Event{met, all}, draftOn("2026-11-18")},
		{"a series is one, on its next day", []Event{met, toSend("s", "2026-11-11 09:00", recurs("FREQ=WEEKLY"))}, draftOn("2026-11-25")},
		{"not one that is over", []Event{met, toSend("s", "2026-11-18 09:00")}, nil},
		{"nor one that is cancelled", []Event{met, toSend("s", "2026-11-20 09:00", cancelled)}, nil},
		{"nor one that the rep declined", []Event{met, toSend("s", "2026-11-20 09:00", repAnswers(Declined))}, nil},
		{"nor one that Holdfast wrote", []Event{met, toSend("s", "2026-11-20 09:00", func(e *Event) { e.Kind = KindHold })}, nil},
		{"nor one about somebody who is not known", []Event{toSend("s", "2026-11-20 09:00")}, nil},
		{"nor one beyond the horizon", []Event{met, toSend("s", "2027-04-01 09:00")}, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := proposing(nil, c.events...)
			p := decide(t, s)
			if diff := cmp.Diff(c.want, p.Drafts); diff != "" {
				t.Errorf("drafts (-want +got):\n%s", diff)
			}
			s.Proposals = p.Drafts
			if again := decide(t, s); len(again.Drafts) > 0 {
				t.Errorf("once known it is one again: %v", again.Drafts)
			}
		})
	}
}

func TestADraftThatWasNotConfirmedFollowsItsEvent(t *testing.T) {
	met := meeting("m", "2026-11-12 14:00", ana)
	cases := []struct {
		rule   string
		event  []Event
		change func(*Proposal)
		want   string
	}{
		{"moved", []Event{toSend("s", "2026-11-23 09:00")}, nil, "draft 2026-11-23"},
		{"gone", nil, nil, "withdrawn 2026-11-20"},
		{"cancelled", []Event{toSend("s", "2026-11-20 09:00", cancelled)}, nil, "withdrawn 2026-11-20"},
		{"moved far away", []Event{toSend("s", "2027-11-20 09:00")}, nil, "draft 2026-11-20"},
		{"gone after its day", nil, func(q *Proposal) { q.SendOn = dateOf("2026-11-17") }, "draft 2026-11-17"},
		{"moved after it was confirmed", []Event{toSend("s", "2026-11-23 09:00")}, func(q *Proposal) { q.Begin(at(testNow)) }, "offered 2026-11-20"},
		{"gone after it was confirmed", nil, func(q *Proposal) { q.Begin(at(testNow)) }, "offered 2026-11-20"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			s := proposing(decide(t, proposing(nil, met, toSend("s", "2026-11-20 09:00"))).Drafts, append(c.event, met)...)
			if c.change != nil {
				c.change(&s.Proposals[0])
			}
			p := decide(t, s)
			if got := string(p.Proposals[0].State) + " " + p.Proposals[0].SendOn.String(); got != c.want || len(p.Drafts) > 0 {
				t.Errorf("%s, want %s; drafts %v", got, c.want, p.Drafts)
			}
			if s.Incomplete = true; decide(t, s).Proposals[0].SendOn != s.Proposals[0].SendOn {
				t.Error("it follows a calendar that was not read to its end")
			}
		})
	}
}

func TestItWakesWhenAnEventThatTellsOfAProposalComesIntoTheHorizon(t *testing.T) {
	s := proposing(nil, meeting("m", "2026-11-12 14:00", ana), toSend("s", "2026-11-20 12:00"))
	s.Settings.Horizon = 48 * time.Hour
	p := decide(t, s)
	want := at("2026-11-18 12:00")
	for p.WakeAt.Before(want) {
		if len(p.Drafts) != 0 {
			t.Fatalf("drafts %v at %v", p.Drafts, s.Now)
		}
		s.Now = p.WakeAt
		p = decide(t, s)
	}
	if !p.WakeAt.Equal(want) {
		t.Fatalf("wakes at %v, want %v", p.WakeAt, want)
	}
	if s.Now = p.WakeAt; len(decide(t, s).Drafts) != 1 {
		t.Error("and then there is none")
	}
}
