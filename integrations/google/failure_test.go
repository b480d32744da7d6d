package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/integrations/google"
	"holdfast/scheduler"
)

// envelope is how Google says what is wrong.
func envelope(code int, domain, reason, message string) string {
	return fmt.Sprintf(`{"error":{"errors":[{"domain":%q,"reason":%q,"message":%q}],"code":%d,"message":%q}}`,
		domain, reason, message, code, message)
}

var errPassing = errors.New("none of the kinds: worth another try")

// answers are Google's, and those of what stands before it.
var answers = map[string]struct {
	code int
	body string
	want error
}{
	"400 invalid":                {400, envelope(400, "global", "invalid", "Invalid Value"), scheduler.ErrInvalid},
	"400 garbage for a token":    {400, envelope(400, "global", "invalid", "Invalid sync token value."), scheduler.ErrSyncToken},
	"400 precondition check":     {400, envelope(400, "global", "failedPrecondition", "Precondition check failed."), errPassing},
	"400 push over http":         {400, envelope(400, "global", "push.webhookUrlNotHttps", "WebHook callback must be HTTPS: http://x"), scheduler.ErrPushRefused},
	"400 push on holidays":       {400, envelope(400, "calendar", "pushNotSupportedForRequestedResource", "Not supported"), scheduler.ErrPushRefused},
	"401 push to a foreign host": {401, envelope(401, "global", "push.webhookUrlUnauthorized", "Unauthorized WebHook callback channel: https://x"), scheduler.ErrPushRefused},
	"403 scope":                  {403, envelope(403, "global", "insufficientPermissions", "Insufficient Permission"), scheduler.ErrScope},
	"403 scope, new envelope": {403, `{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED",
		"details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`, scheduler.ErrScope},
	"403 not the organizer": {403, envelope(403, "calendar", "forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer"), scheduler.ErrForbidden},
	"403 read only":         {403, envelope(403, "calendar", "requiredAccessLevel", "You need to have writer access to this calendar."), scheduler.ErrForbidden},
	"403 of a proxy":        {403, `<html>No</html>`, scheduler.ErrForbidden},
	"404":                   {404, envelope(404, "global", "notFound", "Not Found"), scheduler.ErrNotFound},
	"408":                   {408, ``, errPassing},
	"409":                   {409, envelope(409, "global", "duplicate", "The requested identifier already exists."), scheduler.ErrTaken},
	"410 deleted":           {410, envelope(410, "global", "deleted", "Resource has been deleted"), scheduler.ErrGone},
	"410 token":             {410, envelope(410, "calendar", "fullSyncRequired", "Sync token is no longer valid, a full sync is required."), scheduler.ErrSyncToken},
	"412":                   {412, envelope(412, "global", "conditionNotMet", "Precondition Failed"), scheduler.ErrChanged},
	"500":                   {500, envelope(500, "global", "backendError", "Backend Error"), errPassing},
	"502 of a proxy":        {502, `<html>Bad Gateway</html>`, errPassing},
	"503":                   {503, envelope(503, "global", "backendError", "Backend Error"), errPassing},
	"302":                   {302, ``, errPassing},
	"200 that is no JSON":   {200, `<html>Sign in to the Wi-Fi</html>`, errPassing},
}

func TestAnAnswerIsTakenForWhatItMeans(t *testing.T) {
	for name, test := range answers {
		t.Run(name, func(t *testing.T) {
			calls := 0
			c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.WriteHeader(test.code)
				fmt.Fprint(w, test.body)
			})
			_, err := c.Event(t.Context(), dana, "id")
			if err == nil {
				t.Fatal("no error")
			}
			for _, kind := range kinds {
				if got, want := errors.Is(err, kind), kind == test.want; got != want {
					t.Errorf("%v: is %q: %v, want %v", err, kind, got, want)
				}
			}
			if slow := (*scheduler.SlowDownError)(nil); errors.As(err, &slow) {
				t.Errorf("%v asks to slow down", err)
			}
			if calls != 1 {
				t.Errorf("%d calls, want 1: retries belong to the queue", calls)
			}
		})
	}
}

var kinds = []error{
	scheduler.ErrSyncToken, scheduler.ErrNotFound, scheduler.ErrGone, scheduler.ErrTaken, scheduler.ErrChanged,
	scheduler.ErrSignedOut, scheduler.ErrScope, scheduler.ErrForbidden, scheduler.ErrInvalid, scheduler.ErrPushRefused,
}

const unsaid = -1 // a few seconds, spread

// slowDowns are Google's words for too many calls.
var slowDowns = map[string]struct {
	code            int
	reason, after   string
	wait            time.Duration
	writes, project bool
}{
	"403 user rate":            {code: 403, reason: "userRateLimitExceeded", wait: unsaid},
	"403 rate":                 {code: 403, reason: "rateLimitExceeded", wait: unsaid},
	"403 rate, new words":      {code: 403, reason: "RATE_LIMIT_EXCEEDED", wait: unsaid},
	"429 with seconds":         {code: 429, reason: "rateLimitExceeded", after: "17", wait: 17 * time.Second},
	"429 with a date":          {code: 429, reason: "rateLimitExceeded", after: "Mon, 23 Nov 2026 09:02:00 GMT", wait: 2 * time.Minute},
	"429 with a date gone by":  {code: 429, reason: "rateLimitExceeded", after: "Mon, 23 Nov 2026 08:00:00 GMT", wait: unsaid},
	"429 with nonsense":        {code: 429, reason: "rateLimitExceeded", after: "soon", wait: unsaid},
	"429 below zero":           {code: 429, reason: "rateLimitExceeded", after: "-5", wait: unsaid},
	"429 for years":            {code: 429, reason: "rateLimitExceeded", after: "9000000000", wait: 24 * time.Hour},
	"429 without a reason":     {code: 429, wait: unsaid},
	"503 with seconds":         {code: 503, reason: "backendError", after: "30", wait: 30 * time.Second},
	"403 quota":                {code: 403, reason: "quotaExceeded", wait: time.Hour, writes: true},
	"403 quota with seconds":   {code: 403, reason: "quotaExceeded", after: "5", wait: time.Hour, writes: true},
	"403 quota for hours":      {code: 403, reason: "quotaExceeded", after: "7200", wait: 2 * time.Hour, writes: true},
	"403 limits of a calendar": {code: 403, reason: "calendarLimitsExceeded", wait: time.Hour, writes: true},
	"403 the day is used up":   {code: 403, reason: "dailyLimitExceeded", wait: time.Hour, project: true},
}

func TestGoogleSaysHowMuchToSlowDown(t *testing.T) {
	for name, test := range slowDowns {
		t.Run(name, func(t *testing.T) {
			c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.after != "" {
					w.Header().Set("Retry-After", test.after)
				}
				w.WriteHeader(test.code)
				fmt.Fprint(w, envelope(test.code, "usageLimits", test.reason, "Exceeded"))
			})
			_, err := c.Insert(t.Context(), hold("hf1"))
			var slow *scheduler.SlowDownError
			if !errors.As(err, &slow) {
				t.Fatalf("got %v, want a SlowDownError", err)
			}
			if test.wait == unsaid && (slow.After < time.Second || slow.After > 10*time.Second) || test.wait != unsaid && slow.After != test.wait {
				t.Errorf("wait %v, want %v", slow.After, test.wait)
			}
			if slow.Writes != test.writes || slow.Project != test.project {
				t.Errorf("writes %v, project %v, want %v, %v", slow.Writes, slow.Project, test.writes, test.project)
			}
		})
	}
}

func TestThoseWhoAreNotToldHowLongDoNotComeBackTogether(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	waits := map[time.Duration]bool{}
	for range 10 {
		_, err := c.Event(t.Context(), dana, "id")
		var slow *scheduler.SlowDownError
		if errors.As(err, &slow) {
			waits[slow.After] = true
		}
	}
	if len(waits) < 5 {
		t.Errorf("%d different waits of 10", len(waits))
	}
}

// hanging is a transport that never answers.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestACallThatHangsIsGivenUpAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		client := google.New(google.Config{API: "http://google.test/", Now: time.Now, Transport: hanging{}})
		c := client.With("dana", scheduler.Grant{Access: "access", Expires: start.Add(time.Hour)})
		_, err := c.Changes(t.Context(), dana, "secret-token", start)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("it took %v, want 10s", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "secret-token") {
			t.Errorf("got %v, want a deadline without the address", err)
		}
	})
}

func TestCallsAreCountedByRepMethodAndOutcome(t *testing.T) {
	w := newWorld(t)
	var counted []string
	config := w.config
	config.Count = func(rep, method, outcome string) { counted = append(counted, rep+" "+method+" "+outcome) }
	w.client = google.New(config)
	c := w.calendar(t)
	must(c.Insert(t.Context(), hold("hf00001")))(t)
	for _, failing := range []func() error{
		func() error { _, err := c.Insert(t.Context(), hold("hf00001")); return err },
		func() error { _, err := c.Event(t.Context(), dana, "hf99999"); return err },
		func() error { w.Revoke(dana); _, err := c.Calendars(t.Context()); return err },
	} {
		if failing() == nil {
			t.Error("no error")
		}
	}
	want := "dana calendar.events.insert ok, dana calendar.events.insert conflict, dana calendar.events.get gone, dana calendar.calendarList.list signed_out"
	if got := strings.Join(counted, ", "); got != want {
		t.Errorf("counted %s\nwant    %s", got, want)
	}
}
