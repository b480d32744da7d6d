package google_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/integrations/google"
	"holdfast/scheduler"
)

// agreeing is a transport that says yes to everything.
type agreeing struct{}

func (agreeing) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r, Header: http.Header{"Content-Type": {"application/json"}}}, nil
}

func calls(t *testing.T, c *google.Calendar, n int) error {
	t.Helper()
	for range n {
		if err := c.Delete(t.Context(), scheduler.Entry{Calendar: dana, ID: "id"}, ""); err != nil {
			return err
		}
	}
	return nil
}

func TestARepWhoseBudgetIsUsedUpWaitsAndOthersDoNot(t *testing.T) {
	at := &clock{at: nine}
	client := google.New(google.Config{API: "http://google.test/", Now: at.now, Transport: agreeing{}, UserPerMinute: 3})
	grant := scheduler.Grant{Access: "access", Expires: nine.Add(24 * time.Hour)}
	greedy, other := client.With("greedy", grant), client.With("other", grant)
	if err := calls(t, greedy, 2); err != nil {
		t.Fatal(err)
	}
	err := calls(t, greedy, 1)
	var slow *scheduler.SlowDownError
	if !errors.As(err, &slow) || slow.After != 20*time.Second || slow.Writes {
		t.Errorf("the third call: %v, want to wait 20s", err)
	}
	if err := calls(t, other, 2); err != nil {
		t.Errorf("another rep: %v", err)
	}
	at.move(20 * time.Second)
	if err := calls(t, greedy, 1); err != nil {
		t.Errorf("20s later: %v (a call that was refused used the budget)", err)
	}
}

func TestTheProjectsBudgetIsSharedByAll(t *testing.T) {
	at := &clock{at: nine}
	client := google.New(google.Config{API: "http://google.test/", Now: at.now, Transport: agreeing{}, ProjectPerMinute: 10})
	grant := scheduler.Grant{Access: "access", Expires: nine.Add(24 * time.Hour)}
	if err := calls(t, client.With("one", grant), 1); err != nil {
		t.Fatal(err)
	}
	var slow *scheduler.SlowDownError
	if err := calls(t, client.With("two", grant), 1); !errors.As(err, &slow) {
		t.Errorf("got %v, want a SlowDownError", err)
	}
}

// However a rep's calls fall, no minute has more than Google's 600.
func TestNoMinuteHasMoreCallsThanGoogleTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		client := google.New(google.Config{API: "http://google.test/", Now: time.Now, Transport: agreeing{}})
		c := client.With("dana", scheduler.Grant{Access: "access", Expires: start.Add(24 * time.Hour)})
		var made []time.Time
		for time.Since(start) < 3*time.Minute {
			if err := calls(t, c, 1); err != nil {
				t.Fatal(err)
			}
			made = append(made, time.Now())
		}
		for i := 600; i < len(made); i++ {
			if made[i].Sub(made[i-600]) < time.Minute {
				t.Fatalf("601 calls within %v", made[i].Sub(made[i-600]))
			}
		}
		if len(made) <= 900 {
			t.Errorf("%d calls in three minutes: less than 300 a minute", len(made))
		}
	})
}

func TestAShortWaitIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		client := google.New(google.Config{API: "http://google.test/", Now: time.Now, Transport: agreeing{}, UserPerMinute: 60})
		c := client.With("dana", scheduler.Grant{Access: "access", Expires: start.Add(24 * time.Hour)})
		if err := calls(t, c, 42); err != nil { // 40 at once, then one a second
			t.Fatal(err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("42 calls took %v, want 2s", took)
		}
	})
}
