-- +goose Up

-- This install, named in everything it writes to a calendar. One row.
CREATE TABLE installs (
    id         text PRIMARY KEY,
    created_at datetime NOT NULL
);

-- The processes that serve this database, so that the jobs of a dead one are found.
CREATE TABLE replicas (
    id      text PRIMARY KEY,
    seen_at datetime NOT NULL
);

CREATE TABLE reps (
    id              text PRIMARY KEY,
    subject         text NOT NULL UNIQUE,
    email           text NOT NULL,
    name            text NOT NULL DEFAULT '',
    company         text NOT NULL DEFAULT '',
    zone            text NOT NULL,
    settings        text NOT NULL DEFAULT '{}',
    state           text NOT NULL CHECK (state IN ('connected', 'paused', 'reconnect', 'disconnected')),
    reason          text NOT NULL DEFAULT '',
    paused          boolean NOT NULL DEFAULT false,
    backlog         text NOT NULL CHECK (backlog IN ('first', 'pending', 'accepted', 'dismissed')),
    counts          text NOT NULL DEFAULT '{}',
    connected_at    datetime NOT NULL,
    first_synced_at datetime,
    backlog_at      datetime,
    planned_at      datetime,
    wake_at         datetime,
    calendars_at    datetime,
    slow_until      datetime,
    writes_after    datetime,
    created_at      datetime NOT NULL
);
CREATE INDEX reps_wake ON reps (wake_at);
CREATE INDEX reps_company ON reps (company);

CREATE TABLE grants (
    rep_id     text PRIMARY KEY REFERENCES reps (id) ON DELETE CASCADE,
    access     text NOT NULL,
    refresh    text NOT NULL,
    scopes     text NOT NULL,
    expires_at datetime NOT NULL,
    updated_at datetime NOT NULL
);

CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    data       blob NOT NULL,
    expires_at datetime NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           text PRIMARY KEY,
    rep_id       text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    name         text NOT NULL,
    hash         text NOT NULL UNIQUE,
    hint         text NOT NULL,
    created_at   datetime NOT NULL,
    last_used_at datetime
);
CREATE INDEX tokens_rep ON tokens (rep_id, created_at);

CREATE TABLE calendars (
    rep_id     text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    id         text NOT NULL,
    name       text NOT NULL,
    zone       text NOT NULL DEFAULT '',
    is_primary boolean NOT NULL,
    owned      boolean NOT NULL,
    counts     boolean NOT NULL,
    blocks     boolean NOT NULL,
    sync_token text NOT NULL DEFAULT '',
    params     text NOT NULL DEFAULT '',
    complete   boolean NOT NULL DEFAULT false,
    suspect    integer NOT NULL DEFAULT 0,
    sync_at    datetime,
    dirty_at   datetime,
    synced_at  datetime,
    full_at    datetime,
    error      text NOT NULL DEFAULT '',
    PRIMARY KEY (rep_id, id)
);
CREATE INDEX calendars_sync ON calendars (sync_at);

CREATE TABLE channels (
    id           text PRIMARY KEY,
    rep_id       text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    calendar_id  text NOT NULL,
    resource_id  text NOT NULL DEFAULT '',
    token_hash   text NOT NULL,
    state        text NOT NULL CHECK (state IN ('creating', 'live', 'stopping')),
    expires_at   datetime,
    renew_at     datetime,
    last_push_at datetime,
    created_at   datetime NOT NULL
);
CREATE INDEX channels_rep ON channels (rep_id, calendar_id);
CREATE INDEX channels_renew ON channels (renew_at);

CREATE TABLE events (
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    calendar_id text NOT NULL,
    id          text NOT NULL,
    ical_uid    text NOT NULL,
    etag        text NOT NULL,
    series_id   text NOT NULL DEFAULT '',
    recurring   boolean NOT NULL,
    starts_at   datetime,
    ends_at     datetime,
    body        text NOT NULL,
    PRIMARY KEY (rep_id, calendar_id, id)
);
CREATE INDEX events_ends ON events (rep_id, ends_at);
CREATE INDEX events_uid ON events (rep_id, ical_uid);

CREATE TABLE flags (
    id              text PRIMARY KEY,
    rep_id          text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    prospect        text NOT NULL,
    uid             text NOT NULL,
    recurrence      text NOT NULL DEFAULT '',
    reason          text NOT NULL CHECK (reason IN ('no_next_step', 'wrapping_up', 'not_rebooked')),
    state           text NOT NULL CHECK (state IN ('open', 'resolved', 'waived', 'expired')),
    backlog         boolean NOT NULL,
    rested          boolean NOT NULL DEFAULT false,
    no_show         boolean NOT NULL DEFAULT false,
    summary         text NOT NULL,
    starts_at       datetime NOT NULL,
    ends_at         datetime NOT NULL,
    calendar_id     text NOT NULL,
    event_id        text NOT NULL,
    link            text NOT NULL,
    contact_address text NOT NULL,
    contact_name    text NOT NULL,
    times           text NOT NULL DEFAULT '[]',
    unplaced        text NOT NULL DEFAULT '[]',
    next_step       text NOT NULL DEFAULT '',
    waiver          text NOT NULL DEFAULT '',
    opened_at       datetime NOT NULL,
    closed_at       datetime,
    UNIQUE (rep_id, prospect, uid, recurrence)
);
CREATE INDEX flags_state ON flags (rep_id, state, opened_at, id);

CREATE TABLE holds (
    id                  text PRIMARY KEY,
    rep_id              text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    flag_id             text REFERENCES flags (id) ON DELETE CASCADE,
    kind                text NOT NULL CHECK (kind IN ('hold', 'wrap_up')),
    prospect            text NOT NULL,
    prospects           text NOT NULL DEFAULT '[]',
    uid                 text NOT NULL,
    recurrence          text NOT NULL DEFAULT '',
    cadence             text NOT NULL DEFAULT '',
    step                text NOT NULL DEFAULT '',
    channel             text NOT NULL DEFAULT '',
    title               text NOT NULL,
    description         text NOT NULL,
    contact_address     text NOT NULL DEFAULT '',
    contact_name        text NOT NULL DEFAULT '',
    starts_at           datetime NOT NULL,
    ends_at             datetime NOT NULL,
    not_before          datetime,
    due_by              datetime,
    late                boolean NOT NULL DEFAULT false,
    catch_up            boolean NOT NULL DEFAULT false,
    notes               text NOT NULL DEFAULT '[]',
    times               text NOT NULL DEFAULT '[]',
    state               text NOT NULL CHECK (state IN ('planned', 'written', 'moved', 'done', 'skipped', 'released', 'unplaced')),
    reason              text NOT NULL DEFAULT '',
    edited              boolean NOT NULL DEFAULT false,
    on_calendar         boolean NOT NULL DEFAULT false,
    busy                boolean NOT NULL DEFAULT false,
    calendar_id         text NOT NULL DEFAULT '',
    event_id            text NOT NULL DEFAULT '',
    generation          integer NOT NULL DEFAULT 1,
    etag                text NOT NULL DEFAULT '',
    written_title       text NOT NULL DEFAULT '',
    written_description text NOT NULL DEFAULT '',
    written_starts_at   datetime,
    written_ends_at     datetime,
    written_busy        boolean NOT NULL DEFAULT false,
    write_at            datetime,
    write_error         text NOT NULL DEFAULT '',
    created_at          datetime NOT NULL,
    updated_at          datetime NOT NULL,
    UNIQUE (rep_id, kind, prospect, uid, recurrence, cadence, step)
);
CREATE INDEX holds_state ON holds (rep_id, state, starts_at, id);
CREATE INDEX holds_write ON holds (write_at);
CREATE INDEX holds_flag ON holds (flag_id);
CREATE INDEX holds_event ON holds (rep_id, event_id);

-- Meetings to come, by prospect, for the colleagues of the rep.
CREATE TABLE upcoming (
    rep_id    text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    prospect  text NOT NULL,
    uid       text NOT NULL,
    starts_at datetime NOT NULL,
    ends_at   datetime NOT NULL,
    accepted  boolean NOT NULL,
    PRIMARY KEY (rep_id, prospect, uid, starts_at)
);

CREATE TABLE activity (
    id      integer PRIMARY KEY AUTOINCREMENT,
    rep_id  text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    at      datetime NOT NULL,
    kind    text NOT NULL,
    summary text NOT NULL,
    subject text NOT NULL DEFAULT ''
);
CREATE INDEX activity_rep ON activity (rep_id, id);

-- What is left to do at Google for a rep who disconnected: kept apart from the
-- rep's rows, which are erased at once.
CREATE TABLE departures (
    id         text PRIMARY KEY,
    subject    text NOT NULL,
    access     text NOT NULL,
    refresh    text NOT NULL,
    expires_at datetime NOT NULL,
    calendars  text NOT NULL,
    channels   text NOT NULL,
    purge      boolean NOT NULL,
    revoke     boolean NOT NULL,
    try_at     datetime NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    error      text NOT NULL DEFAULT '',
    created_at datetime NOT NULL
);
CREATE INDEX departures_try ON departures (try_at);
