package store

import (
	"strings"
	"testing"
)

// In the links for Outlook a space is %20: it shows a "+" as it is.
func TestTheNameOfAFeedReachesOutlookAsItIs(t *testing.T) {
	t.Parallel()
	s := &Store{public: "https://holdfast.example"}
	at := s.feedAddresses("token", "Dana’s holds + flags")
	for _, link := range []string{at.Outlook, at.OutlookPersonal} {
		if !strings.HasSuffix(link, "?name=Dana%E2%80%99s%20holds%20%2B%20flags&url=https%3A%2F%2Fholdfast.example%2Ffeeds%2Ftoken.ics") {
			t.Errorf("the link is %s", link)
		}
	}
}
