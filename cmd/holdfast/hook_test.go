package main

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// A storm of pushes, true or forged, is one look at the calendar at most.
func TestAStormOfPushesIsOneRead(t *testing.T) {
	databases(t, func(t *testing.T, address string) {
		w := newRig(t, address)
		w.withBacklog(dana, "ana@acme.com")
		w.eventually("a channel is open", func() bool { return len(w.google.Pushes()) > 0 })
		first := w.google.Pushes()[0]
		w.rest()
		before := w.google.Count(dana, "calendar.events.list")
		push := http.Header{"X-Goog-Channel-Id": {first.Channel}, "X-Goog-Resource-Id": {first.ResourceID}, "X-Goog-Channel-Token": {first.Token}}
		var senders sync.WaitGroup
		for range 10 {
			senders.Go(func() {
				b := w.newClient()
				b.header = push
				for range 100 {
					if r := b.do("POST", "/hooks/google", ""); r.StatusCode != http.StatusNoContent {
						t.Errorf("%d %s", r.StatusCode, r.body)
					}
				}
			})
		}
		senders.Wait()
		w.clock.advance(time.Minute)
		w.eventually("the calendar is read", func() bool { return w.google.Count(dana, "calendar.events.list") > before })
		w.settle()
		if reads := w.google.Count(dana, "calendar.events.list") - before; reads != 1 {
			t.Errorf("%d reads", reads)
		}
	})
}
