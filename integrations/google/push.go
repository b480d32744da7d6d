package google

import (
	"context"
	"errors"
	"strconv"
	"time"

	"google.golang.org/api/calendar/v3"

	"holdfast/scheduler"
)

// channelLife is how long a push channel is asked for; Google may give less.
const channelLife = 30 * 24 * time.Hour

// Watch opens a push channel for its calendar. What it returns says what Google
// made of it: the resource, and when it ends.
func (c *Calendar) Watch(ctx context.Context, p scheduler.PushChannel) (scheduler.PushChannel, error) {
	err := c.call(ctx, "calendar.events.watch", func(ctx context.Context, s *calendar.Service) error {
		made, err := s.Events.Watch(p.Calendar, &calendar.Channel{
			Id:      p.ID,
			Type:    "web_hook",
			Address: p.Address,
			Token:   p.Token,
			Params:  map[string]string{"ttl": strconv.Itoa(int(channelLife / time.Second))},
		}).Fields("id", "resourceId", "expiration").Context(ctx).Do()
		if err != nil {
			return err
		}
		p.Resource = made.ResourceId
		p.Expires = time.UnixMilli(made.Expiration).UTC()
		if made.Expiration == 0 {
			p.Expires = c.client.config.Now().Add(7 * 24 * time.Hour).UTC() // Google's documented default
		}
		return nil
	})
	return p, err
}

// Stop closes a push channel. One that is closed already is no error, nor is one
// whose resource never became known: only the resource could name it, and it ends by
// itself.
func (c *Calendar) Stop(ctx context.Context, p scheduler.PushChannel) error {
	if p.Resource == "" {
		return nil
	}
	err := c.call(ctx, "calendar.channels.stop", func(ctx context.Context, s *calendar.Service) error {
		return s.Channels.Stop(&calendar.Channel{Id: p.ID, ResourceId: p.Resource}).Context(ctx).Do()
	})
	if errors.Is(err, scheduler.ErrNotFound) {
		return nil
	}
	return err
}
