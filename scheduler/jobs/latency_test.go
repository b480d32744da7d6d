package jobs

import (
	"testing"
	"time"
)

// atOnce is how long a push may take to become holds on a machine that has much else
// to do; two seconds are the aim, and a tick that is waited for would not be seen.
const atOnce = 20 * time.Second

func TestAPushBecomesHoldsThroughTheQueue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, address string) {
		written := make(chan struct{}, 100)
		w := newWorld(t, address, func(c *Config) {
			c.Finished = func(kind, outcome string, _ time.Duration) {
				if kind == "write_hold" && outcome == "done" {
					written <- struct{}{}
				}
			}
		})
		dana := withHolds(t, w)
		w.later(time.Minute)
		w.clock.Advance(time.Minute)
		start(t, w.runner)
		pushed := time.Now()
		dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
		for len(dana.holds()) < 6 { // jobs of the first three wait, too, and find nothing to do
			receive(t, written, "a hold")
		}
		took := time.Since(pushed)
		t.Logf("from the push to the last hold: %s", took)
		if took > atOnce {
			t.Errorf("%s from the push to the last hold", took)
		}
	})
}
