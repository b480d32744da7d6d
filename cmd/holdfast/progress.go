package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressDelay is how long reading may take before a bar appears.
const progressDelay = time.Second

// progress shows how much of the input was read, once reading takes long and only
// where a person is watching.
type progress struct {
	world *world
	begun time.Time
	total int64 // bytes; -1: not known
	done  int64
	bar   *progressbar.ProgressBar
	off   bool
}

func (w *world) newProgress(names []string) *progress {
	p := &progress{world: w, begun: w.now(), off: !isTerminal(w.stderr)}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil { // standard input: its size is not known
			p.total = -1
			break
		}
		p.total += info.Size()
	}
	return p
}

// watch returns r with its bytes counted.
func (p *progress) watch(r io.Reader) io.Reader {
	if p.off {
		return r
	}
	return io.TeeReader(r, p)
}

// Write counts the bytes that passed.
func (p *progress) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	if p.bar == nil && p.world.now().Sub(p.begun) < progressDelay {
		return len(b), nil
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions64(p.total,
			progressbar.OptionSetWriter(p.world.stderr),
			progressbar.OptionSetDescription("Reading"),
			progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	return len(b), p.bar.Set64(p.done)
}

// finish removes the bar.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Clear() //nolint:errcheck // a bar that stays is no reason to fail
	}
}
