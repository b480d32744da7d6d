-- +goose Up

-- Proposals that are to be gone through together before they count as clear to be sent.
CREATE TABLE proposals (
    id                text PRIMARY KEY,
    rep_id            text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    prospect          text NOT NULL,
    contact_address   text NOT NULL,
    contact_name      text NOT NULL,
    title             text NOT NULL,
    send_on           text NOT NULL,
    length            integer NOT NULL,
    first_day         integer NOT NULL,
    last_day          integer NOT NULL,
    state             text NOT NULL CHECK (state IN ('draft', 'offered', 'booked', 'cleared', 'sent', 'withdrawn')),
    sent_uncleared    boolean NOT NULL DEFAULT false,
    round             integer NOT NULL DEFAULT 0,
    offering          boolean NOT NULL DEFAULT false,
    round_at          datetime,
    response          text NOT NULL DEFAULT '',
    their_busy        text NOT NULL DEFAULT '',
    widened           text NOT NULL DEFAULT '',
    trouble           text NOT NULL DEFAULT '',
    message           text NOT NULL DEFAULT '',
    source_uid        text NOT NULL DEFAULT '',
    source_recurrence text NOT NULL DEFAULT '',
    sent_at           datetime,
    created_at        datetime NOT NULL,
    updated_at        datetime NOT NULL
);
CREATE INDEX proposals_created ON proposals (rep_id, created_at, id);
-- An event of the calendar tells of one proposal, once and for all.
CREATE UNIQUE INDEX proposals_source ON proposals (rep_id, source_uid, source_recurrence) WHERE source_uid <> '';

-- Offers and reviews are written to the calendar as holds are. SQLite changes no check
-- in place; nothing refers to holds yet, so the table is made anew.
CREATE TABLE new_holds (
    id                  text PRIMARY KEY,
    rep_id              text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    flag_id             text REFERENCES flags (id) ON DELETE CASCADE,
    kind                text NOT NULL CHECK (kind IN ('hold', 'wrap_up', 'offer', 'review')),
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
    proposal_id         text REFERENCES proposals (id) ON DELETE CASCADE,
    round               integer NOT NULL DEFAULT 0,
    outcome             text NOT NULL DEFAULT '',
    tells               boolean NOT NULL DEFAULT false,
    UNIQUE (rep_id, kind, prospect, uid, recurrence, cadence, step)
);
INSERT INTO new_holds (
    id, rep_id, flag_id, kind, prospect, prospects, uid, recurrence, cadence, step, channel, title,
    description, contact_address, contact_name, starts_at, ends_at, not_before, due_by, late, catch_up, notes,
    times, state, reason, edited, on_calendar, busy, calendar_id, event_id, generation, etag, written_title,
    written_description, written_starts_at, written_ends_at, written_busy, write_at, write_error, created_at,
    updated_at
) SELECT
    id, rep_id, flag_id, kind, prospect, prospects, uid, recurrence, cadence, step, channel, title,
    description, contact_address, contact_name, starts_at, ends_at, not_before, due_by, late, catch_up, notes,
    times, state, reason, edited, on_calendar, busy, calendar_id, event_id, generation, etag, written_title,
    written_description, written_starts_at, written_ends_at, written_busy, write_at, write_error, created_at,
    updated_at
FROM holds;
DROP TABLE holds;
ALTER TABLE new_holds RENAME TO holds;
CREATE INDEX holds_state ON holds (rep_id, state, starts_at, id);
CREATE INDEX holds_write ON holds (write_at);
CREATE INDEX holds_flag ON holds (flag_id);
CREATE INDEX holds_event ON holds (rep_id, event_id);
CREATE INDEX holds_proposal ON holds (proposal_id);

-- The promises made to prospects. Whatever else goes wrong, no two of a rep overlap, and
-- none is made twice for a proposal: the database itself refuses the second one.
CREATE TABLE bookings (
    id          text PRIMARY KEY,
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    proposal_id text NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    hold_id     text NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
    offer_id    text NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
    starts_at   datetime NOT NULL,
    ends_at     datetime NOT NULL,
    active      boolean NOT NULL,
    click_key   text NOT NULL DEFAULT '',
    created_at  datetime NOT NULL
);
CREATE INDEX bookings_times ON bookings (rep_id, starts_at);
CREATE INDEX bookings_hold ON bookings (hold_id);
CREATE INDEX bookings_offer ON bookings (offer_id);
CREATE UNIQUE INDEX bookings_proposal ON bookings (proposal_id) WHERE active;

-- +goose StatementBegin
CREATE TRIGGER bookings_overlap_insert BEFORE INSERT ON bookings WHEN NEW.active
BEGIN
    SELECT RAISE(ABORT, 'two bookings overlap') FROM bookings
        WHERE rep_id = NEW.rep_id AND active AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bookings_overlap_update BEFORE UPDATE ON bookings WHEN NEW.active
BEGIN
    SELECT RAISE(ABORT, 'two bookings overlap') FROM bookings
        WHERE rep_id = NEW.rep_id AND active AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at;
END;
-- +goose StatementEnd

-- The prospects' people whom the calendar tells of, and how they want to be followed up.
CREATE TABLE contacts (
    id          text PRIMARY KEY,
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    address     text NOT NULL,
    name        text NOT NULL,
    prospect    text NOT NULL,
    met_at      datetime NOT NULL,
    preferences text NOT NULL DEFAULT '{}',
    asked_at    datetime,
    created_at  datetime NOT NULL,
    UNIQUE (rep_id, address)
);
CREATE INDEX contacts_met ON contacts (rep_id, met_at, id);

-- The links that prospects are given: to a proposal's booking page, or to the question
-- alone how a contact wants to be followed up.
CREATE TABLE links (
    id          text PRIMARY KEY,
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    proposal_id text UNIQUE REFERENCES proposals (id) ON DELETE CASCADE,
    contact_id  text UNIQUE REFERENCES contacts (id) ON DELETE CASCADE,
    token_hash  text NOT NULL UNIQUE,
    token       text NOT NULL,
    expires_at  datetime NOT NULL,
    created_at  datetime NOT NULL
);
CREATE INDEX links_rep ON links (rep_id);
