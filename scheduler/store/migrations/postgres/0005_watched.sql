-- +goose Up

-- Calendars elsewhere, known by their address alone, which is sealed. Host is what of it
-- may be shown, failures how often in a row it could not be read.
ALTER TABLE calendars ADD COLUMN kind text NOT NULL CHECK (kind IN ('google', 'webcal')) DEFAULT 'google';
ALTER TABLE calendars ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE calendars ADD COLUMN host text NOT NULL DEFAULT '';
ALTER TABLE calendars ADD COLUMN failures bigint NOT NULL DEFAULT 0;
