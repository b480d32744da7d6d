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
    length            bigint NOT NULL,
    first_day         bigint NOT NULL,
    last_day          bigint NOT NULL,
    state             text NOT NULL CHECK (state IN ('draft', 'offered', 'booked', 'cleared', 'sent', 'withdrawn')),
    sent_uncleared    boolean NOT NULL DEFAULT false,
    round             bigint NOT NULL DEFAULT 0,
    offering          boolean NOT NULL DEFAULT false,
    round_at          timestamptz,
    response          text NOT NULL DEFAULT '',
    their_busy        text NOT NULL DEFAULT '',
    widened           text NOT NULL DEFAULT '',
    trouble           text NOT NULL DEFAULT '',
    message           text NOT NULL DEFAULT '',
    source_uid        text NOT NULL DEFAULT '',
    source_recurrence text NOT NULL DEFAULT '',
    sent_at           timestamptz,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);
CREATE INDEX proposals_created ON proposals (rep_id, created_at, id);
-- An event of the calendar tells of one proposal, once and for all.
CREATE UNIQUE INDEX proposals_source ON proposals (rep_id, source_uid, source_recurrence) WHERE source_uid <> '';

-- Offers and reviews are written to the calendar as holds are.
ALTER TABLE holds DROP CONSTRAINT holds_kind_check;
ALTER TABLE holds ADD CONSTRAINT holds_kind_check CHECK (kind IN ('hold', 'wrap_up', 'offer', 'review'));
ALTER TABLE holds ADD COLUMN proposal_id text REFERENCES proposals (id) ON DELETE CASCADE;
ALTER TABLE holds ADD COLUMN round bigint NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN outcome text NOT NULL DEFAULT '';
ALTER TABLE holds ADD COLUMN tells boolean NOT NULL DEFAULT false;
CREATE INDEX holds_proposal ON holds (proposal_id);

-- The promises made to prospects. Whatever else goes wrong, no two of a rep overlap, and
-- none is made twice for a proposal: the database itself refuses the second one.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE bookings (
    id          text PRIMARY KEY,
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    proposal_id text NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    hold_id     text NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
    offer_id    text NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    active      boolean NOT NULL,
    click_key   text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    EXCLUDE USING gist (rep_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (active)
);
CREATE INDEX bookings_times ON bookings (rep_id, starts_at);
CREATE INDEX bookings_hold ON bookings (hold_id);
CREATE INDEX bookings_offer ON bookings (offer_id);
CREATE UNIQUE INDEX bookings_proposal ON bookings (proposal_id) WHERE active;

-- The prospects' people whom the calendar tells of, and how they want to be followed up.
CREATE TABLE contacts (
    id          text PRIMARY KEY,
    rep_id      text NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    address     text NOT NULL,
    name        text NOT NULL,
    prospect    text NOT NULL,
    met_at      timestamptz NOT NULL,
    preferences text NOT NULL DEFAULT '{}',
    asked_at    timestamptz,
    created_at  timestamptz NOT NULL,
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
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX links_rep ON links (rep_id);
