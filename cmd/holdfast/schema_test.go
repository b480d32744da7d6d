package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// schema is a JSON schema, as far as the API's description uses it.
type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 json.RawMessage    `json:"type"` // a name or several
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"` // false or a schema
	Items                *schema            `json:"items"`
	Enum                 []any              `json:"enum"`
	Format               string             `json:"format"`
}

// description is an OpenAPI document.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

// differ says where value is not as s has it; "" where it is.
func (d *description) differ(s *schema, value any, at string) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.differ(d.Components.Schemas[name], value, at)
	}
	if !slices.Contains(s.types(), typeOf(value)) && !(typeOf(value) == "integer" && slices.Contains(s.types(), "number")) {
		return fmt.Sprintf("%s is %s, described as %s", at, typeOf(value), s.Type)
	}
	if len(s.Enum) > 0 && value != nil && !slices.Contains(s.Enum, value) {
		return fmt.Sprintf("%s is %v, described as one of %v", at, value, s.Enum)
	}
	switch value := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, value); s.Format == "date-time" && err != nil {
			return fmt.Sprintf("%s is %q, described as a time", at, value)
		}
	case []any:
		for i, item := range value {
			if text := d.differ(s.Items, item, at+"["+strconv.Itoa(i)+"]"); text != "" {
				return text
			}
		}
	case map[string]any:
		return d.differObject(s, value, at)
	}
	return ""
}

func (d *description) differObject(s *schema, value map[string]any, at string) string {
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			return fmt.Sprintf("%s lacks %s", at, name)
		}
	}
	for name, field := range value {
		described := s.Properties[name]
		if described == nil {
			if json.Unmarshal(s.AdditionalProperties, &described) != nil || described == nil {
				return fmt.Sprintf("%s has %s, which is not described", at, name)
			}
		}
		if text := d.differ(described, field, at+"."+name); text != "" {
			return text
		}
	}
	return ""
}

func (s *schema) types() []string {
	var one string
	var several []string
	if json.Unmarshal(s.Type, &one) == nil {
		return []string{one}
	}
	_ = json.Unmarshal(s.Type, &several) // neither: no value fits
	return several
}

func typeOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if value == float64(int64(value)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// What the API answers is what its description says, for every operation, whether it
// succeeds or not.
func TestAnswersAreAsDescribed(t *testing.T) {
	w := newRig(t, sqliteFile(t))
	b := w.withBacklog(dana, "ana@acme.com")
	ids := b.mine(t)
	var d description
	b.do("GET", "/openapi.json", "").into(t, &d)
	last := map[string]bool{"DELETE /connection": true, "DELETE /tokens/{id}": true}
	operations := slices.DeleteFunc(b.operations(t), func(o operation) bool { return last[o.method+" "+o.path] })
	slices.SortFunc(operations, func(a, b operation) int { return strings.Compare(b.path+b.method, a.path+a.method) })
	operations = append(operations, operation{"DELETE", "/tokens/{id}"}, operation{"DELETE", "/connection"})
	good := 0
	for _, o := range operations {
		for _, id := range []string{ids[strings.Split(o.path, "/")[1]], "none"} {
			r := b.do(o.method, "/api/v1"+pathID.ReplaceAllString(o.path, id), bodies[o.method+" "+o.path])
			if r.StatusCode < 300 {
				good++
			}
			if text := d.answer(o, r); text != "" {
				t.Errorf("%s %s: %d %s\n%s", o.method, o.path, r.StatusCode, text, r.body)
			}
		}
	}
	if good < 25 {
		t.Errorf("only %d operations succeeded", good)
	}
}

// answer says how an answer differs from its description.
func (d *description) answer(o operation, r reply) string {
	responses := d.Paths[o.path][strings.ToLower(o.method)].Responses
	described, ok := responses[strconv.Itoa(r.StatusCode)]
	if !ok && r.StatusCode >= http.StatusBadRequest {
		described, ok = responses["default"]
	}
	content, typed := described.Content[strings.Split(r.Header.Get("Content-Type"), ";")[0]]
	switch {
	case !ok:
		return "is not described"
	case r.body == "" && len(described.Content) == 0:
		return ""
	case !typed:
		return "has the content type " + r.Header.Get("Content-Type")
	}
	var value any
	if err := json.Unmarshal([]byte(r.body), &value); err != nil {
		return err.Error()
	}
	return d.differ(content.Schema, value, "it")
}
