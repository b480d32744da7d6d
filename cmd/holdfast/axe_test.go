package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// violation is what axe-core, an independent checker, finds to keep people from using a
// page.
type violation struct {
	Rule, Help string
	Where      []string
}

// axeRun checks the page as it is, and tells what it found in the fields of violation.
const axeRun = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
	({Rule: v.id, Help: v.help, Where: v.nodes.map(n => n.html + ": " + n.failureSummary)})))`

// axeSource is the checker; see .ci/needs.
func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("the accessibility checker is missing: run make needs (%v)", err)
	}
	return string(source)
}

// accessible checks that the page, in light and in dark, keeps nobody out.
func (s *screen) accessible() {
	s.t.Helper()
	read[bool](s, axeSource(s.t)+";\n true")
	for _, scheme := range []string{"dark", "light"} {
		s.do(inColours(scheme))
		for _, v := range s.violations() {
			s.t.Errorf("%s, %s: %s (%s):\n%s", read[string](s, "location.pathname"), scheme, v.Help, v.Rule, strings.Join(v.Where, "\n"))
		}
	}
}

// violations runs the checker, which the page has. No colour is on its way to another one
// meanwhile.
func (s *screen) violations() []violation {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	const settled = `document.getAnimations().forEach(a => a.finish()); `
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](settled+axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		s.t.Fatalf("check %s: %v", read[string](s, "location.pathname"), err)
	}
	return found
}

// A checker that finds nothing anywhere would be no check.
func TestTheCheckerFindsWhatKeepsPeopleOut(t *testing.T) {
	s := newScreen(t)
	s.do(chromedp.Navigate(`data:text/html,<title>x</title><h1>x</h1><img src="data:,">`))
	read[bool](s, axeSource(t)+";\n true")
	rules := fmt.Sprint(s.violations())
	for _, rule := range []string{"image-alt", "html-has-lang"} {
		if !strings.Contains(rules, rule) {
			t.Errorf("%s is not found: %s", rule, rules)
		}
	}
}

// Pages that have nothing to show, and those that say that something went wrong.
func TestEmptyPagesAndErrorsKeepNobodyOut(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	u := w.addRep(dana)
	b := w.signIn(dana)
	w.rest()
	s := w.repsScreen(b)
	for path, says := range map[string]string{
		"/today": "No holds", "/proposals": "No proposals yet", "/proposals?state=sent": "None of these", "/contacts": "Nobody yet",
		"/activity": "Connected", "/settings": "Reviews of proposals", "/backlog": "Every prospect has a next step",
	} {
		s.do(chromedp.Navigate(w.url + path))
		s.until(says)
		s.usable()
	}
	s.do(chromedp.Navigate(w.url+"/settings"), chromedp.SetValue("#review_count", "many"), chromedp.SetValue("#timezone", "Mars"))
	s.press("Save settings")
	s.until("Nothing was saved")
	s.usable()
	s.forgive("status of 422")
	s.do(chromedp.Navigate(w.url + "/nothing"))
	s.until("There is nothing here")
	s.usable()
	s.forgive("status of 404")
	w.meet(u, "Demo", ana, 50*time.Hour, time.Hour)
	w.settle()
	link := w.local(b.proposal(t, u, "Fleet renewal").BookingURL)
	w.clock.advance(120 * 24 * time.Hour)
	s.do(chromedp.Navigate(link))
	s.until("This link has expired")
	s.accessible()
	s.forgive("status of 410")
}
