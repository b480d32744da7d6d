package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// proposalsPage lists proposals.
type proposalsPage struct {
	Groups []proposalGroup
	Shown  string // the state that is asked for; "": all
	States []choice
	Next   string // link to older ones
	Form   proposalForm
	// FormOpen: the form is shown at once.
	FormOpen bool
}

// proposalGroup are the proposals of one state.
type proposalGroup struct {
	Words     string
	Proposals []proposalCard
}

// proposalStates are the states of proposals in words, in the order in which they are
// listed.
var proposalStates = []choice{
	{string(scheduler.ProposalDraft), "Drafts"},
	{string(scheduler.ProposalOffered), "Waiting for an answer"},
	{string(scheduler.ProposalBooked), "Being booked"},
	{string(scheduler.ProposalCleared), "Cleared to send"},
	{string(scheduler.ProposalSent), "Sent"},
	{string(scheduler.ProposalWithdrawn), "Withdrawn"},
}

// proposalCard is a proposal as lists show it.
type proposalCard struct {
	store.Proposal
	Badge badge
	Need  need
	Held  int // how many slots are on offer
}

// badge says whether a proposal may be sent.
type badge struct{ Words, Class string }

func badgeOf(p store.Proposal) badge {
	switch {
	case p.State == scheduler.ProposalSent && p.SentUncleared:
		return badge{"Sent while not cleared", "bad"}
	case p.State == scheduler.ProposalSent:
		return badge{"Sent", "good"}
	case p.State == scheduler.ProposalWithdrawn:
		return badge{"Withdrawn", ""}
	case p.Clearance.Cleared:
		return badge{"Cleared to send", "good"}
	}
	return badge{"Not cleared to send", "late"}
}

// Sending says when p is to be sent, was to be, or was.
func (f frame) Sending(p store.Proposal) string {
	switch {
	case p.State == scheduler.ProposalSent && p.SentAt != nil:
		return "sent " + f.Day(*p.SentAt)
	case p.State == scheduler.ProposalWithdrawn:
		return "was to be sent " + f.Date(p.SendOn)
	}
	return "to be sent " + f.Date(p.SendOn)
}

// need is what a proposal wants of the rep. The zero value: nothing.
type need struct {
	Why     string
	Confirm bool // it is to be confirmed or dropped
	Offer   bool // fresh slots are one click away
}

// warnSent is for how long a rep is told that they sent what was not cleared.
const warnSent = 7 * 24 * time.Hour

// needOf says what p wants of the rep at now.
func needOf(p store.Proposal, now time.Time) need {
	switch {
	case p.State == scheduler.ProposalSent:
		if p.SentUncleared && p.SentAt != nil && now.Sub(*p.SentAt) < warnSent {
			return need{Why: "Sent while it was not cleared: no review was booked."}
		}
	case p.State == scheduler.ProposalDraft && p.FromCalendar:
		return need{Why: "Your calendar says that it is to be sent. Confirm it, and times for the review are held.", Confirm: true}
	case takenBack(p):
		why := "The clearance was taken back. " + sentence(p.Clearance.Detail)
		if held(p.Offers) > 0 {
			why += " Fresh times are on offer: send the link again."
		}
		return need{Why: why, Offer: p.State == scheduler.ProposalDraft}
	case p.State == scheduler.ProposalDraft:
		if p.Note != "" {
			return need{Why: p.Note, Offer: true}
		}
		return need{Why: "No times are on offer.", Offer: true}
	}
	return need{}
}

// takenBack reports whether p was clear to be sent, and is not any more.
func takenBack(p store.Proposal) bool {
	return p.Clearance.Reason == scheduler.ReviewDeclined || p.Clearance.Reason == scheduler.ReviewCancelled
}

func proposalCards(proposals []store.Proposal, now time.Time) []proposalCard {
	cards := make([]proposalCard, len(proposals))
	for i, p := range proposals {
		cards[i] = proposalCard{p, badgeOf(p), needOf(p, now), held(p.Offers)}
	}
	return cards
}

func (s *Site) proposals(r *request) error {
	return s.renderProposals(r, http.StatusOK, newProposalForm(r.rep), r.Query("new") != "")
}

func (s *Site) renderProposals(r *request, status int, form proposalForm, open bool) error {
	state := r.Query("state")
	list, err := s.Store.Proposals(r.Request.Context(), r.rep.ID, store.Query{State: state, Cursor: r.Query("before")})
	if err != nil {
		return fmt.Errorf("load proposals: %w", err)
	}
	if form.Known, err = s.knownContacts(r); err != nil {
		return err
	}
	page := proposalsPage{
		Groups: grouped(proposalCards(list.Items, r.now)), Shown: state, States: proposalStates,
		Form: form, FormOpen: open || len(list.Items) == 0 && state == "",
	}
	if list.Next != nil {
		query := url.Values{"before": {*list.Next}}
		if state != "" {
			query.Set("state", state)
		}
		page.Next = "/proposals?" + query.Encode()
	}
	f := s.frame(r, "proposals", "Proposals")
	if len(form.Problems) > 0 {
		f.Notices = append(f.Notices, problem("Nothing was created: see what is marked below."))
	}
	return s.render(r, status, f, page)
}

// grouped puts cards together by state.
func grouped(cards []proposalCard) []proposalGroup {
	var groups []proposalGroup
	for _, state := range proposalStates {
		group := proposalGroup{Words: state.Words}
		for _, c := range cards {
			if string(c.State) == state.Value {
				group.Proposals = append(group.Proposals, c)
			}
		}
		if len(group.Proposals) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// knownContacts returns whom a proposal may be for, ready to be chosen.
func (s *Site) knownContacts(r *request) ([]string, error) {
	contacts, err := s.Store.Contacts(r.Request.Context(), r.rep.ID, store.ContactQuery{Query: store.Query{Limit: mostListed}})
	if err != nil {
		return nil, fmt.Errorf("load contacts: %w", err)
	}
	known := make([]string, len(contacts.Items))
	for i, c := range contacts.Items {
		known[i] = addressLine(c.Name, c.Address)
	}
	return known, nil
}

// addressLine is somebody as they are typed into a form.
func addressLine(name, address string) string {
	name = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' {
			return ' '
		}
		return r
	}, plain(name))
	if name = strings.TrimSpace(name); name != "" {
		return name + " <" + plain(address) + ">"
	}
	return plain(address)
}

// proposalForm is what a rep says of a proposal.
type proposalForm struct {
	Contact, Title, SendOn string
	Duration               string
	FirstDay, LastDay      string
	Lengths                []choice
	Known                  []string // contacts to choose from
	Problems               map[string]string
	// Key tells a second click on this form from another form.
	Key string
}

// newProposalForm returns the form with the rep's defaults.
func newProposalForm(rep store.Rep) proposalForm {
	return proposalForm{Duration: defaultLength(rep), Lengths: lengths(defaultLength(rep)), Key: rand.Text()}
}

// lengths are how long a review may be, in words, with the given length among them.
func lengths(with string) []choice {
	values := []string{"15m", "30m", "45m", "1h", "1h30m", "2h"}
	if !slices.Contains(values, with) {
		values = append(values, with)
	}
	list := make([]choice, 0, len(values))
	for _, v := range values {
		var d store.Duration
		if err := d.UnmarshalText([]byte(v)); err == nil {
			list = append(list, choice{v, lengthWords(d)})
		}
	}
	return list
}

// readProposal reads the form; problems are in it.
func readProposal(r *request) (proposalForm, store.NewProposal) {
	text := func(field string) string { return strings.TrimSpace(r.PostForm(field)) }
	form := proposalForm{
		Contact: text("contact"), Title: text("title"), SendOn: text("send_on"), Duration: text("duration"),
		FirstDay: text("first_day"), LastDay: text("last_day"), Lengths: lengths(text("duration")),
		Problems: make(map[string]string), Key: text("key"),
	}
	n := store.NewProposal{Title: form.Title, SendOn: form.SendOn, Key: form.Key}
	if form.Title == "" {
		form.Problems["title"] = "Give it a title: the prospect reads it."
	}
	if _, err := time.Parse(time.DateOnly, form.SendOn); err != nil {
		form.Problems["send_on"] = "Say on which day you mean to send it."
	}
	n.Contact = readContact(form.Contact)
	if _, ok := scheduler.ParseAddress(n.Contact.Address); !ok {
		form.Problems["contact"] = "Give a mail address, such as Bo Lind <bo@customer.example>."
	}
	if err := n.Duration.UnmarshalText([]byte(form.Duration)); err != nil {
		form.Problems["duration"] = "Choose how long the review is."
	}
	n.FirstDay = form.day("first_day", form.FirstDay)
	n.LastDay = form.day("last_day", form.LastDay)
	return form, n
}

// readContact reads what addressLine writes, or an address alone.
func readContact(text string) scheduler.Contact {
	name, rest, named := strings.Cut(text, "<")
	address, closed := strings.CutSuffix(strings.TrimSpace(rest), ">")
	if !named || !closed {
		return scheduler.Contact{Address: text}
	}
	return scheduler.Contact{Name: strings.TrimSpace(name), Address: strings.TrimSpace(address)}
}

// day reads a number of business days; empty is the default.
func (form *proposalForm) day(field, text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		form.Problems[field] = "This is a number of business days, from 1."
	}
	return n
}

func (s *Site) createProposal(r *request) error {
	form, n := readProposal(r)
	if len(form.Problems) == 0 {
		p, err := s.Propose(r.Request.Context(), r.rep.ID, n)
		if err == nil {
			return s.say(r, said(createdWords(p)), proposalPath(p))
		}
		if !fieldProblems(err, form.Problems) {
			return fmt.Errorf("create proposal: %w", err)
		}
	}
	return s.renderProposals(r, http.StatusUnprocessableEntity, form, true)
}

// createdWords says what became of a proposal that a rep just made.
func createdWords(p store.Proposal) string {
	if n := held(p.Offers); n > 0 {
		return plural(n, "time") + " for the review " + isAre(n) + " held on your calendar. Now send the link below."
	}
	return "The proposal is here, but no time for its review was found."
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// held counts the slots that are open.
func held(offers []store.Offer) int {
	n := 0
	for _, o := range offers {
		if o.State == scheduler.OfferHeld {
			n++
		}
	}
	return n
}

// defaultLength is how long a review is where nothing else is said.
func defaultLength(rep store.Rep) string { return rep.Settings.ReviewLength.String() }
