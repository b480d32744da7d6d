package google

import (
	"encoding/json"
	"testing"
)

func TestAnAddressThatIsNotVerifiedIsNobodys(t *testing.T) {
	for _, c := range []struct {
		claims string
		want   bool
	}{
		{`{"email": "dana@northwind.example", "email_verified": true}`, true},
		{`{"email": "dana@northwind.example"}`, true},
		{`{"email": "dana@northwind.example", "email_verified": false}`, false},
		{`{"email_verified": true}`, false},
	} {
		var got claims
		if err := json.Unmarshal([]byte(c.claims), &got); err != nil {
			t.Fatal(err)
		}
		if got.usable() != c.want {
			t.Errorf("%s: usable %v, want %v", c.claims, got.usable(), c.want)
		}
	}
}
