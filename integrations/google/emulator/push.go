package emulator

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Push is how notifications are delivered.
type Push struct {
	// Client sends them; nil means a client of its own with a 10 s timeout.
	Client *http.Client
	// AllowHTTP lets callbacks be http, for tests and demos on one machine.
	AllowHTTP bool
	// Robots has deliveries obey the receiver's robots.txt, as Google's do.
	Robots bool
	// Attempts is how often a delivery is tried while the receiver answers 500, 502,
	// 503 or 504 or does not answer; 0 means 3.
	Attempts int
	// Wait is the pause before the second attempt; it doubles. 0 means none.
	Wait time.Duration
	// Fate decides what becomes of a notification; nil delivers each once. It is
	// called under the server's lock and must not call the server.
	Fate func(Notification) Fate
}

// Fate is what becomes of a notification.
type Fate int

// Deliver is the rule; the others are what the documentation warns of.
const (
	Deliver   Fate = iota
	Drop           // never sent
	Duplicate      // sent twice
	Hold           // kept until Release
)

// Notification is one message to a channel.
type Notification struct {
	Channel, Token, Resource, ResourceID, ResourceURI, Address string
	User                                                       string
	State                                                      string // sync or exists
	Number                                                     int64
	Expires                                                    time.Time

	channel *channel
}

// notify tells every channel on a resource that it changed, and forgets those that
// fell silent.
func (s *Server) notify(resource string) {
	open := s.watchers[resource][:0]
	for _, ch := range s.watchers[resource] {
		if s.now().Before(ch.expires) {
			open = append(open, ch)
			s.send(ch, "exists")
		}
	}
	if len(open) == 0 {
		delete(s.watchers, resource)
		return
	}
	s.watchers[resource] = open
}

// send gives a message its number and lets fate have it. Numbers rise and are not
// sequential.
func (s *Server) send(ch *channel, state string) {
	ch.number += 1 + ch.number%3
	n := &Notification{
		Channel: ch.id, Token: ch.token, Resource: ch.resource, ResourceID: ch.resourceID, ResourceURI: ch.resourceURI,
		Address: ch.address, User: ch.user, State: state, Number: ch.number, Expires: ch.expires, channel: ch,
	}
	fate := Deliver
	if s.config.Push.Fate != nil {
		fate = s.config.Push.Fate(*n)
	}
	switch fate {
	case Drop:
	case Hold:
		s.held = append(s.held, n)
	case Duplicate:
		s.post(n)
		s.post(n)
	default:
		s.post(n)
	}
}

// Release delivers the notifications that fate held, in the order that arrange
// leaves them in; nil keeps the order. It returns how many there were.
func (s *Server) Release(arrange func([]*Notification)) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held
	s.held = nil
	if arrange != nil {
		arrange(held)
	}
	for _, n := range held {
		s.post(n)
	}
	return len(held)
}

// SetFate replaces Config.Push.Fate.
func (s *Server) SetFate(fate func(Notification) Fate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Push.Fate = fate
}

// Flush waits until no notification is on its way. Held ones do not count.
func (s *Server) Flush(ctx context.Context) error {
	for {
		s.mu.Lock()
		pending, settled := s.pending, s.settled
		s.mu.Unlock()
		if pending == 0 {
			return nil
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return fmt.Errorf("flush %d notifications: %w", pending, ctx.Err())
		case <-s.work.Done():
			return fmt.Errorf("flush: %w", s.work.Err())
		}
	}
}

// post queues a message. Messages of one channel are sent one after the other, by a
// courier that goes home when there are no more.
func (s *Server) post(n *Notification) {
	if s.work.Err() != nil {
		return
	}
	s.pending++
	n.channel.queue = append(n.channel.queue, n)
	if !n.channel.running {
		n.channel.running = true
		s.couriers.Go(func() { s.courier(n.channel) })
	}
}

func (s *Server) courier(ch *channel) {
	for {
		s.mu.Lock()
		if len(ch.queue) == 0 {
			ch.running = false
			s.mu.Unlock()
			return
		}
		n := ch.queue[0]
		ch.queue = ch.queue[1:]
		s.mu.Unlock()
		s.deliver(n)
		s.mu.Lock()
		if s.pending--; s.pending == 0 {
			close(s.settled)
			s.settled = make(chan struct{})
		}
		s.mu.Unlock()
	}
}

// deliver tries until the receiver took the message.
func (s *Server) deliver(n *Notification) {
	attempts, wait := s.config.Push.Attempts, s.config.Push.Wait
	if attempts == 0 {
		attempts = 3
	}
	if !s.welcome(n) {
		return
	}
	for ; attempts > 0 && s.work.Err() == nil; attempts-- {
		status, err := s.attempt(n)
		if err == nil && !retried(status) {
			return
		}
		s.config.Logger.Debug("push failed", "channel", n.Channel, "status", status, "err", err)
		if attempts > 1 && !s.pause(wait) {
			return
		}
		wait *= 2
	}
}

// welcome says whether the receiver's robots.txt lets a notification in.
func (s *Server) welcome(n *Notification) bool {
	if !s.config.Push.Robots {
		return true
	}
	ok, err := s.robotsAllow(n.Address)
	if err != nil || !ok {
		s.config.Logger.Warn("push kept away by robots.txt", "channel", n.Channel, "err", err)
	}
	return ok
}

func retried(status int) bool {
	return status == http.StatusInternalServerError || status >= http.StatusBadGateway && status <= http.StatusGatewayTimeout
}

// pause waits, or says false because the server closes.
func (s *Server) pause(wait time.Duration) bool {
	if wait <= 0 {
		return s.work.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.work.Done():
		return false
	}
}

func (s *Server) attempt(n *Notification) (int, error) {
	request, err := http.NewRequestWithContext(s.work, http.MethodPost, n.Address, http.NoBody)
	if err != nil {
		return 0, err
	}
	for name, value := range map[string]string{
		"X-Goog-Channel-ID": n.Channel, "X-Goog-Channel-Token": n.Token, "X-Goog-Resource-ID": n.ResourceID,
		"X-Goog-Resource-URI": n.ResourceURI, "X-Goog-Resource-State": n.State,
		"X-Goog-Message-Number":     strconv.FormatInt(n.Number, 10),
		"X-Goog-Channel-Expiration": n.Expires.UTC().Format(http.TimeFormat),
	} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	request.Header.Set("User-Agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)")
	response, err := s.config.Push.Client.Do(request)
	if err != nil {
		return 0, err
	}
	s.noteDelivery(n)
	return response.StatusCode, response.Body.Close()
}

func (s *Server) noteDelivery(n *Notification) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.pushes = remember(s.journal.pushes, *n)
}

// Pushes lists the notifications that reached their receiver, each as often as it
// did, oldest first.
func (s *Server) Pushes() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Notification(nil), s.journal.pushes...)
}
