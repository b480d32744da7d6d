package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"holdfast/scheduler/store"
)

func TestAWrongSettingStopsTheStartWithOneLineThatNamesIt(t *testing.T) {
	for variable, values := range map[string][]string{
		"HOLDFAST_ADDR":             {"8080", "nonsense"},
		"HOLDFAST_PUBLIC_URL":       {"holdfast.example", "ftp://holdfast.example", "https://", "https://a:b@holdfast.example", "https://holdfast.example/sub", "https://holdfast.example?x"},
		"HOLDFAST_GOOGLE_ISSUER":    {"accounts.google.com"},
		"HOLDFAST_GOOGLE_API":       {"/calendar/v3"},
		"HOLDFAST_PUSH":             {"yes", "ON"},
		"HOLDFAST_POLL":             {"often", "10ms", "-5m", "15"},
		"HOLDFAST_GOOGLE_CLIENT_ID": {"only-this"},
		"HOLDFAST_LOG":              {"loud"},
		"HOLDFAST_SECRET_KEY":       {"canary-key", base64.StdEncoding.EncodeToString([]byte("canary"))},
		"HOLDFAST_TRUSTED_PROXIES":  {"10.0.0.0/99", "proxy"},
		"HOLDFAST_FEED_NETWORKS":    {"10.0.0.0/99", "all"},
	} {
		for _, value := range values {
			t.Run(variable+" "+value, func(t *testing.T) {
				t.Setenv("HOLDFAST_DATA_DIR", t.TempDir())
				t.Setenv(variable, value)
				r := holdfast(t, "", "serve")
				flag := "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "HOLDFAST_"), "_", "-"))
				named := strings.Contains(r.stderr, variable) || strings.Contains(r.stderr, flag)
				if r.code == exitDone || !named || strings.Count(r.stderr, "\n") != 1 {
					t.Errorf("exit %d, standard error %q", r.code, r.stderr)
				}
				if strings.Contains(r.stderr, "canary") {
					t.Errorf("the secret is shown: %q", r.stderr)
				}
			})
		}
	}
}

func TestSettingsThatAreEmptyAreNotSet(t *testing.T) {
	for _, variable := range []string{
		"HOLDFAST_ADDR", "HOLDFAST_PUBLIC_URL", "HOLDFAST_GOOGLE_ISSUER", "HOLDFAST_GOOGLE_API", "HOLDFAST_PUSH", "HOLDFAST_POLL",
		"HOLDFAST_LOG", "HOLDFAST_ALLOWED_DOMAINS", "HOLDFAST_TRUSTED_PROXIES", "HOLDFAST_FEED_NETWORKS", "HOLDFAST_DATABASE_URL", "HOLDFAST_SECRET_KEY",
	} {
		t.Setenv(variable, "")
	}
	// The old schema stops it, after all settings were read.
	r := holdfast(t, "", "serve", "--migrate=false", "--data-dir", t.TempDir(), "--addr", "127.0.0.1:0")
	if r.code != exitFault || !strings.Contains(r.stderr, "holdfast migrate") {
		t.Errorf("exit %d, %q", r.code, r.stderr)
	}
}

func TestPushIsAskedForWhereItCanArrive(t *testing.T) {
	for _, c := range []struct {
		push         pushMode
		public, want string
	}{
		{"auto", "https://holdfast.example", "https://holdfast.example/hooks/google"},
		{"", "https://holdfast.example", "https://holdfast.example/hooks/google"},
		{"auto", "http://holdfast.example", ""},
		{"on", "http://holdfast.example", "http://holdfast.example/hooks/google"},
		{"off", "https://holdfast.example", ""},
	} {
		if got := c.push.callback(c.public); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.push, c.public, got, c.want)
		}
	}
}

func TestTheGeneratedKeyIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w := &world{getenv: func(string) string { return "" }}
	s := serviceSettings{databaseSettings: databaseSettings{DataDir: dir}}
	sealed := make([]string, 8)
	var starting sync.WaitGroup // several processes may start at once
	for i := range sealed {
		starting.Go(func() {
			keys, err := s.keyring(w)
			if err != nil {
				t.Error(err)
				return
			}
			sealed[i], err = keys.Seal("here", "words")
			if err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	keys, err := s.keyring(w)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range sealed {
		if words, err := keys.Open("here", text); err != nil || words != "words" {
			t.Errorf("the key changed: %v", err)
		}
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "secret.key"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%d files in the data directory, want the key alone (%v)", len(left), err)
	}
	if err := os.Chmod(filepath.Join(dir, "secret.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.keyring(w); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read was taken: %v", err)
	}
}

func TestOlderKeysStillOpenWhatTheySealed(t *testing.T) {
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, store.KeySize)) }
	before, err := (&serviceSettings{SecretKey: key(1)}).keyring(nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := before.Seal("here", "words")
	if err != nil {
		t.Fatal(err)
	}
	after, err := (&serviceSettings{SecretKey: key(2) + "," + key(1)}).keyring(nil)
	if err != nil {
		t.Fatal(err)
	}
	if words, err := after.Open("here", sealed); err != nil || words != "words" {
		t.Errorf("%q, %v", words, err)
	}
}

func TestMigrationsFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	before := holdfast(t, "", "migrate", "status", "--data-dir", dir)
	if before.code != exitDone || strings.Count(before.stdout, "to do") == 0 {
		t.Fatalf("before: %+v", before)
	}
	if up := holdfast(t, "", "migrate", "up", "--data-dir", dir); up.code != exitDone || !strings.Contains(up.stdout, "service") {
		t.Fatalf("up: %+v", up)
	}
	again := holdfast(t, "", "migrate", "up", "--data-dir", dir)
	if again.code != exitDone || strings.Contains(again.stdout, "service") {
		t.Errorf("again: %+v", again)
	}
	if after := holdfast(t, "", "migrate", "status", "--data-dir", dir); after.code != exitDone || strings.Contains(after.stdout, "to do") {
		t.Errorf("after: %+v", after)
	}
	if _, err := os.Stat(filepath.Join(dir, "secret.key")); err == nil {
		t.Error("a key was made for a migration")
	}
}
