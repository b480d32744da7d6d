package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The program as an operator runs it: it says where it is, is ready, and stops in
// order when it is told to.
func TestServeSaysWhereItIsAndStopsWhenTold(t *testing.T) {
	stdout, log := new(lockedBuffer), new(lockedBuffer)
	program := world{
		stdin: strings.NewReader(""), stdout: stdout, stderr: log, now: time.Now,
		getenv: func(string) string { return "" },
	}
	ended := make(chan int, 1)
	go func() { ended <- program.run([]string{"serve", "--addr", "127.0.0.1:0", "--data-dir", t.TempDir()}) }()
	w := &rig{t: t}
	w.eventually("the address is printed", func() bool { return strings.HasSuffix(stdout.String(), "\n") })
	address, ok := strings.CutPrefix(strings.TrimSpace(stdout.String()), "Holdfast is at ")
	if !ok {
		t.Fatalf("standard output %q", stdout.String())
	}
	w.url = address
	b := w.newClient()
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/": "/auth/google/callback", "/metrics": "go_goroutines"} {
		if r := b.do("GET", path, ""); r.StatusCode != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	if r := b.do("GET", "/auth/google/start", ""); r.StatusCode != http.StatusFound || r.Header.Get("Location") != "/" {
		t.Errorf("signing in without an OAuth client: %d to %s", r.StatusCode, r.Header.Get("Location"))
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d\n%s", code, log.String())
	}
	if _, err := http.Get(address + "/healthz"); err == nil {
		t.Error("it still serves")
	}
	if strings.Contains(log.String(), `"level":"ERROR"`) {
		t.Errorf("errors in the log:\n%s", log.String())
	}
}

func TestAnAddressThatIsTakenIsSaidWithWhatToDo(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	address := strings.TrimPrefix(w.url, "http://")
	address = strings.Replace(address, "localhost", "127.0.0.1", 1)
	program := world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: w.log, now: time.Now, getenv: func(string) string { return "" }}
	for _, args := range [][]string{{"serve", "--addr", address, "--data-dir", t.TempDir()}, {"demo", "--addr", address}} {
		said := new(lockedBuffer)
		program.stderr = said
		if code := program.run(args); code != exitFault || !strings.Contains(said.String(), "--addr: listen tcp "+address) || !strings.Contains(said.String(), "give another") {
			t.Errorf("%s: exit %d, %s", args[0], code, said)
		}
	}
}

func TestTheLogNamesNobodysMailAddress(t *testing.T) {
	log := new(lockedBuffer)
	program := world{stderr: log}
	failed := fmt.Errorf("read calendar %s: %w", dana, errors.New("503 backendError"))
	program.logger(slog.LevelInfo).Warn("job failed", "rep", "x7", "calendar", dana, "attempt", 2, "error", failed)
	_, got, _ := strings.Cut(log.String(), `"msg":`)
	want := `"job failed","rep":"x7","calendar":"…@northwind.example","attempt":2,"error":"read calendar …@northwind.example: 503 backendError"}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the line (-want +got):\n%s", diff)
	}
}
