package ics

import (
	"io"
	"runtime"
	"testing"
)

// A feed of any length is written in the memory of some of its entries.
func TestAFeedIsNeverHeldAsAWhole(t *testing.T) {
	const entries = 100_000
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, written := uint64(0), &counter{}
	err := WriteFeed(written, Feed{Name: "Holds"}, func(yield func(Entry) bool) {
		for i := range entries {
			if i%20_000 == 19_999 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
			if !yield(feedEntry(i)) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if written.octets < 50<<20 || most > 2<<20 {
		t.Errorf("%d MB were written with %d KB held", written.octets>>20, most>>10)
	}
}

// counter counts what is written.
type counter struct{ octets int }

func (c *counter) Write(p []byte) (int, error) {
	c.octets += len(p)
	return io.Discard.Write(p)
}
