package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

// prefix is where the JSON API is.
const prefix = "/api/v1"

// resources adds the JSON API, and describes it.
func (a *API) resources(engine *gin.Engine) error {
	// Huma keeps what its errors are in a variable of its package. This is the only
	// API of the program.
	humaErrors()
	group := engine.Group(prefix, a.authenticated)
	h := humagin.NewWithGroup(engine, group, a.humaConfig())
	for _, add := range []func(huma.API){
		a.addMe, a.addSettings, a.addCalendars, a.addFlags, a.addHolds, a.addBacklog,
		a.addProposals, a.addContacts, a.addSlots,
		a.addActivity, a.addStats, a.addTokens, a.addFeeds, a.addConnection,
	} {
		add(h)
	}
	a.bookings(engine, h)
	var err error
	if a.openAPI, err = h.OpenAPI().MarshalJSON(); err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	return nil
}

func (a *API) humaConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Holdfast", Version: a.Version,
				Description: "Meetings without a next step, the time held for their follow-up, and proposals that are gone through together before they are sent. Errors are problem details (RFC 9457) with a stable code.",
			},
			Servers: []*huma.Server{{URL: prefix}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", BearerFormat: "hf_…", Description: "A personal token, made on the settings page."},
					"session": {Type: "apiKey", In: "cookie", Name: a.sessions.Cookie.Name, Description: "The session of somebody signed in."},
				},
			},
			Security: []map[string][]string{{"token": {}}, {"session": {}}},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// schemaName names the schema of a type by the type's own name. Of the two Contacts, one
// is who somebody is, the other all that is known of them.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[store.Contact]() {
		return "KnownContact"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// describe serves the description of the JSON API.
func (a *API) describe(c *gin.Context) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", a.openAPI)
}

// mostInput is the longest body of an operation.
const mostInput = 64 << 10

// operation names one thing that can be done.
type operation struct {
	method, path string
	id, summary  string
	status       int // 0: 200
}

func (o operation) huma() huma.Operation {
	return huma.Operation{
		Method: o.method, Path: o.path, OperationID: o.id, Summary: o.summary, DefaultStatus: o.status,
		MaxBodyBytes: mostInput, Tags: []string{strings.Split(o.path, "/")[1]},
	}
}

// answered is an answer with a body.
type answered[T any] struct{ Body T }

// handle adds an operation that answers with what f returns for the rep who asks.
func handle[I, T any](a *API, h huma.API, o operation, f func(context.Context, store.Rep, *I) (T, error)) {
	huma.Register(h, described[I](h, o), func(ctx context.Context, in *I) (*answered[T], error) {
		body, err := f(ctx, callerOf(ctx).rep, in)
		if err != nil {
			return nil, a.failed(ctx, o.id, err)
		}
		return &answered[T]{body}, nil
	})
}

// handleSilent adds an operation that answers with nothing.
func handleSilent[I any](a *API, h huma.API, o operation, f func(context.Context, store.Rep, *I) error) {
	o.status = http.StatusNoContent
	huma.Register(h, described[I](h, o), func(ctx context.Context, in *I) (*struct{}, error) {
		if err := f(ctx, callerOf(ctx).rep, in); err != nil {
			return nil, a.failed(ctx, o.id, err)
		}
		return nil, nil // huma's way to say: no body
	})
}

// described returns o for huma. Where the input has no body, none is taken; where it is
// a change, no null.
func described[I any](h huma.API, o operation) huma.Operation {
	op := o.huma()
	_, found := reflect.TypeFor[I]().FieldByName("Body")
	switch {
	case !found:
		op.Middlewares = huma.Middlewares{checked(h, unexpected)}
	case o.method == http.MethodPatch:
		op.Middlewares = huma.Middlewares{checked(h, nulls)}
	}
	return op
}

// checked looks at a body before it is read.
func checked(h huma.API, check func(body []byte) (wrong []error)) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		request := humagin.Unwrap(c).Request
		text, err := io.ReadAll(io.LimitReader(request.Body, mostInput))
		if err != nil {
			next(c) // who reads it finds the same
			return
		}
		if wrong := check(text); len(wrong) > 0 {
			// The client has gone away where this fails: nobody is left to tell.
			_ = huma.WriteErr(h, c, http.StatusBadRequest, "", wrong...)
			return
		}
		rest := request.Body
		request.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(text), rest), rest}
		next(c)
	}
}

// nulls says which fields of a change are null. They would be taken for fields that are
// not named, and stay as they are.
func nulls(body []byte) (wrong []error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil // huma says what is wrong with it
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if string(fields[name]) == "null" {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body." + name, Message: "must not be null"})
		}
	}
	return wrong
}

// unexpected says what is in a body that should be empty: its fields, by name. An
// object without any is as good as nothing.
func unexpected(text []byte) (wrong []error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return []error{&huma.ErrorDetail{Location: "body.body", Message: "expected none"}}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		wrong = append(wrong, &huma.ErrorDetail{Location: "body." + name, Message: "unexpected property"})
	}
	return wrong
}

// failed returns what a program is told of err. What is our own fault goes to the log.
func (a *API) failed(ctx context.Context, operation string, err error) *Problem {
	p := problemFor(err)
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		a.Log.ErrorContext(ctx, "request failed", "operation", operation, "rep", callerOf(ctx).rep.ID, "error", err)
	}
	return p
}

// PageInput asks for a page of a list. It is exported, as IDInput is, because huma
// looks into embedded structs only where they are.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"500" doc:"\"next\" of the page before."`
}

func (p PageInput) query(state string) store.Query {
	return store.Query{State: state, Limit: p.Limit, Cursor: p.Cursor}
}

// pageOf returns the page that p asks for of a list that is short enough to be had
// whole.
func pageOf[T any](p PageInput, all []T, id func(T) string) (store.Page[T], error) {
	if p.Cursor != "" {
		last := slices.IndexFunc(all, func(one T) bool { return id(one) == p.Cursor })
		if last < 0 {
			return store.Page[T]{}, invalid("cursor", "is none of this list's")
		}
		all = all[last+1:]
	}
	page := store.Page[T]{Items: append([]T{}, all...)} // never null
	if len(all) > p.Limit {
		page.Items = all[:p.Limit]
		next := id(all[p.Limit-1])
		page.Next = &next
	}
	return page, nil
}

// IDInput names one thing of a list.
type IDInput struct {
	ID string `path:"id" maxLength:"1024"`
}

// nothing is an input without fields.
type nothing struct{}

// notPossible is what the rules do not allow as things are.
func notPossible(why string) error { return fmt.Errorf("%w: %s", scheduler.ErrNotPossible, why) }
