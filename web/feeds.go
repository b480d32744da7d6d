package web

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// feedsPath is where feeds are made and ended. (They are read elsewhere.)
const feedsPath = "/settings/feeds"

// feedsPage shows a rep's feeds, and makes others.
type feedsPage struct {
	Feeds []feedView
	New   *newFeed // just made, or given another address
	Form  store.FeedChoice
	// DaysBack and DaysAhead are Form's, where they are at fault as they were typed.
	DaysBack, DaysAhead string
	// Problems say what is wrong with the form, by field.
	Problems map[string]string
	Contents []feedContent
	Details  []choice
	FlagsAs  []choice
	Team     bool // the rep may have colleagues here
}

// feedView is a feed as it is shown.
type feedView struct {
	store.Feed
	What string // in words
}

// newFeed is a feed whose addresses are shown, this once.
type newFeed struct {
	store.Feed
	At  store.FeedAddresses
	App template.URL // opens calendar apps: the template knows no scheme but the web's own
	QR  template.HTML
}

// feedContent is something that a feed may have in it.
type feedContent struct {
	Value  store.FeedContent
	Words  string
	Chosen bool
}

var feedContents = []feedContent{
	{Value: store.FeedHolds, Words: "holds"},
	{Value: store.FeedFlags, Words: "meetings without a next step"},
	{Value: store.FeedProposals, Words: "proposals: times on offer, and reviews"},
	{Value: store.FeedReminders, Words: "wrap-up reminders"},
}

var feedDetails = []choice{
	{string(store.FeedFull), "everything"},
	{string(store.FeedTitles), "titles only"},
	{string(store.FeedBusy), "when you are busy, and nothing else"},
}

var flagsAs = []choice{
	{string(store.FlagsAllDay), "all-day events on the day of the meeting"},
	{string(store.FlagsTodo), "tasks, for clients that have them"},
}

func (s *Site) feeds(r *request) error {
	return s.renderFeeds(r, http.StatusOK, store.DefaultFeed(), nil, nil)
}

func (s *Site) renderFeeds(r *request, status int, form store.FeedChoice, problems map[string]string, made *newFeed) error {
	all, err := s.Store.Feeds(r.Request.Context(), r.rep.ID)
	if err != nil {
		return fmt.Errorf("load feeds: %w", err)
	}
	page := feedsPage{
		New: made, Form: form, Problems: problems, Details: feedDetails, FlagsAs: flagsAs, Team: r.rep.Company != "",
		Contents: slices.Clone(feedContents),
	}
	days := func(field string, n int) string {
		if problems[field] != "" {
			return plain(r.PostForm(field))
		}
		return strconv.Itoa(n)
	}
	page.DaysBack, page.DaysAhead = days("days_back", form.DaysBack), days("days_ahead", form.DaysAhead)
	for i := range page.Contents {
		page.Contents[i].Chosen = slices.Contains(form.Contents, page.Contents[i].Value)
	}
	for _, f := range all {
		page.Feeds = append(page.Feeds, feedView{f, feedWords(f)})
	}
	f := s.frame(r, "feeds", "Feeds")
	if len(problems) > 0 {
		f.Notices = append(f.Notices, problem("No feed was made: see what is marked below."))
	}
	return s.render(r, status, f, page)
}

// feedWords says what is in a feed.
func feedWords(f store.Feed) string {
	if f.Team {
		return "your team, today"
	}
	var contents []string
	for _, c := range feedContents {
		if slices.Contains(f.Contents, c.Value) {
			words, _, _ := strings.Cut(c.Words, ":")
			contents = append(contents, words)
		}
	}
	words := strings.Join(contents, ", ")
	switch f.Detail {
	case store.FeedTitles:
		words += "; titles only"
	case store.FeedBusy:
		words += "; busy times only"
	}
	if f.Alarms {
		words += "; with reminders"
	}
	return fmt.Sprintf("%s; %s back, %s ahead", words, plural(f.DaysBack, "day"), plural(f.DaysAhead, "day"))
}

// createFeed makes a feed and shows its addresses in this answer and nowhere else: they
// are not kept.
func (s *Site) createFeed(r *request) error {
	form, problems := feedForm(r)
	if len(problems) == 0 {
		feed, at, err := s.Store.CreateFeed(r.Request.Context(), r.rep.ID, form)
		var wrong *store.InvalidError
		switch {
		case err == nil:
			return s.showFeed(r, feed, at)
		case errors.Is(err, scheduler.ErrNotPossible):
			return s.say(r, problem("No feed was made: "+why(err)+"."), feedsPath)
		case !errors.As(err, &wrong):
			return fmt.Errorf("create feed: %w", err)
		}
		for _, w := range wrong.Fields {
			problems[w.Field] = w.Message
		}
	}
	return s.renderFeeds(r, http.StatusUnprocessableEntity, form, problems, nil)
}

// feedForm reads the posted form.
func feedForm(r *request) (store.FeedChoice, map[string]string) {
	problems := make(map[string]string)
	days := func(field string) int {
		n, err := strconv.Atoi(strings.TrimSpace(r.PostForm(field)))
		if err != nil {
			problems[field] = "must be a whole number"
		}
		return n
	}
	form := store.FeedChoice{Name: r.PostForm("name"), Alarms: r.PostForm("alarms") == "true", Team: r.PostForm("team") == "true"}
	if form.Team {
		form.Contents = []store.FeedContent{store.FeedFlags, store.FeedProposals}
		form.Detail, form.FlagsAs = store.FeedFull, store.FlagsAllDay
		return form, problems
	}
	for _, c := range r.PostFormArray("contents") {
		form.Contents = append(form.Contents, store.FeedContent(c))
	}
	form.Detail, form.FlagsAs = store.FeedDetail(r.PostForm("detail")), store.FlagsAs(r.PostForm("flags_as"))
	form.DaysBack, form.DaysAhead = days("days_back"), days("days_ahead")
	return form, problems
}

func (s *Site) showFeed(r *request, feed store.Feed, at store.FeedAddresses) error {
	code, err := qrCode(at.Webcal)
	if err != nil {
		return err
	}
	return s.renderFeeds(r, http.StatusOK, store.DefaultFeed(), nil, &newFeed{feed, at, template.URL(at.Webcal), code})
}

func (s *Site) rotateFeed(r *request) error {
	feed, at, err := s.Store.RotateFeed(r.Request.Context(), r.rep.ID, r.Param("id"))
	if err != nil {
		return fmt.Errorf("rotate feed: %w", err)
	}
	return s.showFeed(r, feed, at)
}

func (s *Site) deleteFeed(r *request) error {
	if err := s.Store.DeleteFeed(r.Request.Context(), r.rep.ID, r.Param("id")); err != nil {
		return fmt.Errorf("delete feed: %w", err)
	}
	return s.say(r, said("The feed is revoked. Clients that read it are refused from now on; what they have they keep until you remove it there."), feedsPath)
}
