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

// browser is a real one, driven by a test. Whatever it complains about on its console,
// errors of scripts and breaches of the content security policy, fails the test.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex // guards complaints
	complaints []string
}

// patience is how long a page may take to become what a test waits for.
const patience = 30 * time.Second

func newBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(chromium(t)), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...) // ends with the test, below
	ctx, cancel := chromedp.NewContext(allocator)
	b := &browser{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(1200, 900))
	var listening sync.WaitGroup
	messages := chromedp.Console(ctx)
	listening.Go(func() {
		for m, err := range messages {
			if err != nil {
				return // the browser is gone
			}
			b.mu.Lock()
			b.complaints = append(b.complaints, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, m.URL))
			b.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		cancel()
		stop()
		listening.Wait()
		if len(b.complaints) > 0 {
			t.Errorf("the browser's console: %s", strings.Join(b.complaints, "\n"))
		}
	})
	return b
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
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v; the page says:\n%s", err, b.text())
	}
}

// read evaluates a JavaScript expression in the page.
func read[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// text returns what the page says.
func (b *browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// press clicks on what a person sees under the given words: a button, a link, a
// summary.
func (b *browser) press(words string) {
	b.t.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`(//button|//a|//summary)[contains(normalize-space(.), %q)]`, words), chromedp.NodeVisible))
}

// until waits for the page to say text; a page that does not is loaded anew.
func (b *browser) until(text string) {
	b.t.Helper()
	b.untilTrue(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// untilTrue waits for a JavaScript condition. A page that does not meet it for a while
// is loaded anew.
func (b *browser) untilTrue(condition string) {
	b.t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for tries := 1; !b.meets(condition); tries++ {
		select {
		case <-deadline:
			b.t.Fatalf("waited in vain for %s; the page says:\n%s", condition, b.text())
		case <-again.C:
		}
		if tries%20 == 0 {
			b.do(chromedp.Reload())
		}
	}
}

// meets reports whether a condition is true now. A page that is being left meets none.
func (b *browser) meets(condition string) bool {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
	return err == nil && met
}

// picture keeps what the page looks like for the README, when asked to.
func (b *browser) picture(name string) {
	b.t.Helper()
	if !*update {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile("testdata/"+name+".png", png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// usable checks what everybody needs to use a page: it fits the screen, has one
// heading above all, and every field has a label, every button a name.
func (b *browser) usable() {
	b.t.Helper()
	for check, expression := range map[string]string{
		"wider than the screen by":   `document.scrollingElement.scrollWidth - document.documentElement.clientWidth`,
		"headings of the first rank": `document.querySelectorAll("h1").length - 1`,
		"fields without a label":     `[...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(f => !f.labels.length).length`,
		"buttons without a name":     `[...document.querySelectorAll("button, a, summary")].filter(e => !e.textContent.trim() && !e.ariaLabel).length`,
		"landmarks missing":          `["header", "main", "footer"].filter(l => !document.querySelector(l)).length`,
	} {
		if n := read[int](b, expression); n != 0 {
			b.t.Errorf("%s: %s: %d", read[string](b, "location.pathname"), check, n)
		}
	}
}
