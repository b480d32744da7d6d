package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// screen is a person in front of a real browser, played by a test. Whatever the browser complains about on its console,
// errors of scripts and breaches of the content security policy, fails the test.
type screen struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex // guards complaints
	complaints []string
}

// The screen that pages are shown on, and that the README's pictures are of.
const screenWidth, screenHeight = 1040, 780

// farHost is a name of this machine to which browsers are as to one far away: over plain
// HTTP they do not say Sec-Fetch-Site, as old ones never do.
const farHost = "holdfast.test"

// patience is how long a page may take to become what a test waits for.
const patience = time.Minute

func newScreen(t *testing.T) *screen {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("host-resolver-rules", "MAP "+farHost+" 127.0.0.1"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...) // ends with the test, below
	ctx, cancel := chromedp.NewContext(allocator)
	s := &screen{t: t, ctx: ctx}
	// The browser ends with the context that first needs it.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(screenWidth, screenHeight)); err != nil {
		t.Fatal(err)
	}
	var listening sync.WaitGroup
	messages := chromedp.Console(ctx)
	listening.Go(func() {
		for m, err := range messages {
			if err != nil {
				return // the browser is gone
			}
			s.mu.Lock()
			s.complaints = append(s.complaints, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, m.URL))
			s.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		cancel()
		stop()
		listening.Wait()
		if len(s.complaints) > 0 {
			t.Errorf("the browser's console: %s", strings.Join(s.complaints, "\n"))
		}
	})
	return s
}

// forgive waits for the browser to complain of something that the test meant to happen, and
// forgets it.
func (s *screen) forgive(about string) {
	s.t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !s.forgiven(about) {
		select {
		case <-deadline:
			s.t.Fatalf("the browser does not complain about %q", about)
		case <-again.C:
		}
	}
}

func (s *screen) forgiven(about string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.complaints)
	s.complaints = slices.DeleteFunc(s.complaints, func(c string) bool { return strings.Contains(c, about) })
	return len(s.complaints) < before
}

// chromium finds the browser; see .ci/needs.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no browser: please install chromium")
	return ""
}

// do carries out steps in the page.
func (s *screen) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.t.Fatalf("%v; the page says:\n%s", err, s.text())
	}
}

// read evaluates a JavaScript expression in the page.
func read[T any](s *screen, expression string) T {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		s.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// text returns what the page says.
func (s *screen) text() string {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// press clicks on what a person sees under the given words: a button, a link, a
// summary.
func (s *screen) press(words string) {
	s.t.Helper()
	s.do(chromedp.Click(fmt.Sprintf(`(//button|//a|//summary)[contains(normalize-space(.), %q)]`, words), chromedp.NodeVisible))
}

// until waits for the page to say text; a page that does not is loaded anew.
func (s *screen) until(text string) {
	s.t.Helper()
	s.untilTrue(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// untilTrue waits for a JavaScript condition. A page that does not meet it for a while
// is loaded anew.
func (s *screen) untilTrue(condition string) {
	s.t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for tries := 1; !s.meets(condition); tries++ {
		select {
		case <-deadline:
			s.t.Fatalf("waited in vain for %s; the page says:\n%s", condition, s.text())
		case <-again.C:
		}
		if tries%20 == 0 {
			s.do(chromedp.Reload())
		}
	}
}

// meets reports whether a condition is true now. A page that is being left meets none.
func (s *screen) meets(condition string) bool {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
	return err == nil && met
}

// picture keeps what the page looks like for the README, when asked to.
func (s *screen) picture(name string) {
	s.t.Helper()
	if !*update {
		return
	}
	png, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile("testdata/"+name+".png", png, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// usable checks what everybody needs to use a page: it fits the screen, has one
// heading above all, every field has a label, every button a name; and an independent
// checker finds nothing.
func (s *screen) usable() {
	s.t.Helper()
	for check, expression := range map[string]string{
		"wider than the screen by":   `document.scrollingElement.scrollWidth - document.documentElement.clientWidth`,
		"headings of the first rank": `document.querySelectorAll("h1").length - 1`,
		"fields without a label":     `[...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(f => !f.labels.length).length`,
		"buttons without a name":     `[...document.querySelectorAll("button, a, summary")].filter(e => !e.textContent.trim() && !e.ariaLabel).length`,
		"landmarks missing":          `["header", "main", "footer"].filter(l => !document.querySelector(l)).length`,
	} {
		if n := read[int](s, expression); n != 0 {
			s.t.Errorf("%s: %s: %d", read[string](s, "location.pathname"), check, n)
		}
	}
	s.accessible()
}
