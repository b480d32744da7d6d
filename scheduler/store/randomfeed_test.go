package store

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/scheduler"
)

// subscription is a feed that a client reads now and then, and what it last had of it.
type subscription struct {
	choice FeedChoice
	token  string
	has    map[string]FeedEntry // by UID
}

// subscribe makes a feed of all that the rep has, and one of their team.
func (st *story) subscribe() {
	st.t.Helper()
	for _, change := range []func(*FeedChoice){
		func(c *FeedChoice) { c.Contents, c.Alarms = append(c.Contents, FeedReminders), true },
		func(c *FeedChoice) { c.Team, c.Contents = true, []FeedContent{FeedFlags, FeedProposals} },
	} {
		s := &subscription{choice: DefaultFeed()}
		change(&s.choice)
		_, s.token = st.feed(func(c *FeedChoice) { *c = s.choice })
		st.subscriptions = append(st.subscriptions, s)
	}
}

// readFeeds reads each feed as its client does. It has to say what one says that is made
// now: whatever happened had it made anew.
func (st *story) readFeeds() {
	st.t.Helper()
	for _, s := range st.subscriptions {
		_, entries := st.read(s.token)
		st.follows(s, entries)
		feed, token := st.feed(func(c *FeedChoice) { *c = s.choice })
		_, fresh := st.read(token)
		st.must(st.s.DeleteFeed(st.t.Context(), st.rep, feed.ID))
		if diff := cmp.Diff(says(fresh), says(entries), cmpopts.IgnoreFields(FeedEntry{}, "UID", "Sequence", "Created", "Changed", "subject")); diff != "" {
			st.t.Errorf("team %t: the feed is not what it would be if it was made now (-now +is):\n%s", s.choice.Team, diff)
		}
	}
}

// follows wants a client that had s to be told of what is other than before by a later
// version, and of nothing else.
func (st *story) follows(s *subscription, entries []FeedEntry) {
	st.t.Helper()
	has := make(map[string]FeedEntry, len(entries))
	for _, e := range entries {
		if _, twice := has[e.UID]; twice {
			st.t.Errorf("UID %s is there twice", e.UID)
		}
		has[e.UID] = e
		was, known := s.has[e.UID]
		if !known || cmp.Equal(was, e, cmpopts.IgnoreUnexported(FeedEntry{})) {
			continue
		}
		if e.Sequence <= was.Sequence || e.Changed.Unix() <= was.Changed.Unix() || !e.Created.Equal(was.Created) {
			st.t.Errorf("%+v was %+v, and is no later version", e, was)
		}
	}
	s.has = has
}

// says returns those of entries that are not cancelled, in an order that is theirs.
func says(entries []FeedEntry) []FeedEntry {
	left := slices.DeleteFunc(slices.Clone(entries), func(e FeedEntry) bool { return e.Status == scheduler.Cancelled })
	slices.SortFunc(left, func(a, b FeedEntry) int { return strings.Compare(a.Kind+a.ID+a.Summary, b.Kind+b.ID+b.Summary) })
	return left
}
