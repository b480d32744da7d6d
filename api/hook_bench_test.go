package api

import (
	"net/http"
	"testing"
	"time"

	"holdfast/scheduler"
)

// BenchmarkPush takes pushes of one channel, one after the other.
func BenchmarkPush(b *testing.B) {
	d := newDesk(b, Pages{})
	rep, _ := d.token(b, "dana@northwind.example")
	d.channel(b, rep.ID, scheduler.PushChannel{ID: "live", Resource: "res", Calendar: "c", Token: "right", Expires: noon.Add(time.Hour)})
	for b.Loop() {
		r := request("POST", "/hooks/google", "", "X-Goog-Channel-ID", "live", "X-Goog-Channel-Token", "right", "X-Goog-Resource-ID", "res")
		if w := d.answer(r); w.Code != http.StatusNoContent {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
