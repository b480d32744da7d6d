package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"holdfast/scheduler"
)

var errKilled = errors.New("the process was killed")

// mortal is a context that ends when it was asked so often whether it has ended: at
// each step of the database and of the network it is.
type mortal struct {
	context.Context
	kill context.CancelFunc

	mu   sync.Mutex
	left int
}

func (m *mortal) Done() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left == 0 {
		m.kill()
	}
	return m.Context.Done()
}

// crasher kills a process at one of its calls of Google.
type crasher struct {
	kill  context.CancelFunc
	after bool // the call is carried out, but nobody hears the answer

	mu   sync.Mutex
	left int
}

func (c *crasher) dies() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	return c.left == 0
}

func crash[T any](c *crasher, call func() (T, error)) (T, error) {
	if !c.dies() {
		return call()
	}
	if c.after {
		_, _ = call() // nobody hears the answer
	}
	c.kill()
	var zero T
	return zero, errKilled
}

// crashing is access to Google of a process that dies.
type crashing struct {
	Remote
	*crasher
}

func (r *crashing) Calendars(ctx context.Context) ([]scheduler.RemoteCalendar, error) {
	return crash(r.crasher, func() ([]scheduler.RemoteCalendar, error) { return r.Remote.Calendars(ctx) })
}

func (r *crashing) Changes(ctx context.Context, calendar, token string, since time.Time) (scheduler.Changes, error) {
	return crash(r.crasher, func() (scheduler.Changes, error) { return r.Remote.Changes(ctx, calendar, token, since) })
}

func (r *crashing) Event(ctx context.Context, calendar, id string) (scheduler.RemoteEvent, error) {
	return crash(r.crasher, func() (scheduler.RemoteEvent, error) { return r.Remote.Event(ctx, calendar, id) })
}

func (r *crashing) Insert(ctx context.Context, e scheduler.Entry) (string, error) {
	return crash(r.crasher, func() (string, error) { return r.Remote.Insert(ctx, e) })
}

func (r *crashing) Patch(ctx context.Context, e scheduler.Entry, etag string) (string, error) {
	return crash(r.crasher, func() (string, error) { return r.Remote.Patch(ctx, e, etag) })
}

func (r *crashing) Delete(ctx context.Context, e scheduler.Entry, etag string) error {
	_, err := crash(r.crasher, func() (struct{}, error) { return struct{}{}, r.Remote.Delete(ctx, e, etag) })
	return err
}

func (r *crashing) Watch(ctx context.Context, c scheduler.PushChannel) (scheduler.PushChannel, error) {
	return crash(r.crasher, func() (scheduler.PushChannel, error) { return r.Remote.Watch(ctx, c) })
}

func (r *crashing) Stop(ctx context.Context, c scheduler.PushChannel) error {
	_, err := crash(r.crasher, func() (struct{}, error) { return struct{}{}, r.Remote.Stop(ctx, c) })
	return err
}

// meddling is access to Google while a person is at the same event: touch is called
// with its id just before it is changed or removed.
type meddling struct {
	Remote
	touch func(id string)
}

func (r *meddling) Patch(ctx context.Context, e scheduler.Entry, etag string) (string, error) {
	r.touch(e.ID)
	return r.Remote.Patch(ctx, e, etag)
}

func (r *meddling) Delete(ctx context.Context, e scheduler.Entry, etag string) error {
	r.touch(e.ID)
	return r.Remote.Delete(ctx, e, etag)
}
