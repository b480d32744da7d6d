package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler"
)

func TestSettingsStartAsTheRulesSay(t *testing.T) {
	got, err := defaultSettings("Europe/Berlin").Domain(Rep{Email: "dana@northwind.example"})
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := scheduler.DefaultSettings(berlin)
	want.Addresses = []string{"dana@northwind.example"}
	want.Internal, want.Ignored, want.Split = []string{}, []string{}, []string{}
	sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Errorf("(-rules +settings):\n%s", diff)
	}
}

// What programs read of a setting names the default that it has.
func TestEverySettingIsDescribed(t *testing.T) {
	defaults := reflect.ValueOf(defaultSettings(""))
	for i := range defaults.NumField() {
		field, value := defaults.Type().Field(i), defaults.Field(i).Interface()
		doc := field.Tag.Get("doc")
		said, hasDefault := "", false
		if doc, said, hasDefault = strings.Cut(doc, "Default: "); doc == "" {
			t.Errorf("%s is not described", field.Name)
		}
		is := fmt.Sprint(value)
		switch value := value.(type) {
		case DayHours:
			is = value.Start + " to " + value.End
		case []string:
			is = strings.Join(value, ", ")
		}
		if hasDefault != (is != "") || hasDefault && said != is+"." {
			t.Errorf("%s: %q is said to be the default, and %q is", field.Name, said, is)
		}
	}
}

// Every setting reaches the rules: changing any one changes what Domain gives.
func TestEverySettingCounts(t *testing.T) {
	base := defaultSettings("Europe/Berlin")
	before, err := base.Domain(Rep{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[RepSettings]().NumField() {
		changed := base
		name := reflect.TypeFor[RepSettings]().Field(i).Name
		if name == "Name" || name == "ShareWithTeam" {
			continue // they decide nothing: they are about what others are told
		}
		switch field := reflect.ValueOf(&changed).Elem().Field(i).Addr().Interface().(type) {
		case *string:
			*field = map[string]string{"Timezone": "Asia/Tokyo", "ShowAs": "busy"}[name]
		case *[]string:
			*field = map[string][]string{"Aliases": {"d@n.example"}, "Holidays": {"de-by"}, "ProposalLanguages": {"de"}}[name]
			if *field == nil {
				*field = []string{"acme.com"}
			}
		case *DayHours:
			*field = DayHours{"08:00", "16:00"}
		case *bool:
			*field = !*field
		case *int:
			*field++
		case *Duration:
			*field = map[string]Duration{
				"Lookback": Duration(7 * day), "Horizon": Duration(60 * day), "Grid": Duration(30 * time.Minute), "ReminderLength": Duration(5 * time.Minute),
				"ReviewLength": Duration(time.Hour),
			}[name]
			if *field == 0 {
				*field = Duration(61 * time.Minute)
			}
			if name == "WrapUp" || name == "BlockLeft" {
				*field = Duration(20 * time.Minute)
			}
		}
		after, err := changed.Domain(Rep{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if reflect.DeepEqual(before, after) {
			t.Errorf("%s changes nothing", name)
		}
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	valid := defaultSettings("Europe/Berlin")
	for _, tt := range []struct {
		name   string
		change func(*RepSettings)
		want   []string
	}{
		{"none", func(*RepSettings) {}, nil},
		{"a zone that is none", func(r *RepSettings) { r.Timezone = "Mars/Olympus" }, []string{"timezone"}},
		{"the machine's zone", func(r *RepSettings) { r.Timezone = "Local" }, []string{"timezone"}},
		{"hours that end before they start", func(r *RepSettings) { r.Hours = DayHours{"17:00", "09:00"} }, []string{"hours"}},
		{"an alias that is no address", func(r *RepSettings) { r.Aliases = []string{"dana"} }, []string{"aliases"}},
		{"a domain that is an address", func(r *RepSettings) { r.Internal = []string{"dana@acme.com"} }, []string{"internal"}},
		{"an ignored word", func(r *RepSettings) { r.Ignored = []string{"acme"} }, []string{"ignored"}},
		{"a region that is none", func(r *RepSettings) { r.Holidays = []string{"xx"} }, []string{"holidays"}},
		{"a way to show that is none", func(r *RepSettings) { r.ShowAs = "loud" }, []string{"show_as"}},
		{"negative and huge numbers", func(r *RepSettings) { r.Touches, r.HoldsPerDay = -1, 1000 }, []string{"holds_per_day", "touches"}},
		{"further back than is read", func(r *RepSettings) { r.Lookback = Duration(31 * day) }, []string{"lookback"}},
		{"no word of a language", func(r *RepSettings) { r.ProposalLanguages = []string{"english"} }, []string{"proposal_languages"}},
		{"a window that ends before it begins", func(r *RepSettings) { r.ReviewFirstDay, r.ReviewLastDay = 6, 5 }, []string{"review_last_day"}},
		{"a review off the quarter hour", func(r *RepSettings) { r.ReviewLength = Duration(20 * time.Minute) }, []string{"review_length"}},
		{"a grid that does not divide an hour", func(r *RepSettings) { r.Grid = Duration(25 * time.Minute) }, []string{"grid"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			settings := valid
			tt.change(&settings)
			var got []string
			for _, wrong := range settings.Validate() {
				got = append(got, wrong.Field)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("wrong fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettingsAreKeptAsTheyAreCompared(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		ctx, rep := t.Context(), signIn(t, s, c)
		patch := `{"timezone": "America/New_York", "ignored": [" ACME.com", "acme.com", "Ana+x@Globex.io"], "horizon": "90d", "lead": "45m"}`
		changed, err := s.UpdateSettings(ctx, rep.ID, func(r *RepSettings) error { return json.Unmarshal([]byte(patch), r) })
		if err != nil {
			t.Fatal(err)
		}
		want := defaultSettings("America/New_York")
		want.Ignored, want.Horizon, want.Lead = []string{"acme.com", "ana@globex.io"}, Duration(90*day), Duration(45*time.Minute)
		if diff := cmp.Diff(want, changed.Settings); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		again, err := s.Rep(ctx, rep.ID)
		if diff := cmp.Diff(changed.Settings, again.Settings); err != nil || diff != "" || again.Zone != "America/New_York" {
			t.Errorf("loaded (-saved +loaded):\n%s%v", diff, err)
		}

		_, err = s.UpdateSettings(ctx, rep.ID, func(r *RepSettings) error { r.Timezone = "nowhere"; return nil })
		var invalid *InvalidError
		if !errors.As(err, &invalid) || !errors.Is(err, scheduler.ErrInvalid) || invalid.Fields[0].Field != "timezone" {
			t.Errorf("a wrong zone gives %v", err)
		}
		if again, err := s.Rep(ctx, rep.ID); err != nil || again.Zone != "America/New_York" {
			t.Errorf("a wrong zone was kept: %q, %v", again.Zone, err)
		}
	})
}

func TestDurationsReadAndPrintDays(t *testing.T) {
	for text, want := range map[string]string{"30d": "30d", "24h": "1d", "90m": "1h30m", "15m": "15m", "36h": "36h", "0s": "0s", "90s": "1m30s"} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != want {
			t.Errorf("%s reads as %s, want %s; %v", text, d, want, err)
		}
	}
	for _, text := range []string{"", "d", "1.5d", "99999999d", "soon"} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q reads as %s", text, d)
		}
	}
}

func TestMoreThanSomeEntriesAreRefused(t *testing.T) {
	settings := defaultSettings("UTC")
	settings.Ignored = slices.Repeat([]string{"acme.com"}, listLimit+1)
	if wrong := settings.Validate(); len(wrong) != 1 || wrong[0].Field != "ignored" {
		t.Errorf("wrong: %+v", wrong)
	}
}
