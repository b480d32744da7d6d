// Package storetest starts PostgreSQL, 15 or later, for tests.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is the one of this test binary, started when it is first needed.
var cluster struct {
	once     sync.Once
	err      error
	dir      string
	process  *exec.Cmd
	database atomic.Int64
	prepare  sync.Once
	prepared error
}

// Main runs the tests of a package and removes what Postgres started. TestMain calls
// it where Postgres is used.
func Main(m *testing.M) {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Postgres returns the address of an empty database, in a cluster of this test
// binary's own. The cluster ends with the binary, also where that is killed.
func Postgres(t *testing.T) string {
	t.Helper()
	return database(t, "template0")
}

// Prepared returns the address of a database that is as prepare leaves one. Prepare is
// called once in a test binary: later databases are copies. It must close what it
// opens.
func Prepared(t *testing.T, prepare func(url string) error) string {
	t.Helper()
	ensure(t)
	const template = "prepared"
	cluster.prepare.Do(func() {
		if cluster.prepared = execute(t.Context(), "CREATE DATABASE "+template+" TEMPLATE template0"); cluster.prepared == nil {
			cluster.prepared = prepare(address(template))
		}
	})
	if cluster.prepared != nil {
		t.Fatalf("prepare a database: %v", cluster.prepared)
	}
	return database(t, template)
}

// database makes a database after a template, for the time of a test.
func database(t *testing.T, template string) string {
	t.Helper()
	ensure(t)
	name := fmt.Sprintf("test%d", cluster.database.Add(1))
	// By default PostgreSQL 15 and later copy through the log, which takes longer.
	statement := fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, template)
	if err := execute(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := execute(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return address(name)
}

func ensure(t *testing.T) {
	t.Helper()
	cluster.once.Do(func() { cluster.err = start() })
	if cluster.err != nil {
		t.Fatalf("start PostgreSQL: %v", cluster.err)
	}
}

// address returns that of a database in the cluster, which listens on a socket in
// its own directory only.
func address(database string) string {
	query := url.Values{"host": {cluster.dir}, "user": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + query.Encode()
}

func execute(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, address("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// start makes a cluster and starts its server. PostgreSQL refuses to run as root,
// so there it runs as a user without rights.
func start() error {
	dir, err := os.MkdirTemp("", "holdfast-postgres-")
	if err != nil {
		return err
	}
	cluster.dir = dir
	attributes, err := asSomebody(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	initialize := exec.Command(program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale")
	initialize.SysProcAttr, initialize.Dir = attributes, dir
	if out, err := initialize.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	server := exec.Command(program("postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=32MB")
	return serve(server, attributes)
}

// serve starts server under a shell that ends it, and removes its files, when this
// process ends: the shell then finds its standard input closed.
func serve(server *exec.Cmd, attributes *syscall.SysProcAttr) error {
	const watch = `dir=$1; shift; "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server; rm -rf "$dir"`
	log, err := os.Create(filepath.Join(cluster.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	shell := exec.Command("/bin/sh", append([]string{"-c", watch, "sh", cluster.dir}, server.Args...)...)
	shell.SysProcAttr, shell.Dir = &syscall.SysProcAttr{Setpgid: true, Credential: attributes.Credential}, cluster.dir
	shell.Stdout, shell.Stderr = log, log
	if stdin, err = shell.StdinPipe(); err != nil {
		return err
	}
	if err := shell.Start(); err != nil {
		return err
	}
	cluster.process = shell
	return await(log.Name())
}

// stdin is the server's watcher's: it is closed when this process ends.
var stdin io.WriteCloser

// await waits until the server takes connections.
func await(log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := execute(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(log) // it only adds to the error
			return fmt.Errorf("%w: %s", err, said)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func stop() error {
	if cluster.process == nil {
		return nil
	}
	if err := stdin.Close(); err != nil {
		return err
	}
	if err := cluster.process.Wait(); err != nil {
		return err
	}
	return os.RemoveAll(cluster.dir) // the directory itself may belong to root's
}

// asSomebody returns how to run a program as a user other than root, who then owns
// dir. Somebody else needs nothing of the kind.
func asSomebody(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	somebody, err := user.Lookup("postgres")
	if err != nil {
		somebody, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(somebody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(somebody.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// program returns where a program of PostgreSQL is: on the path, or where Debian
// keeps those of each version.
func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is fixed and right
	if len(found) == 0 {
		return name
	}
	return found[len(found)-1]
}
