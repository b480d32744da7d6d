package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// contactsPage lists contacts.
type contactsPage struct {
	Contacts []contactCard
	Search   string
	Next     string // link to those met before
}

// contactCard is a contact as lists show them.
type contactCard struct {
	store.Contact
	Called string
	Wishes string // in one line; "": none
}

func cardOf(c store.Contact) contactCard {
	return contactCard{c, contactName(scheduler.Contact{Address: c.Address, Name: c.Name}), wishLine(c.Wishes)}
}

// wishLine tells wishes in one line.
func wishLine(w store.Wishes) string {
	var words []string
	for _, fact := range wishFacts(w, nil) {
		words = append(words, fact.Before+fact.Value)
	}
	return strings.Join(words, " · ")
}

// wishFact is one wish, in words, and where it came from. Before is what its value needs
// before it where its name is not beside it.
type wishFact struct{ Name, Before, Value, Source string }

// sourceNames say where a wish came from.
var sourceNames = map[string]string{
	store.FromAsked: "asked", store.FromBooked: "from a booking", store.FromRep: "set by you",
}

// wishFacts tells wishes one by one.
func wishFacts(w store.Wishes, sources map[string]string) []wishFact {
	var facts []wishFact
	add := func(field, name, before, value string) {
		if value != "" {
			facts = append(facts, wishFact{name, before, value, sourceNames[sources[field]]})
		}
	}
	add("channel", "By", "", channelWords(w.Channel))
	add("days", "On", "", dayWords(w.Days))
	if w.Hours != nil {
		hours := w.Hours.Start + "–" + w.Hours.End
		if w.Zone == "" {
			hours += ", as soon as their time zone is known"
		}
		add("hours", "Between", "", hours)
	}
	add("zone", "Time zone", "", plain(w.Zone))
	add("not_before", "Not before", "not before ", dateWords(w.NotBefore))
	add("region", "Public holidays", "holidays of ", plain(w.Region))
	return facts
}

// channelWords says by what somebody is followed up; "": they have no preference.
func channelWords(c scheduler.Channel) string {
	if c == scheduler.Preferred {
		return ""
	}
	for _, choice := range channels {
		if choice.Value == string(c) {
			return choice.Words
		}
	}
	return plain(string(c))
}

// dateWords says which day a date such as 2027-01-11 is: "Mon 11 Jan 2027".
func dateWords(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return plain(date)
	}
	return day.Format("Mon 2 Jan 2006")
}

func dayWords(days []string) string {
	var words []string
	for _, day := range weekdays {
		if slices.Contains(days, day.Value) {
			words = append(words, day.Words)
		}
	}
	return strings.Join(words, ", ")
}

func (s *Site) contacts(r *request) error {
	search := strings.TrimSpace(r.Query("q"))
	list, err := s.Store.Contacts(r.Request.Context(), r.rep.ID, store.ContactQuery{
		Query: store.Query{Cursor: r.Query("before")}, Search: search,
	})
	if err != nil {
		return fmt.Errorf("load contacts: %w", err)
	}
	page := contactsPage{Search: search}
	for _, c := range list.Items {
		page.Contacts = append(page.Contacts, cardOf(c))
	}
	if list.Next != nil {
		query := url.Values{"before": {*list.Next}}
		if search != "" {
			query.Set("q", search)
		}
		page.Next = "/contacts?" + query.Encode()
	}
	return s.render(r, http.StatusOK, s.frame(r, "contacts", "Contacts"), page)
}

// contactPage is one contact.
type contactPage struct {
	contactCard
	Facts    []wishFact
	Form     contactForm
	FormOpen bool
	// Link is where they say how to be followed up, where it was just asked for; Mail is
	// a text to send it with.
	Link, Mail string
}

// contactForm is what a rep changes of a contact.
type contactForm struct {
	Name, Zone, Region string
	Wishes             wishForm
	Zones              any // every time zone, as options
	Problems           map[string]string
}

func (s *Site) contact(r *request) error {
	c, err := s.Store.Contact(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("load contact: %w", err)
	}
	form := contactForm{Name: c.Name, Zone: c.Wishes.Zone, Region: c.Wishes.Region, Wishes: wishForm{Wishes: c.Wishes}}
	return s.renderContact(r, http.StatusOK, c, contactPage{Form: form})
}

func (s *Site) renderContact(r *request, status int, c store.Contact, page contactPage) error {
	page.contactCard, page.Facts = cardOf(c), wishFacts(c.Wishes, c.Sources)
	page.Form.Zones = s.zones
	f := s.frame(r, "contact", page.Called)
	if page.FormOpen {
		f.Notices = append(f.Notices, problem("Nothing was saved: see what is marked below."))
	}
	return s.render(r, status, f, page)
}

// updateContact saves what the rep changed. What they left as it was keeps its source.
func (s *Site) updateContact(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	c, err := s.Store.Contact(ctx, r.rep.ID, id)
	if err != nil {
		return fmt.Errorf("load contact: %w", err)
	}
	wishes, problems := readWishes(r, c.Wishes)
	form := contactForm{
		Name: strings.TrimSpace(r.PostForm("name")), Zone: strings.TrimSpace(r.PostForm("zone")), Region: strings.TrimSpace(r.PostForm("region")),
		Problems: problems,
	}
	wishes.Zone, wishes.Region = form.Zone, form.Region
	form.Wishes = wishForm{wishes, problems}
	if len(problems) == 0 {
		_, err := s.Store.UpdateContact(ctx, r.rep.ID, id, changeOf(c, form.Name, wishes))
		if err == nil {
			return s.say(r, said("Saved. Holds to come follow it."), "/contacts/"+url.PathEscape(id))
		}
		if !fieldProblems(err, problems) {
			return fmt.Errorf("update contact: %w", err)
		}
	}
	return s.renderContact(r, http.StatusUnprocessableEntity, c, contactPage{Form: form, FormOpen: true})
}

// changeOf returns what makes c have the given name and wishes.
func changeOf(c store.Contact, name string, w store.Wishes) store.ContactChange {
	var change store.ContactChange
	if name != c.Name {
		change.Name = &name
	}
	if w.Channel != c.Wishes.Channel {
		change.Channel = &w.Channel
	}
	if !slices.Equal(w.Days, c.Wishes.Days) {
		change.Days = &w.Days
	}
	if hoursOf(w) != hoursOf(c.Wishes) {
		hours := hoursOf(w)
		change.Hours = &hours
	}
	if w.Zone != c.Wishes.Zone {
		change.Zone = &w.Zone
	}
	if w.NotBefore != c.Wishes.NotBefore {
		change.NotBefore = &w.NotBefore
	}
	if w.Region != c.Wishes.Region {
		change.Region = &w.Region
	}
	return change
}

// askContact makes the link at which a contact says how to be followed up.
func (s *Site) askContact(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	link, err := s.Store.AskContact(ctx, r.rep.ID, id)
	if err != nil {
		return fmt.Errorf("make preference link: %w", err)
	}
	c, err := s.Store.Contact(ctx, r.rep.ID, id)
	if err != nil {
		return fmt.Errorf("load contact: %w", err)
	}
	form := contactForm{Name: c.Name, Zone: c.Wishes.Zone, Region: c.Wishes.Region, Wishes: wishForm{Wishes: c.Wishes}}
	return s.renderContact(r, http.StatusOK, c, contactPage{Form: form, Link: link, Mail: askMail(c, link)})
}

// askMail is a text for the rep to send.
func askMail(c store.Contact, link string) string {
	hello := "Hello"
	if name := plain(c.Name); name != "" {
		hello += " " + name
	}
	return hello + ",\n\nhow would you like me to follow up: by phone or by mail, on which days, at what time? Tell me here, it takes half a minute:\n" + link + "\n"
}
