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
	s := newScreen(t) // first: it keeps files of its own in the place that the demo shall leave empty
	address := startDemo(t)

	s.do(chromedp.Navigate(address))
	s.usable()
	s.press("Sign in with Google")
	s.press(sampleName)
	s.until("Nothing is on your calendar yet")
	s.usable()
	s.picture("backlog")
	planned := read[int](s, `document.querySelectorAll("main .hold").length`)
	if flags := read[int](s, `document.querySelectorAll("main .flag").length`); flags < 6 || planned < 12 {
		t.Fatalf("%d flags with %d holds were found:\n%s", flags, planned, s.text())
	}
	calendar, _, _ := strings.Cut(read[string](s, `document.querySelector(".demo a").href`), "#")
	if n := s.written(calendar); n != 0 {
		t.Fatalf("%d events were written before the rep said so", n)
	}

	s.do(chromedp.Navigate(address))
	s.press("Place these")
	s.until("Without a next step")
	s.do(chromedp.Navigate(calendar))
	s.untilTrue(holdsWritten + " >= " + strconv.Itoa(planned))
	s.do(chromedp.Click(`//a[.="Today"]`))
	s.picture("calendar")

	s.showsProposals(address)
	s.showsOthers(address)
	s.handCounts(address, calendar)
	s.fitsAPhone(address)
	s.removesEverything(address, calendar)
}

// holdsWritten counts the events in the sample calendar that Holdfast wrote.
const holdsWritten = `document.querySelectorAll("li.hold").length`

func (s *screen) written(calendar string) int {
	s.t.Helper()
	s.do(chromedp.Navigate(calendar))
	return read[int](s, holdsWritten)
}

// handCounts deletes a hold, and books a next step, in the sample calendar.
func (s *screen) handCounts(address, calendar string) {
	s.do(chromedp.Navigate(calendar))
	const hold = `//li[contains(@class, "hold")][contains(., "Tom Okafor")][contains(., "hank you")]`
	s.do(chromedp.Click(hold+"//summary", chromedp.NodeVisible))
	s.do(chromedp.Click(hold+`//button[.="Delete"]`, chromedp.NodeVisible))
	s.untilTrue(`![...document.querySelectorAll("li.hold")].some(e => e.innerText.includes("Email Tom Okafor"))`)
	s.do(chromedp.Navigate(address + "/activity"))
	s.until("You deleted")

	s.do(chromedp.Navigate(calendar))
	s.do(chromedp.SendKeys(`//input[@name="guest"]`, "Ana Ruiz <ana@bluepeak.example>", chromedp.NodeVisible))
	s.press("Book it")
	s.untilTrue(`[...document.querySelectorAll("summary")].some(e => e.innerText.includes("Next step"))`)
	s.do(chromedp.Navigate(address + "/today"))
	s.untilTrue(`!document.querySelector("main").innerText.includes("bluepeak.example")`)
	s.do(chromedp.Navigate(calendar))
	s.untilTrue(`![...document.querySelectorAll("li.hold")].some(e => /(Email|Call) Ana Ruiz/.test(e.innerText))`)
	s.until("Agree the next step with Ana Ruiz") // the reminder, before that meeting ends in its turn
}

// showsProposals waits for a proposal in each state, and looks at each as both people see
// it, on a desk and on a phone.
func (s *screen) showsProposals(address string) {
	s.do(chromedp.Navigate(address + "/proposals"))
	for _, state := range []string{
		"Your calendar says that it is to be sent", "Waiting for an answer", "The clearance was taken back", "Cleared to send", "Sent", "Withdrawn",
	} {
		s.until(state)
	}
	s.untilTrue(`document.querySelectorAll("main .proposal").length === 6`)
	s.usable()
	s.picture("proposals")
	for _, proposal := range read[[]string](s, `[...document.querySelectorAll(".proposal h3 a")].map(a => a.href)`) {
		s.do(chromedp.Navigate(proposal))
		s.usable()
		link := read[string](s, `document.querySelector("#booking")?.textContent ?? ""`)
		if link == "" {
			continue
		}
		s.do(chromedp.Navigate(link), chromedp.WaitReady("main"))
		s.until("Dana Reyes")
		s.usable()
		s.do(chromedp.EmulateViewport(phoneWide, phoneHigh, chromedp.EmulateMobile))
		s.usable()
		s.do(chromedp.EmulateViewport(screenWidth, screenHeight))
	}
	s.pictureOfBooking(address)
	s.asksHowToFollowUp(address)
}

// showsOthers looks for the calendar elsewhere that is watched, and for the feed.
func (s *screen) showsOthers(address string) {
	s.do(chromedp.Navigate(address + "/connection"))
	s.until("Family")
	s.usable()
	s.do(chromedp.Navigate(address + "/settings/feeds"))
	s.until("not read yet")
	s.usable()
}

// pictureOfBooking shows what a prospect sees whose answer is awaited.
func (s *screen) pictureOfBooking(address string) {
	s.do(chromedp.Navigate(address + "/proposals?state=offered"))
	s.do(chromedp.Click(`//a[contains(., "Route planning")]`))
	s.until("has not picked")
	s.do(inZone("Europe/London"), chromedp.Navigate(read[string](s, `document.querySelector("#booking").textContent`)))
	s.until("Times are in Europe/London")
	s.picture("booking")
	s.do(chromedp.EmulateViewport(phoneWide, phoneHigh, chromedp.EmulateMobile))
	s.picture("booking-phone")
	s.do(chromedp.EmulateViewport(screenWidth, screenHeight))
}

// asksHowToFollowUp: the link that only asks, and what comes of it.
func (s *screen) asksHowToFollowUp(address string) {
	s.do(chromedp.Navigate(address + "/contacts"))
	s.usable()
	s.do(chromedp.Click(`//a[contains(., "Mei Tan")]`))
	s.until("Nothing is known yet")
	s.usable()
	contact := read[string](s, "location.href")
	s.press("Ask how to follow up")
	s.until("Here is their page")
	s.usable()
	s.do(chromedp.Navigate(read[string](s, `document.querySelector("#ask").textContent`)))
	s.until("How would you like me to follow up?")
	s.usable()
	s.do(chromedp.Click(`//label[contains(., "Phone call")]`, chromedp.NodeVisible), chromedp.Click(`//label[contains(., "Fri")]`, chromedp.NodeVisible))
	s.press("Save")
	s.until("Noted.")
	s.usable()
	s.do(chromedp.Navigate(contact))
	s.until("They last answered")
	s.press("Set it yourself")
	s.usable()
}

func (s *screen) fitsAPhone(address string) {
	s.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	for _, path := range []string{"/today", "/proposals", "/contacts", "/contacts?q=nobody", "/connection", "/settings", "/settings/feeds", "/activity"} {
		s.do(chromedp.Navigate(address + path))
		s.usable()
	}
	s.do(chromedp.EmulateViewport(screenWidth, screenHeight))
	s.do(chromedp.Navigate(address + "/today"))
	s.picture("today")
}

func (s *screen) removesEverything(address, calendar string) {
	s.do(chromedp.Navigate(address + "/connection"))
	s.press("Disconnect and remove everything")
	s.do(chromedp.SendKeys(`//input[@name="confirm"]`, sampleRep, chromedp.NodeVisible))
	s.press("Remove everything")
	s.until("Your data here is erased")
	s.do(chromedp.Navigate(calendar))
	s.untilTrue(holdsWritten + " === 0")
}
