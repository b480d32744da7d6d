-- +goose Up

-- Counts what happened to the rep's flags and holds: a feed of them is up to date
-- where it was made at the same count.
ALTER TABLE reps ADD COLUMN feed_revision integer NOT NULL DEFAULT 0;

CREATE TABLE feeds (
    id           text PRIMARY KEY,
    rep_id       text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    name         text NOT NULL,
    contents     text NOT NULL,
    detail       text NOT NULL CHECK (detail IN ('full', 'titles', 'busy')),
    days_back    integer NOT NULL,
    days_ahead   integer NOT NULL,
    flags_as     text NOT NULL CHECK (flags_as IN ('all_day', 'todo')),
    alarms       boolean NOT NULL,
    team         boolean NOT NULL,
    token_hash   text NOT NULL UNIQUE,
    hint         text NOT NULL,
    created_at   datetime NOT NULL,
    last_read_at datetime,
    last_read_by text NOT NULL DEFAULT '',
    revision     text NOT NULL DEFAULT '',
    digest       text NOT NULL DEFAULT '',
    changed_at   datetime NOT NULL
);
CREATE INDEX feeds_rep ON feeds (rep_id, created_at);

-- What a feed says, as its readers know it: under a UID of its own, in its latest
-- version. What is cancelled stays for a while.
CREATE TABLE feed_entries (
    feed_id      text NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    subject      text NOT NULL,
    uid          text NOT NULL,
    sequence     integer NOT NULL,
    body         text NOT NULL,
    created_at   datetime NOT NULL,
    changed_at   datetime NOT NULL,
    cancelled_at datetime,
    PRIMARY KEY (feed_id, subject)
);
