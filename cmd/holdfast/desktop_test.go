//go:build desktop

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The desktop's clients look again when they like, so these tests take minutes: see
// `make desktop-clients`.

// desktopPatience is how long a client may take to start, or to look again.
const desktopPatience = 4 * time.Minute

func TestDesktopEvolutionReadsAFeedOfAThousandEntries(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	path, want := bigFeed(t, w)
	e := newEvolution(t, w.url+path)
	w.clientSees("Evolution", path, want, e.read)
}

func TestDesktopThunderbirdReadsAFeedOfAThousandEntries(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	path, want := bigFeed(t, w)
	profile := newThunderbird(t, w.url+path)
	w.clientSees("Thunderbird", path, want, func() map[string]string {
		return scripted(t, "", "read_thunderbird.py", profile)
	})
}

// clientSees has a client see all that is in a feed, ask again and be told that nothing
// changed, and see one entry change.
func (w *rig) clientSees(name, path string, want map[string]string, read func() map[string]string) {
	w.t.Helper()
	var got map[string]string
	w.within(name+" has the feed", func() bool { got = read(); return len(got) >= manyEntries })
	sees(w.t, want, got, exactly)
	if by := column(w.t, w.db, "SELECT last_read_by FROM feeds")[0]; by != name {
		w.t.Errorf("the feed was read by %q", by)
	}
	feed := w.newClient().do(http.MethodGet, path, "")
	unchanged := `"route":"/feeds/:file","status":304`
	w.within(name+" is told that nothing changed", func() bool { read(); return strings.Contains(w.log.String(), unchanged) })
	w.changesOne(path, feed, want)
	moved := wireStart.Add(7*15*time.Minute + 5*time.Minute).Format(clientTime)
	w.within(name+" sees the change", func() bool {
		got = read()
		for title, start := range got {
			if strings.HasPrefix(title, "0007 ") && start == moved {
				return len(got) >= manyEntries // and not in the midst of taking it over
			}
		}
		return false
	})
	sees(w.t, want, got, exactly)
}

// within waits for a client, asking it now and then.
func (w *rig) within(what string, done func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(desktopPatience)
	defer deadline.Stop()
	again := time.NewTicker(3 * time.Second)
	defer again.Stop()
	for !done() {
		select {
		case <-deadline.C:
			w.t.Fatalf("it did not come about in time: %s", what)
		case <-again.C:
			w.clock.advance(3 * time.Second) // which stands otherwise, and nobody may read too often
		}
	}
}

// evolution is Evolution's data server, subscribed to a feed.
type evolution struct {
	t   *testing.T
	ask io.Writer
	say *bufio.Scanner
}

func newEvolution(t *testing.T, address string) *evolution {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command("dbus-run-session", "--", "/usr/bin/python3", "../../integrations/ics/testdata/read_evolution.py", address)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "GSETTINGS_BACKEND=memory", "LC_ALL=C.UTF-8", "TZ=UTC"}
	for _, kind := range []string{"CONFIG", "DATA", "CACHE"} {
		cmd.Env = append(cmd.Env, "XDG_"+kind+"_HOME="+filepath.Join(home, strings.ToLower(kind)))
	}
	// A file: its servers outlive it for a moment, and a pipe would be waited for.
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = said
	ask, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = ask.Close() // the end of its work
		if err := cmd.Wait(); err != nil {
			t.Errorf("Evolution: %v", err)
		}
		_ = said.Close() // nothing of ours is in it
	})
	return &evolution{t, ask, bufio.NewScanner(out)}
}

// read has it fetch the feed, and returns what it has.
func (e *evolution) read() map[string]string {
	e.t.Helper()
	if _, err := fmt.Fprintln(e.ask); err != nil {
		e.t.Fatal(err)
	}
	lines := []string{"{}"}
	for e.say.Scan() && e.say.Text() != "" {
		lines = append(lines, e.say.Text())
	}
	if err := e.say.Err(); err != nil {
		e.t.Fatal(err)
	}
	return eventsOf(e.t, lines)
}

// newThunderbird starts Thunderbird with a calendar of the feed, and returns where its
// profile is.
func newThunderbird(t *testing.T, address string) (profile string) {
	t.Helper()
	home := t.TempDir()
	profile = filepath.Join(home, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	prefs := new(strings.Builder)
	for name, value := range map[string]string{
		"calendar.registry.feed.type": `"ics"`, "calendar.registry.feed.uri": fmt.Sprintf("%q", address), "calendar.registry.feed.name": `"Feed"`,
		"calendar.registry.feed.cache.enabled": "true", "calendar.registry.feed.readOnly": "true", "calendar.registry.feed.refreshInterval": `"1"`,
		"app.update.enabled": "false", "extensions.update.enabled": "false", "toolkit.telemetry.enabled": "false", "mailnews.start_page.enabled": "false",
		"datareporting.policy.dataSubmissionEnabled": "false", "datareporting.policy.dataSubmissionPolicyBypassNotification": "true",
		"mail.provider.suppress_dialog_on_startup": "true", "mail.rights.version": "1", "mail.shell.checkDefaultClient": "false",
	} {
		fmt.Fprintf(prefs, "user_pref(%q, %s);\n", name, value)
	}
	if err := os.WriteFile(filepath.Join(profile, "prefs.js"), []byte(prefs.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("thunderbird", "--headless", "--no-remote", "--profile", profile)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "MOZ_HEADLESS=1", "LC_ALL=C.UTF-8", "TZ=UTC"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may be gone, which is seen above
		_ = cmd.Wait()
	})
	return profile
}
