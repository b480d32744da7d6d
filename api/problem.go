package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// Problem is an error as programs read it (RFC 9457). Code is stable: programs may
// rely on it.
type Problem struct {
	Type   string       `json:"type" example:"about:blank"`
	Title  string       `json:"title" example:"Not Found"`
	Status int          `json:"status" example:"404"`
	Code   string       `json:"code" enum:"invalid,signed_out,forbidden,not_found,conflict,taken,gone,too_large,not_possible,slow_down,internal,unavailable" example:"not_found" doc:"Stable: what programs may rely on."`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty" doc:"What is wrong with the input, field by field."`
	// Offers is nil where the problem is none of a pick.
	Offers []store.Offer `json:"offers,omitzero" required:"false" doc:"The slots that are still open, where the one that was picked is taken."`

	retryAfter time.Duration
}

// FieldError says what is wrong with one field of an input.
type FieldError struct {
	Field   string `json:"field" example:"hours.start"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is for huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		seconds := (p.retryAfter + time.Second - 1) / time.Second
		h.Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	return h
}

// codes are the stable codes, and what there is to say, by status.
var codes = map[int]struct{ code, detail string }{
	http.StatusBadRequest:            {"invalid", "The input is not valid."},
	http.StatusUnauthorized:          {"signed_out", "Sign in, or send a personal token."},
	http.StatusForbidden:             {"forbidden", "This is not allowed."},
	http.StatusNotFound:              {"not_found", "There is nothing here."},
	http.StatusConflict:              {"conflict", "It changed in the meantime."},
	http.StatusGone:                  {"gone", "It is gone."},
	http.StatusRequestEntityTooLarge: {"too_large", "The body is too large."},
	http.StatusUnprocessableEntity:   {"not_possible", "This is not possible as things are."},
	http.StatusTooManyRequests:       {"slow_down", "There were too many requests."},
	http.StatusInternalServerError:   {"internal", "Something went wrong here; the log says what."},
	http.StatusServiceUnavailable:    {"unavailable", "Something this needs cannot be reached. Try again soon."},
}

// problemOf returns the problem of a status; detail "" stands for what there is to
// say about it.
func problemOf(status int, detail string) *Problem {
	known, ok := codes[status]
	if !ok {
		known = codes[http.StatusInternalServerError]
		if status < http.StatusInternalServerError {
			known = codes[http.StatusBadRequest]
		}
	}
	if detail == "" {
		detail = known.detail
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: known.code, Detail: detail}
	if status == http.StatusServiceUnavailable {
		p.retryAfter = 5 * time.Second
	}
	return p
}

// invalid returns the problem of an input with one wrong field.
func invalid(field, message string) *Problem {
	p := problemOf(http.StatusBadRequest, "")
	p.Errors = []FieldError{{field, message}}
	return p
}

// kinds says which kind of error is which status. The order counts where an error is
// of two kinds.
var kinds = []struct {
	kind   error
	status int
	code   string // "": the status's own
}{
	{scheduler.ErrNotFound, http.StatusNotFound, ""},
	{scheduler.ErrTaken, http.StatusConflict, "taken"},
	{scheduler.ErrChanged, http.StatusConflict, ""},
	{scheduler.ErrGone, http.StatusGone, ""},
	{scheduler.ErrForbidden, http.StatusForbidden, ""},
	{scheduler.ErrNotPossible, http.StatusUnprocessableEntity, ""},
	{scheduler.ErrInvalid, http.StatusBadRequest, ""},
	{scheduler.ErrUnavailable, http.StatusServiceUnavailable, ""},
	{context.Canceled, http.StatusServiceUnavailable, ""}, // nobody reads it
	{context.DeadlineExceeded, http.StatusServiceUnavailable, ""},
}

// problemFor returns the problem that err is to a program. Nothing of what the error
// says is in it, except what is wrong with an input.
func problemFor(err error) *Problem {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	var wrong *store.InvalidError
	if errors.As(err, &wrong) {
		p := problemOf(http.StatusBadRequest, "")
		for _, f := range wrong.Fields {
			p.Errors = append(p.Errors, FieldError{f.Field, f.Message})
		}
		return p
	}
	var unread *scheduler.WebcalError
	if errors.As(err, &unread) {
		return invalid("address", unread.Words)
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			p := problemOf(k.status, said(err, k.kind))
			if k.code != "" {
				p.Code = k.code
			}
			return p
		}
	}
	if store.IsOutage(err) {
		return problemOf(http.StatusServiceUnavailable, "")
	}
	return problemOf(http.StatusInternalServerError, "")
}

// said returns what err says about an input, or about how things are, in words that
// are ours: what follows the kind of error. Of other kinds nothing is said.
func said(err, kind error) string {
	if !errors.Is(kind, scheduler.ErrNotPossible) && !errors.Is(kind, scheduler.ErrInvalid) {
		return ""
	}
	_, words, found := strings.Cut(err.Error(), kind.Error()+": ")
	if !found || words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// problemResponse describes an answer with a Problem.
func problemResponse(h huma.API) *huma.Response {
	schema := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	return &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{new(Problem).ContentType(""): {Schema: schema}}}
}

// humaErrors makes huma's errors Problems, and its lists lists.
var humaErrors = sync.OnceFunc(func() {
	huma.NewError = humaProblem
	huma.DefaultArrayNullable = false // no list here is ever null
})

// humaProblem makes a Problem of what huma found wrong with a request.
func humaProblem(status int, message string, details ...error) huma.StatusError {
	if status == http.StatusUnprocessableEntity { // huma's word for what does not fit the schema
		status = http.StatusBadRequest
	}
	if status >= http.StatusInternalServerError {
		return problemOf(status, "")
	}
	p := problemOf(status, "")
	for _, d := range details {
		var detail huma.ErrorDetailer
		if errors.As(d, &detail) {
			p.Errors = append(p.Errors, fieldError(detail.ErrorDetail()))
		}
	}
	if len(p.Errors) == 0 && status == http.StatusBadRequest {
		p.Detail = "The body cannot be read: " + message + "."
		p.Errors = []FieldError{{"body", message}}
	}
	return p
}

// fieldError turns huma's "body.hours.start" into the field's own name. The value is
// left out: it may be a secret.
func fieldError(d *huma.ErrorDetail) FieldError {
	field := d.Location
	for _, where := range []string{"body", "query", "path", "header"} {
		if rest, ok := strings.CutPrefix(field, where); ok {
			field = strings.TrimPrefix(rest, ".")
			break
		}
	}
	if name, found := strings.CutPrefix(d.Message, "expected required property "); found {
		name, _, _ = strings.Cut(name, " ")
		return FieldError{strings.TrimPrefix(field+"."+name, "."), "is required"}
	}
	if field == "" {
		field = d.Location // the whole of it
	}
	return FieldError{field, d.Message}
}

// write answers with p.
func (p *Problem) write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil { // it holds text and numbers only
		panic(err)
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// The client has gone away: nobody is left to tell. The line ends as huma's does, so
	// that what is not found looks the same wherever it is.
	_, _ = w.Write(append(body, '\n'))
}

// refuse answers with a problem: as a page where a person reads it.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, p *Problem) {
	if a.pages.Error == nil || forPrograms(r.URL.Path) || isBooking(r) && asksForJSON(r) {
		p.write(w)
		return
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	a.pages.Error(w, r, p.Status, pageText(p))
}

// pageText returns what a page is to say besides what it says about the status by
// itself.
func pageText(p *Problem) string {
	if p.Detail == codes[p.Status].detail {
		return ""
	}
	return p.Detail
}
