package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// A failure is an error in Google's words.
type failure struct {
	code                    int
	domain, reason, message string
	locationType, location  string
	status                  string // the newer envelope's code, such as PERMISSION_DENIED
	top                     string // message of the envelope, where it differs from the item's
	detail                  string // reason in details[], with status
	retryAfter              time.Duration
}

func (f *failure) Error() string { return f.reason + ": " + f.message }

func globalFailure(code int, reason, message string) *failure {
	return &failure{code: code, domain: "global", reason: reason, message: message}
}

func (f *failure) at(locationType, location string) *failure {
	f.locationType, f.location = locationType, location
	return f
}

func notFound() *failure { return globalFailure(http.StatusNotFound, "notFound", "Not Found") }

func invalid(message string) *failure {
	return globalFailure(http.StatusBadRequest, "invalid", message)
}

func invalidParameter(name, message string) *failure {
	return invalid(message).at("parameter", name)
}

func authError() *failure {
	return globalFailure(http.StatusUnauthorized, "authError", "Invalid Credentials").at("header", "Authorization")
}

func insufficientScopes() *failure {
	f := globalFailure(http.StatusForbidden, "insufficientPermissions", "Insufficient Permission")
	f.top, f.status, f.detail = "Request had insufficient authentication scopes.", "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
	return f
}

func needsWriter() *failure {
	return globalFailure(http.StatusForbidden, "requiredAccessLevel", "You need to have writer access to this calendar.")
}

func needsOrganizer() *failure {
	return &failure{
		code: http.StatusForbidden, domain: "calendar", reason: "forbiddenForNonOrganizer",
		message: "Shared properties can only be changed by the organizer of the event.",
	}
}

func fullSyncRequired() *failure {
	return &failure{
		code: http.StatusGone, domain: "calendar", reason: "fullSyncRequired",
		message: "Sync token is no longer valid, a full sync is required.", locationType: "parameter", location: "syncToken",
	}
}

func rateLimited() *failure {
	return &failure{code: http.StatusForbidden, domain: "usageLimits", reason: "rateLimitExceeded", message: "Rate Limit Exceeded"}
}

func timeRangeEmpty() *failure {
	return &failure{
		code: http.StatusBadRequest, domain: "calendar", reason: "timeRangeEmpty",
		message: "The specified time range is empty.", locationType: "parameter", location: "timeMax",
	}
}

func preconditionFailed() *failure {
	return globalFailure(http.StatusPreconditionFailed, "conditionNotMet", "Precondition Failed").at("header", "If-Match")
}

type errorItem struct {
	Domain       string `json:"domain"`
	Reason       string `json:"reason"`
	Message      string `json:"message"`
	LocationType string `json:"locationType,omitempty"`
	Location     string `json:"location,omitempty"`
}

type errorDetail struct {
	Type   string `json:"@type"`
	Reason string `json:"reason"`
	Domain string `json:"domain"`
}

type errorBody struct {
	Errors  []errorItem   `json:"errors"`
	Code    int           `json:"code"`
	Message string        `json:"message"`
	Status  string        `json:"status,omitempty"`
	Details []errorDetail `json:"details,omitempty"`
}

// write answers with the failure in Google's envelope; 304 has no body.
func (f *failure) write(w http.ResponseWriter) {
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.retryAfter.Seconds())))
	}
	if f.code == http.StatusNotModified {
		w.WriteHeader(f.code)
		return
	}
	if f.code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`)
	}
	body := errorBody{
		Errors: []errorItem{{f.domain, f.reason, f.message, f.locationType, f.location}},
		Code:   f.code, Message: f.message, Status: f.status,
	}
	if f.top != "" {
		body.Message = f.top
	}
	if f.detail != "" {
		body.Details = []errorDetail{{"type.googleapis.com/google.rpc.ErrorInfo", f.detail, "googleapis.com"}}
	}
	writeJSON(w, f.code, map[string]errorBody{"error": body})
}

func writeJSON(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		return // the client is gone; nobody is left to tell
	}
}
