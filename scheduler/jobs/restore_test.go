package jobs

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/scheduler/store"
)

// Of what was written after the backup the restored database knows nothing; the
// calendar does.
func TestADatabaseRestoredFromABackupWritesNoHoldTwice(t *testing.T) {
	file, backup := filepath.Join(t.TempDir(), "holdfast.db"), filepath.Join(t.TempDir(), "backup.db")
	w := newWorld(t, file)
	dana := withHolds(t, w)
	copyDatabase(t, file, backup)
	dana.meets("bo@globex.io", "Talk", monday.Add(-time.Hour), 30*time.Minute)
	w.later(time.Minute)
	before := ids(dana)
	if len(before) != 6 {
		t.Fatalf("%d holds were written, want 6", len(before))
	}
	w.store = openStore(t, backup, w.clock.Now)
	w.runner = w.newRunner()
	w.later(2 * time.Hour) // by now they would be placed elsewhere
	if diff := cmp.Diff(before, ids(dana)); diff != "" {
		t.Errorf("the holds on the calendar (-before +after the restore):\n%s", diff)
	}
	for _, state := range dana.states() {
		if state != "written" {
			t.Errorf("the rows are %v", dana.states())
			break
		}
	}
}

// copyDatabase copies a SQLite file that is in use, as the README says to.
func copyDatabase(t *testing.T, from, to string) {
	t.Helper()
	db, err := sql.Open("sqlite", from)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO ?", to); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// ids returns the ids of the person's holds.
func ids(p *person) map[string]bool {
	all := make(map[string]bool)
	for _, e := range p.holds() {
		all[e.ID] = true
	}
	return all
}

// states returns the states of the person's holds in the database, by id.
func (p *person) states() map[string]string {
	p.world.tb.Helper()
	page, err := p.world.store.Holds(p.world.tb.Context(), p.rep, store.Query{Limit: 50})
	if err != nil {
		p.world.tb.Fatal(err)
	}
	all := make(map[string]string)
	for _, h := range page.Items {
		all[h.ID] = string(h.State)
	}
	return all
}
