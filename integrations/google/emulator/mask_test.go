package emulator

import (
	"encoding/json"
	"testing"
)

func TestAMaskKeepsWhatItNames(t *testing.T) {
	const value = `{"kind":"x\"}","items":[{"id":"1","start":{"date":"d","timeZone":"z"},"tags":{"a":"1","b":{"c":[1,2,{"d":null}]}}},{"id":"2,]"},{}],"next":null,"n":-1.5e3,"ok":true}`
	tests := []struct{ fields, want string }{
		{"kind", `{"kind":"x\"}"}`},
		{"items(id,start/date)", `{"items":[{"id":"1","start":{"date":"d"}},{"id":"2,]"},{}]}`},
		{"items/id,ok,n", `{"items":[{"id":"1"},{"id":"2,]"},{}],"n":-1.5e3,"ok":true}`},
		{"items/start(date),items/start/timeZone", `{"items":[{"start":{"date":"d","timeZone":"z"}},{},{}]}`},
		{"items/tags/*/c", `{"items":[{"tags":{"a":"1","b":{"c":[1,2,{"d":null}]}}},{},{}]}`},
		{"next,items/none", `{"items":[{},{},{}],"next":null}`},
		{"*", value},
		{"items/id,items", `{"items":[{"id":"1","start":{"date":"d","timeZone":"z"},"tags":{"a":"1","b":{"c":[1,2,{"d":null}]}}},{"id":"2,]"},{}]}`},
	}
	if !json.Valid([]byte(value)) {
		t.Fatal("the example is no JSON")
	}
	for _, test := range tests {
		m, err := readMask(test.fields)
		if err != nil {
			t.Errorf("%s: %v", test.fields, err)
			continue
		}
		if got := string(m.apply(json.RawMessage(value))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.fields, got, test.want)
		}
	}
}

func TestAMaskIsRead(t *testing.T) {
	for _, fields := range []string{"", ",", "a,", "a(b", "a)b", "a(b))", "a//b", "a/", "a()", "a/b(c"} {
		if m, err := readMask(fields); err == nil {
			t.Errorf("%q was read as %v", fields, m)
		}
	}
}
