package jobs

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

func TestThoseWhoAskWhileARoundIsUnderWayShareTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rounds
		var all sync.WaitGroup
		release, held := make(chan struct{}), 0
		do := func(context.Context) error {
			held++
			<-release
			return nil
		}
		ask := func() {
			all.Go(func() {
				if err := r.join(t.Context(), "dana", do); err != nil {
					t.Error(err)
				}
			})
		}
		ask()
		synctest.Wait()
		for range 100 {
			ask()
		}
		synctest.Wait()
		if held != 1 {
			t.Errorf("%d rounds at once", held)
		}
		release <- struct{}{}
		synctest.Wait()
		if held != 2 {
			t.Errorf("%d rounds began once the first was over, want the second", held)
		}
		close(release)
		all.Wait()
		if held != 2 || len(r.next) != 0 {
			t.Errorf("%d rounds for 101 who asked, want 2; %d are left", held, len(r.next))
		}
	})
}

func TestARoundGoesOnForTheOthersWhenWhoBeganItLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rounds
		var all sync.WaitGroup
		leaving, leave := context.WithCancel(t.Context())
		release := make(chan struct{})
		all.Go(func() { // a round that is under way
			if err := r.join(t.Context(), "dana", func(context.Context) error { <-release; return nil }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		failed := errors.New("failed")
		do := func(ctx context.Context) error { return errors.Join(failed, ctx.Err()) }
		all.Go(func() { _ = r.join(leaving, "dana", do) }) // nobody hears what it says
		synctest.Wait()
		all.Go(func() {
			if err := r.join(t.Context(), "dana", do); !errors.Is(err, failed) || errors.Is(err, context.Canceled) {
				t.Errorf("who stayed is told %v, want what came of the round", err)
			}
		})
		gone, goes := context.WithCancel(t.Context())
		all.Go(func() {
			if err := r.join(gone, "dana", do); !errors.Is(err, context.Canceled) {
				t.Errorf("who went is told %v", err)
			}
		})
		synctest.Wait()
		leave()
		goes()
		synctest.Wait()
		close(release)
		all.Wait()
	})
}
