package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"holdfast/scheduler/store/storetest"
)

var allRows = []any{
	installRow{}, replicaRow{}, repRow{}, grantRow{}, sessionRow{}, tokenRow{}, calendarRow{}, channelRow{}, eventRow{},
	flagRow{}, proposalRow{}, holdRow{}, bookingRow{}, contactRow{}, linkRow{}, upcomingRow{}, activityRow{}, departureRow{},
	feedRow{}, feedEntryRow{},
}

func TestBothDatabasesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	open := func(url string) *gorm.DB {
		s := openStore(t, url, newClock())
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s.db
	}
	lite := open(filepath.Join(t.TempDir(), "holdfast.db"))
	big := open(storetest.Postgres(t))
	for _, part := range []struct{ name, lite, big string }{
		{"columns", liteColumns, bigColumns}, {"indexes", liteIndexes, bigIndexes}, {"references", liteReferences, bigReferences},
	} {
		want, got := describe(t, big, part.big), describe(t, lite, part.lite)
		if len(want) < 5 {
			t.Errorf("PostgreSQL has the %s %v", part.name, want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-PostgreSQL +SQLite):\n%s", part.name, diff)
		}
	}
	want := checks(describe(t, big, bigChecks), regexp.MustCompile(`CHECK \(\((\w+) = ANY \((.*)\)\)\)`))
	got := checks(describe(t, lite, liteChecks), regexp.MustCompile(`(?s)(\w+)\s+text NOT NULL CHECK \(\w+ IN \((.*?)\)\)`))
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 5 {
		t.Errorf("checks (-PostgreSQL +SQLite):\n%s", diff)
	}
}

// The queries say one line for each column, index or reference of our own tables.
const (
	bigColumns = `SELECT table_name || '.' || column_name ||
		CASE data_type WHEN 'timestamp with time zone' THEN ' time' WHEN 'bigint' THEN ' integer' WHEN 'bytea' THEN ' blob' ELSE ' ' || data_type END ||
		CASE is_nullable WHEN 'NO' THEN ' required' ELSE '' END ||
		coalesce(' default ' || replace(column_default, '::text', ''), '')
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'river%' AND table_name NOT LIKE 'goose%'`
	liteColumns = `SELECT m.name || '.' || c.name || CASE c.type WHEN 'datetime' THEN ' time' ELSE ' ' || lower(c.type) END ||
		CASE WHEN c."notnull" OR c.pk THEN ' required' ELSE '' END || coalesce(' default ' || c.dflt_value, '')
		FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`

	bigIndexes = `SELECT c.relname || CASE WHEN i.indisunique THEN ' unique (' ELSE ' (' END ||
		(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, n)
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) || ')'
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace
		WHERE s.nspname = 'public' AND NOT i.indisexclusion AND c.relname NOT LIKE 'river%' AND c.relname NOT LIKE 'goose%'`
	liteIndexes = `SELECT m.name || CASE WHEN i."unique" THEN ' unique (' ELSE ' (' END ||
		(SELECT group_concat(c.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c) || ')'
		FROM sqlite_master m JOIN pragma_index_list(m.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'
		UNION ALL SELECT 'activity unique (id)'` // an integer key is the table itself

	bigReferences = `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'river%'`
	liteReferences = `SELECT m.name || ' FOREIGN KEY (' || f."from" || ') REFERENCES ' || f."table" || '(' || f."to" || ') ON DELETE ' || f.on_delete
		FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND m.name NOT LIKE 'river%'`

	bigChecks  = `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text NOT LIKE 'river%'`
	liteChecks = `SELECT name || ' ' || sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'river%' AND sql LIKE '%CHECK%'`
)

func describe(t *testing.T, db *gorm.DB, query string) []string {
	t.Helper()
	var lines []string
	if err := db.Raw(query).Scan(&lines).Error; err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// checks reads which values a column may have: "reps.state a b c".
func checks(definitions []string, check *regexp.Regexp) []string {
	value := regexp.MustCompile(`'(\w+)'`)
	var all []string
	for _, definition := range definitions {
		table, rest, _ := strings.Cut(definition, " ")
		for _, found := range check.FindAllStringSubmatch(rest, -1) {
			var values []string
			for _, v := range value.FindAllStringSubmatch(found[2], -1) {
				values = append(values, v[1])
			}
			all = append(all, fmt.Sprintf("%s.%s %v", table, found[1], values))
		}
	}
	slices.Sort(all)
	return all
}

func TestEveryRowHasTheColumnsOfItsTable(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, _ *clock) {
		for _, row := range allRows {
			parsed, err := schema.Parse(row, &sync.Map{}, s.db.NamingStrategy)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := s.db.Migrator().ColumnTypes(parsed.Table)
			if err != nil {
				t.Fatal(err)
			}
			var live []string
			for _, c := range columns {
				live = append(live, c.Name())
			}
			slices.Sort(live)
			fields := slices.Sorted(slices.Values(parsed.DBNames))
			if diff := cmp.Diff(live, fields); diff != "" {
				t.Errorf("%s (-table +row):\n%s", parsed.Table, diff)
			}
		}
	})
}

func TestBrokenConstraintsAreToldApart(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store, c *clock) {
		rep := func(id, subject string, state RepState) error {
			return s.db.Create(&repRow{ID: id, Subject: subject, State: state, Zone: "UTC", Settings: "{}", Backlog: "first", ConnectedAt: c.Now()}).Error
		}
		if err := rep("a", "one", Connected); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			err  error
			want error
		}{
			{"the same key", rep("a", "two", Connected), gorm.ErrDuplicatedKey},
			{"the same subject", rep("b", "one", Connected), gorm.ErrDuplicatedKey},
			{"a state that is none", rep("b", "two", "happy"), gorm.ErrCheckConstraintViolated},
			{"a row of nobody", s.db.Create(&grantRow{RepID: "nobody"}).Error, gorm.ErrForeignKeyViolated},
		} {
			if !errors.Is(tt.err, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
			}
		}
	})
}
