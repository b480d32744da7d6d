package main

import (
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startDemo runs the demo until the test ends, and returns its address. Nothing may be
// left of it then.
func startDemo(t *testing.T) string {
	t.Helper()
	place := t.TempDir()
	t.Setenv("TMPDIR", place)
	ctx, stop := context.WithCancel(context.Background()) // ends with the test, below
	address, ended := make(chan string, 1), make(chan error, 1)
	w := &world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: t.Output(), now: time.Now, getenv: func(string) string { return "" }}
	go func() {
		ended <- (&demoCommand{Addr: "127.0.0.1:0"}).run(ctx, w, func(at string) { address <- at })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		left, err := os.ReadDir(place)
		if err != nil || len(left) > 0 {
			t.Errorf("the demo leaves %v %v", left, err)
		}
	})
	select {
	case at := <-address:
		return at
	case err := <-ended:
		ended <- err
		t.Fatalf("the demo did not start: %v", err)
		return ""
	}
}

func TestTheDemoFromSignInToHoldsOnTheCalendar(t *testing.T) {
	address := startDemo(t)
	b := newBrowser(t)

	b.do(chromedp.Navigate(address))
	b.usable()
	b.press("Sign in with Google")
	b.press(sampleName)
	b.until("What was found")
	b.usable()
	b.picture("backlog")
	planned := read[int](b, `document.querySelectorAll("main .hold").length`)
	if flags := read[int](b, `document.querySelectorAll("main .flag").length`); flags < 6 || planned < 12 {
		t.Fatalf("%d flags with %d holds were found:\n%s", flags, planned, b.text())
	}
	calendar := read[string](b, `document.querySelector(".demo a").href`)
	if n := b.written(calendar); n != 0 {
		t.Fatalf("%d events were written before the rep said so", n)
	}

	b.do(chromedp.Navigate(address))
	b.press("Place these")
	b.until("Without a next step")
	b.do(chromedp.Navigate(calendar))
	b.untilTrue(holdsWritten + " >= " + strconv.Itoa(planned))
	b.picture("calendar")

	t.Run("the rep's own hand counts", func(t *testing.T) { b.handCounts(t, address, calendar) })
	t.Run("every page fits a phone", func(t *testing.T) { b.fitsAPhone(t, address) })
	t.Run("nothing is left after removing everything", func(t *testing.T) { b.removesEverything(t, address, calendar) })
}

// holdsWritten counts the events in the sample calendar that Holdfast wrote.
const holdsWritten = `document.querySelectorAll("li.hold").length`

func (b *browser) written(calendar string) int {
	b.t.Helper()
	b.do(chromedp.Navigate(calendar))
	return read[int](b, holdsWritten)
}

// handCounts deletes a hold, and books a next step, in the sample calendar.
func (b *browser) handCounts(t *testing.T, address, calendar string) {
	b.do(chromedp.Navigate(calendar))
	const hold = `//li[contains(@class, "hold")][contains(., "Tom Okafor")][contains(., "hank you") or contains(., "contact")]`
	b.do(chromedp.Click(hold+"//summary", chromedp.NodeVisible))
	b.do(chromedp.Click(hold+`//button[.="Delete"]`, chromedp.NodeVisible))
	b.do(chromedp.Navigate(address + "/activity"))
	b.until("You deleted")

	b.do(chromedp.Navigate(calendar))
	b.do(chromedp.SendKeys(`//input[@name="guest"]`, "Ana Ruiz <ana@bluepeak.example>", chromedp.NodeVisible))
	b.press("Book it")
	b.do(chromedp.Navigate(address + "/today"))
	b.untilTrue(`!document.querySelector("main").innerText.includes("bluepeak.example")`)
	b.do(chromedp.Navigate(calendar))
	b.untilTrue(`![...document.querySelectorAll("li.hold")].some(e => e.innerText.includes("Ana Ruiz"))`)
}

func (b *browser) fitsAPhone(t *testing.T, address string) {
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	for _, path := range []string{"/today", "/connection", "/settings", "/activity"} {
		b.do(chromedp.Navigate(address + path))
		b.usable()
		if path == "/today" {
			b.picture("phone")
		}
	}
	b.do(chromedp.EmulateViewport(1200, 900))
	b.do(chromedp.Navigate(address + "/today"))
	b.picture("today")
}

func (b *browser) removesEverything(t *testing.T, address, calendar string) {
	b.do(chromedp.Navigate(address + "/connection"))
	b.press("Disconnect and remove everything")
	b.do(chromedp.SendKeys(`//input[@name="confirm"]`, sampleRep, chromedp.NodeVisible))
	b.press("Remove everything")
	b.until("Your data here is erased")
	b.do(chromedp.Navigate(calendar))
	b.untilTrue(holdsWritten + " === 0")
}
