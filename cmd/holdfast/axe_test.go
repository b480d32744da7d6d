package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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
		found, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]violation](settledColours+axeRun+")", chromedp.EvalAwaitPromise))
		if err != nil {
			s.t.Fatalf("check %s: %v", read[string](s, "location.pathname"), err)
		}
		for _, v := range found {
			s.t.Errorf("%s, %s: %s (%s):\n%s", read[string](s, "location.pathname"), scheme, v.Help, v.Rule, strings.Join(v.Where, "\n"))
		}
	}
}

// settledColours begins an expression that ends with ), whose promise waits until no
// colour is on its way to another one.
const settledColours = `Promise.all(document.getAnimations().map(a => a.finished)).then(() => `

// inColours shows pages in the light or dark colours.
func inColours(scheme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	}
}

// inZone has the browser be somewhere else.
func inZone(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name})
		return chromedp.Void{}, err
	}
}

// withoutScripts has the browser run no scripts of pages, or run them again.
func withoutScripts(off bool) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return chromedp.Void{}, err
	}
}

// A checker that finds nothing anywhere would be no check.
func TestTheCheckerFindsWhatKeepsPeopleOut(t *testing.T) {
	s := newScreen(t)
	s.do(chromedp.Navigate(`data:text/html,<title>x</title><h1>x</h1><img src="data:,">`))
	read[bool](s, axeSource(t)+";\n true")
	found, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]violation](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	rules := fmt.Sprint(found)
	for _, rule := range []string{"image-alt", "html-has-lang"} {
		if !strings.Contains(rules, rule) {
			t.Errorf("%s is not found: %s", rule, rules)
		}
	}
}
