package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"holdfast/scheduler"
)

const (
	postgresConns = 16
	// notText is PostgreSQL's character_not_in_repertoire: no UTF-8, or a zero byte.
	notText = "22021"
)

// openPostgres opens one pool of connections for gorm and River together.
func (s *Store) openPostgres(ctx context.Context, c Config) error {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return err
	}
	if c.MaxConns > 0 {
		config.MaxConns = int32(c.MaxConns)
	} else if !strings.Contains(c.URL, "pool_max_conns") {
		config.MaxConns = postgresConns
	}
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	s.db, err = gorm.Open(postgresDialector{postgres.Dialector{Config: &postgres.Config{Conn: stdlib.OpenDBFromPool(pool)}}}, s.gormConfig())
	if err == nil {
		s.queue, err = newPostgresQueue(pool, s.log)
	}
	if err != nil {
		pool.Close()
		return err
	}
	s.pool = pool
	return nil
}

// postgresDialector is gorm's for PostgreSQL, which also knows that a text may be none.
type postgresDialector struct{ postgres.Dialector }

// Translate turns what PostgreSQL says into gorm's errors. That it keeps no text with such
// bytes is the fault of whoever gave them.
func (d postgresDialector) Translate(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == notText {
		return fmt.Errorf("%w: a text has bytes that no text has", scheduler.ErrInvalid)
	}
	return d.Dialector.Translate(err)
}

// postgresQueue is River on PostgreSQL. It shares gorm's connections.
type postgresQueue struct {
	driver *riverpgxv5.Driver
	client *river.Client[pgx.Tx] // which only inserts
}

func newPostgresQueue(pool *pgxpool.Pool, log riverLogger) (queue, error) {
	driver := riverpgxv5.New(pool)
	client, err := river.NewClient(driver, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	return &postgresQueue{driver, client}, nil
}

// insert inserts jobs in gorm's transaction: River is given the connection that the
// transaction is on.
func (q *postgresQueue) insert(ctx context.Context, _ *gorm.DB, conn *sql.Conn, jobs []river.InsertManyParams) error {
	return conn.Raw(func(raw any) error {
		_, err := q.client.InsertManyTx(ctx, joinedTx{pgxConn{raw.(*stdlib.Conn).Conn()}}, jobs)
		return err
	})
}

func (q *postgresQueue) start(ctx context.Context, c *river.Config) (Stopper, error) {
	return startClient(ctx, q.driver, c)
}

func (q *postgresQueue) migrate(ctx context.Context, log riverLogger) error {
	return migrateQueue(ctx, q.driver, log)
}

// joinedTx lets River work in a transaction that gorm began, and ends, on the same
// connection.
type joinedTx struct{ pgxConn }

// pgxConn keeps the name of the embedded field from that of the method Conn.
type pgxConn struct{ *pgx.Conn }

var errNotOurs = errors.New("the transaction belongs to somebody else")

func (joinedTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotOurs }
func (joinedTx) Commit(context.Context) error          { return errNotOurs }
func (joinedTx) Rollback(context.Context) error        { return errNotOurs }
func (joinedTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }

// Conn returns the connection that the transaction is on.
func (t joinedTx) Conn() *pgx.Conn { return t.pgxConn.Conn }
