package emulator

import (
	"encoding/json"
	"strings"
)

const meetType = "hangoutsMeet"

// conference is an event's conferenceData, as far as a client asks for one.
type conference struct {
	ID            string               `json:"conferenceId,omitempty"`
	Solution      *conferenceSolution  `json:"conferenceSolution,omitempty"`
	CreateRequest *conferenceRequest   `json:"createRequest,omitempty"`
	EntryPoints   []conferenceEntrance `json:"entryPoints,omitempty"`
}

type conferenceRequest struct {
	RequestID string            `json:"requestId,omitempty"`
	Solution  *conferenceKey    `json:"conferenceSolutionKey,omitempty"`
	Status    *conferenceStatus `json:"status,omitempty"`
}

type conferenceKey struct {
	Type string `json:"type,omitempty"`
}

type conferenceStatus struct {
	Code string `json:"statusCode,omitempty"`
}

type conferenceSolution struct {
	Key  conferenceKey `json:"key"`
	Name string        `json:"name"`
}

type conferenceEntrance struct {
	Type  string `json:"entryPointType"`
	URI   string `json:"uri"`
	Label string `json:"label"`
}

// confer makes the conference that e asks for, and takes the link off an event whose
// conference was removed. One that was made for the same request before stays as it is.
func (s *Server) confer(cal *calendar, e, before *Event) error {
	if e.ConferenceData == nil || string(e.ConferenceData) == "null" {
		e.ConferenceData, e.HangoutLink = nil, ""
		return nil
	}
	var asked conference
	if err := json.Unmarshal(e.ConferenceData, &asked); err != nil {
		return invalid("Invalid value for: conferenceData")
	}
	request := asked.CreateRequest
	switch {
	case request == nil:
		return nil // one that exists already, by any provider
	case request.RequestID == "":
		return invalid("Missing conference request id.")
	case request.Solution == nil || request.Solution.Type != meetType || cal.noMeet:
		return invalid("Invalid conference type value.")
	}
	if before != nil && before.ConferenceData != nil {
		var made conference
		if err := json.Unmarshal(before.ConferenceData, &made); err == nil && made.CreateRequest != nil && made.CreateRequest.RequestID == request.RequestID {
			e.ConferenceData, e.HangoutLink = before.ConferenceData, before.HangoutLink
			return nil
		}
	}
	made, err := json.Marshal(s.newMeet(*request))
	if err != nil {
		return err
	}
	e.ConferenceData, e.HangoutLink = made, entranceOf(made)
	return nil
}

// newMeet is a conference of Google Meet, made at once.
func (s *Server) newMeet(request conferenceRequest) conference {
	letters := strings.Map(func(c rune) rune { return 'a' + c%26 }, s.newID(10))
	id := letters[:3] + "-" + letters[3:7] + "-" + letters[7:]
	request.Status = &conferenceStatus{"success"}
	return conference{
		ID: id, CreateRequest: &request,
		Solution:    &conferenceSolution{conferenceKey{meetType}, "Google Meet"},
		EntryPoints: []conferenceEntrance{{"video", "https://meet.google.com/" + id, "meet.google.com/" + id}},
	}
}

func entranceOf(made []byte) string {
	var c conference
	if err := json.Unmarshal(made, &c); err != nil || len(c.EntryPoints) == 0 {
		return ""
	}
	return c.EntryPoints[0].URI
}
