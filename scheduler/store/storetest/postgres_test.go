package storetest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) {
	if os.Getenv("STORETEST_VICTIM") != "" {
		victim()
	}
	Main(m)
}

// victim starts a cluster, says where, and waits to be killed.
func victim() {
	if err := start(); err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString(cluster.dir + "\n") // whoever reads it notices
	select {}
}

func TestAClusterEndsWithItsProcess(t *testing.T) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "STORETEST_VICTIM=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed, and says so
	gone := func() bool {
		_, err := os.Stat(strings.TrimSpace(line))
		return errors.Is(err, fs.ErrNotExist)
	}
	deadline, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !gone() {
		select {
		case <-deadline.Done():
			t.Fatalf("%s is still there", line)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestDatabasesAreEmptyAndApart(t *testing.T) {
	prepare := func(url string) error { return run(t, url, "CREATE TABLE prepared (id int)") }
	first, second := Prepared(t, prepare), Prepared(t, prepare)
	if err := run(t, first, "DROP TABLE prepared"); err != nil {
		t.Error(err)
	}
	if err := run(t, second, "SELECT * FROM prepared"); err != nil {
		t.Errorf("the other database: %v", err)
	}
	if err := run(t, Postgres(t), "SELECT * FROM prepared"); err == nil {
		t.Error("an empty database has the table")
	}
}

func run(t *testing.T, url, statement string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(t.Context(), statement)
	return errors.Join(err, conn.Close(t.Context()))
}
