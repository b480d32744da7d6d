package emulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	defaultChannelLife = 7 * 24 * time.Hour
	longestChannelLife = 30 * 24 * time.Hour
)

// channel is one subscription to a resource's changes.
type channel struct {
	id, resource, resourceID, resourceURI, address, token string
	user, client                                          string
	expires                                               time.Time
	number                                                int64           // of the last message
	queue                                                 []*Notification // waiting for the courier
	running                                               bool            // whether a courier is at work
}

// The resources that are watched.
func eventsResource(calendarID string) string  { return "events/" + calendarID }
func calendarListResource(email string) string { return "calendarList/" + email }

type wireChannel struct {
	Kind        string            `json:"kind,omitempty"`
	ID          string            `json:"id,omitempty"`
	ResourceID  string            `json:"resourceId,omitempty"`
	ResourceURI string            `json:"resourceUri,omitempty"`
	Token       string            `json:"token,omitempty"`
	Expiration  string            `json:"expiration,omitempty"` // milliseconds since 1970
	Type        string            `json:"type,omitempty"`
	Address     string            `json:"address,omitempty"`
	Payload     *bool             `json:"payload,omitempty"`
	Params      map[string]string `json:"params,omitempty"`
}

func (s *Server) watchEvents(c *call) (any, error) {
	cal, _, err := s.calendarFor(c)
	if err != nil {
		return nil, err
	}
	if cal.noPush {
		return nil, globalFailure(http.StatusBadRequest, "pushNotSupportedForRequestedResource", "Push notifications are not supported by this resource.")
	}
	uri := s.APIURL() + "calendars/" + url.PathEscape(cal.id) + "/events?alt=json"
	return s.watch(c, eventsResource(cal.id), uri)
}

func (s *Server) watchCalendarList(c *call) (any, error) {
	return s.watch(c, calendarListResource(c.user.email), s.APIURL()+"users/me/calendarList?alt=json")
}

// watch opens a channel. Its first message is already on its way when the answer
// goes out.
func (s *Server) watch(c *call, resource, uri string) (any, error) {
	var asked wireChannel
	if err := json.Unmarshal(c.body, &asked); err != nil {
		return nil, invalid("Parse Error")
	}
	if err := s.checkChannel(asked); err != nil {
		return nil, err
	}
	ch := &channel{
		id: asked.ID, resource: resource, resourceID: s.resourceID(resource), resourceURI: uri, address: asked.Address,
		token: asked.Token, user: c.user.email, client: s.config.ClientID, expires: s.channelEnd(asked),
	}
	s.channels[ch.id] = ch
	s.watchers[resource] = append(s.watchers[resource], ch)
	s.send(ch, "sync")
	return wireChannel{
		Kind: "api#channel", ID: ch.id, ResourceID: ch.resourceID, ResourceURI: uri, Token: ch.token,
		Expiration: strconv.FormatInt(ch.expires.UnixMilli(), 10),
	}, nil
}

func (s *Server) checkChannel(asked wireChannel) error {
	address, err := url.Parse(asked.Address)
	switch {
	case asked.ID == "" || len(asked.ID) > 64 || strings.ContainsFunc(asked.ID, func(r rune) bool { return !channelIDRune(r) }):
		return invalidParameter("id", "Invalid channel id.")
	case s.channels[asked.ID] != nil:
		return globalFailure(http.StatusBadRequest, "channelIdNotUnique", "Channel id not unique")
	case asked.Type != "web_hook" && asked.Type != "webhook":
		return invalidParameter("type", "Unsupported channel type.")
	case len(asked.Token) > 256:
		return invalidParameter("token", "Channel token is too long.")
	case err != nil || address.Host == "" || address.Scheme != "https" && !(s.config.Push.AllowHTTP && address.Scheme == "http"):
		return &failure{
			code: http.StatusBadRequest, domain: "global", reason: "push.webhookUrlNotHttps",
			message: "WebHook callback must be HTTPS: " + asked.Address,
		}
	}
	return nil
}

func channelIDRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(`-_+/=`, r)
}

// channelEnd is when the channel falls silent: what was asked for, at most 30 days.
func (s *Server) channelEnd(asked wireChannel) time.Time {
	life := defaultChannelLife
	if seconds, err := strconv.ParseInt(asked.Params["ttl"], 10, 64); err == nil {
		life = time.Duration(seconds) * time.Second
	}
	if ms, err := strconv.ParseInt(asked.Expiration, 10, 64); err == nil {
		life = time.UnixMilli(ms).Sub(s.now())
	}
	return s.now().Add(min(max(life, time.Second), longestChannelLife)).Truncate(time.Second)
}

// resourceID is the same for every channel on a resource.
func (s *Server) resourceID(resource string) string {
	return base64.RawURLEncoding.EncodeToString(s.digest([]byte(resource)))
}

func (s *Server) stopChannel(c *call) (any, error) {
	var asked wireChannel
	if err := json.Unmarshal(c.body, &asked); err != nil {
		return nil, invalid("Parse Error")
	}
	ch := s.channels[asked.ID]
	if ch == nil || ch.resourceID != asked.ResourceID || ch.user != c.user.email || !s.now().Before(ch.expires) {
		return nil, globalFailure(http.StatusNotFound, "notFound", "Channel '"+asked.ID+"' not found for project")
	}
	ch.expires = s.now() // the id stays taken
	return noContent{}, nil
}
