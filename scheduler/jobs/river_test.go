package jobs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
	"holdfast/scheduler/store/storetest"
)

// eachDatabase runs a test on both, given the address of an empty database.
func eachDatabase(t *testing.T, test func(t *testing.T, address string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "holdfast.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, storetest.Postgres(t)) })
}

// listing is a Google that only lists calendars, and lets the test say what happens
// then.
type listing struct {
	Remote
	list func(ctx context.Context) error
}

func (l listing) Calendars(ctx context.Context) ([]scheduler.RemoteCalendar, error) {
	return []scheduler.RemoteCalendar{{ID: "primary", Primary: true, Zone: "America/New_York"}}, l.list(ctx)
}

// lister makes a runner whose reps' lists of calendars are read by list.
func lister(s *store.Store, list func(ctx context.Context, repID string) error) *Runner {
	return New(Config{Store: s, Now: s.Now, Remote: func(repID string) Remote {
		return listing{list: func(ctx context.Context) error { return list(ctx, repID) }}
	}})
}

// signUp makes a rep, whose list of calendars is to be read.
func signUp(t *testing.T, s *store.Store, name string) string {
	t.Helper()
	rep, err := s.SignIn(t.Context(), store.Identity{Subject: name, Email: name + "@" + name + ".example"}, scheduler.Grant{Access: "a", Refresh: "r"})
	if err != nil {
		t.Fatal(err)
	}
	return rep.ID
}

// start starts a runner, which is stopped when the test ends.
func start(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil { // the test's own context has ended
			t.Error(err)
		}
	})
}

// receive waits for a signal, and not for ever.
func receive[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(30 * time.Second):
		t.Fatalf("%s: nothing for 30 s", what)
		panic("not reached")
	}
}

func TestStoppingLetsTheJobThatRunsFinishAndLeavesNoGoroutine(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		s := openStore(t, address, time.Now)
		before := goleak.IgnoreCurrent()
		signUp(t, s, "dana")
		begun, finish := make(chan struct{}), make(chan struct{})
		var cut atomic.Bool
		r := lister(s, func(ctx context.Context, _ string) error {
			close(begun)
			<-finish
			cut.Store(ctx.Err() != nil)
			return nil
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		receive(t, begun, "the job")
		stopped := make(chan error)
		go func() { stopped <- r.Stop(t.Context()) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped while a job ran: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		close(finish)
		if err := receive(t, stopped, "stop"); err != nil {
			t.Error(err)
		}
		if cut.Load() {
			t.Error("the job was cut off")
		}
		goleak.VerifyNone(t, before)
	})
}

func TestAJobThatOutlastsTheStopIsCutOffAndRunAgainByTheNext(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		s := openStore(t, address, time.Now)
		rep := signUp(t, s, "dana")
		begun := make(chan struct{})
		r := lister(s, func(ctx context.Context, _ string) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		receive(t, begun, "the job")
		impatient, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Stop(impatient); err != nil {
			t.Fatal(err)
		}
		again := make(chan string, 1)
		start(t, lister(s, func(_ context.Context, repID string) error { again <- repID; return nil }))
		if got := receive(t, again, "the job that was cut off"); got != rep {
			t.Errorf("a job of rep %q ran, want %q", got, rep)
		}
	})
}

// As many calendars elsewhere as there are workers may be on servers that hang.
func TestServersElsewhereThatHangKeepNobodyWaiting(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		s := openStore(t, address, time.Now)
		dana := signUp(t, s, "dana")
		for i := range 20 {
			elsewhere := store.NewWebcal{Address: fmt.Sprintf("https://calendar.example/%d.ics", i), Blocks: true}
			if _, err := s.AddWebcal(t.Context(), dana, elsewhere, "", s.Now(), scheduler.Changes{Full: true, Token: "t"}, s.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SyncNow(t.Context(), dana); err != nil {
			t.Fatal(err)
		}
		hanging, leave := make(chan struct{}, 100), make(chan struct{})
		listed := make(chan string, 100)
		r := lister(s, func(_ context.Context, repID string) error { listed <- repID; return nil })
		r.Webcal = func(ctx context.Context, _, _ string) (scheduler.WebcalRead, error) {
			hanging <- struct{}{}
			select {
			case <-leave:
			case <-ctx.Done():
			}
			return scheduler.WebcalRead{Unchanged: true, Token: "t"}, ctx.Err()
		}
		start(t, r)
		defer close(leave)
		receive(t, hanging, "a reading elsewhere")
		eli := signUp(t, s, "eli")
		for receive(t, listed, "the list of Eli's calendars") != eli {
		}
	})
}

func TestAJobAskedForManyTimesRunsOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		s := openStore(t, address, time.Now)
		rep := signUp(t, s, "dana")
		for range 20 {
			if err := s.Enqueue(t.Context(), store.SyncCalendars{RepID: rep}); err != nil {
				t.Fatal(err)
			}
		}
		calls := make(chan struct{}, 100)
		done := make(chan struct{})
		r := lister(s, func(context.Context, string) error { calls <- struct{}{}; return nil })
		r.Finished = func(kind, outcome string, _ time.Duration) {
			if kind == "sync_calendars" && outcome == "done" {
				close(done) // twice panics
			}
		}
		start(t, r)
		receive(t, done, "the job")
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(calls) != 1 {
			t.Errorf("it ran %d times", len(calls))
		}
	})
}

// meeting is where the jobs of two replicas wait until each of them has one.
type meeting struct {
	mu     sync.Mutex
	worked map[string]int // how often each rep's job ran
	joined [2]bool
	both   chan struct{} // closed when each replica has a job
}

func (m *meeting) join(ctx context.Context, replica int, repID string) error {
	m.mu.Lock()
	m.worked[repID]++
	if !m.joined[replica] {
		m.joined[replica] = true
		if m.joined[1-replica] {
			close(m.both)
		}
	}
	m.mu.Unlock()
	select {
	case <-m.both:
	case <-ctx.Done():
	}
	return ctx.Err()
}

func TestReplicasOverOnePostgreSQLShareTheWork(t *testing.T) {
	address := storetest.Postgres(t)
	m := &meeting{worked: make(map[string]int), both: make(chan struct{})}
	finished := make(chan string, 1000)
	first := openStore(t, address, time.Now)
	for i, s := range []*store.Store{first, openStore(t, address, time.Now)} {
		start(t, lister(s, func(ctx context.Context, repID string) error {
			err := m.join(ctx, i, repID)
			finished <- repID
			return err
		}))
	}
	asked := 0
	for more := true; more; { // more to do until each has taken something
		signUp(t, first, fmt.Sprintf("rep%d", asked))
		asked++
		select {
		case <-m.both:
			more = false
		case <-time.After(100 * time.Millisecond):
		}
	}
	for range asked {
		receive(t, finished, "a job")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for rep, times := range m.worked {
		if times != 1 {
			t.Errorf("the job of rep %s ran %d times", rep, times)
		}
	}
}

// childAddress names the environment variable that makes the test binary a process
// that takes a job and does not finish it.
const childAddress = "HOLDFAST_TEST_JOBS_CHILD"

// childMain is that process: it says on standard output when it has the job.
func childMain(address string) {
	s, err := connect(context.Background(), address, time.Now)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r := lister(s, func(ctx context.Context, _ string) error {
		fmt.Println("begun")
		<-ctx.Done()
		return ctx.Err()
	})
	if err := r.Start(context.Background()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	select {}
}

func TestTheJobOfAKilledProcessIsTakenOverWithinSeconds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		// The survivor's clock is half a minute ahead: it need not wait to know that
		// the other was not seen.
		ahead := func() time.Time { return time.Now().Add(30 * time.Second) }
		s := openStore(t, address, ahead)
		rep := signUp(t, s, "dana")
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childAddress+"="+address)
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 5)
		if _, err := output.Read(said); err != nil || string(said) != "begun" {
			t.Errorf("the process said %q, %v", said, err)
		}
		if err := child.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		_ = child.Wait() // it says that the process was killed

		again := make(chan string, 1)
		start(t, lister(s, func(_ context.Context, repID string) error { again <- repID; return nil }))
		if got := receive(t, again, "the job of the dead process"); got != rep {
			t.Errorf("a job of rep %q ran, want %q", got, rep)
		}
	})
}

func TestAReadingHasTheTimeThatAHugeCalendarTakes(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "holdfast.db"), time.Now)
	signUp(t, s, "dana")
	left := make(chan time.Duration, 1)
	start(t, lister(s, func(ctx context.Context, _ string) error {
		until, _ := ctx.Deadline()
		select {
		case left <- time.Until(until):
		default:
		}
		return nil
	}))
	// Forty pages, each of which may take as long as a request may.
	if got := receive(t, left, "the job"); got < 40*10*time.Second {
		t.Errorf("a job is cut off after %s", got)
	}
}
