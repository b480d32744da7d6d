package api

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/scheduler/store"
)

func (a *API) addSettings(h huma.API) {
	handle(a, h, operation{method: http.MethodGet, path: "/settings", id: "settings", summary: "Settings"}, a.settings)

	patch := operation{method: http.MethodPatch, path: "/settings", id: "change-settings", summary: "Change some settings"}.huma()
	patch.Middlewares = huma.Middlewares{checked(h, nulls)}
	patch.RequestBody = &huma.RequestBody{
		Required: true,
		Content:  map[string]*huma.MediaType{"application/json": {Schema: partOf(h, reflect.TypeFor[store.RepSettings]())}},
	}
	huma.Register(h, patch, func(ctx context.Context, in *settingsInput) (*answered[store.RepSettings], error) {
		settings, err := a.changeSettings(ctx, callerOf(ctx).rep, in)
		if err != nil {
			return nil, a.failed(ctx, patch.OperationID, err)
		}
		return &answered[store.RepSettings]{settings}, nil
	})
}

// partOf returns the schema of an object that has any of t's fields.
func partOf(h huma.API, t reflect.Type) *huma.Schema {
	registry := h.OpenAPI().Components.Schemas
	part := *registry.SchemaFromRef(registry.Schema(t, true, "").Ref)
	part.Required = nil
	part.Title = t.Name() + "Change"
	return &part
}

func (a *API) settings(_ context.Context, rep store.Rep, _ *nothing) (store.RepSettings, error) {
	return rep.Settings, nil
}

// settingsInput is any of the settings: what it does not name stays. Huma has checked
// the names.
type settingsInput struct {
	Body json.RawMessage
}

func (a *API) changeSettings(ctx context.Context, rep store.Rep, in *settingsInput) (store.RepSettings, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(in.Body, &fields); err != nil {
		return store.RepSettings{}, invalid("", "must be an object")
	}
	changed, err := a.Store.UpdateSettings(ctx, rep.ID, func(s *store.RepSettings) error {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if err := setField(s, name, fields[name]); err != nil {
				return invalid(name, err.Error())
			}
		}
		return nil
	})
	return changed.Settings, err
}

// setField sets one of the settings.
func setField(s *store.RepSettings, name string, value json.RawMessage) error {
	key, err := json.Marshal(name)
	if err != nil {
		return err
	}
	object := slices.Concat([]byte("{"), key, []byte(":"), value, []byte("}"))
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.DisallowUnknownFields()
	return decoder.Decode(s)
}
