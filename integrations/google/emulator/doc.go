// Package emulator is Google on the wire, as far as Holdfast uses it: OpenID Connect,
// OAuth 2.0, Calendar v3 and its push notifications, as one http.Handler for tests and
// for the demo. Nothing of Holdfast is in it: a client that works here was written for
// Google.
//
// A Server starts empty. AddUser makes accounts; a User's methods are that person's
// own hand on their calendars; Consent is their click on the consent page. Faults,
// fates of notifications and the limits in Config make it as unreliable as the real
// one, and the journal (Calls, Writes, Mails, Pushes, Violations) says what a client
// did. Time is what Config.Now says, so tokens, channels and quotas age when a test
// moves its clock; the same Seed and the same calls give the same ids and tokens.
//
// # What is emulated
//
// The numbers are those of the tests, TestBehaviour01 to 25.
//
//  1. Access tokens expire after an hour: 401 authError.
//  2. Each method wants one of its scopes; events.owned reaches owned calendars only.
//  3. Codes are good once, for 10 minutes, their redirect_uri and their S256 verifier.
//     Refresh tokens come with a consent only, never with a refresh; scopes may be
//     unticked; what is dead is invalid_grant.
//  4. Revoking any token ends the whole grant. Refresh tokens die after six months
//     unused, after 7 days for an app in testing, and when 100 newer ones exist.
//  5. Pages have 250 events, 2500 at most, and may be short or empty and yet have a
//     next one.
//  6. A list with orderBy has no sync token.
//  7. A sync token brings what changed since the first page of the list that gave it,
//     deletions included, however writes and pages interleave.
//  8. Parameters that exclude sync tokens, garbage (400), and tokens that are too old,
//     from before a change of roles, or expired on demand (410 fullSyncRequired).
//  9. Full lists hold no deleted events, but the cancelled instances of series where
//     singleEvents and showDeleted are both false.
//  10. A deleted event has its id and status; a cancelled instance also its series and
//     original start.
//  11. With singleEvents a touched series comes as all its instances (730 where it has
//     no end), a deleted one as half a year of cancellations.
//  12. Instances are named by their original start. An instance that was edited or
//     deleted is an exception; "this and following" ends a series and begins another.
//  13. A deleted event is read as cancelled, an unknown one is notFound.
//  14. A deleted event cannot be deleted again: 410 deleted.
//  15. Ids are base32hex, 5 to 1024 long, and taken for ever: 409 duplicate.
//  16. ETags, If-Match (412) and If-None-Match (304); reminders leave updated alone.
//  17. PATCH merges objects, replaces arrays, clears by null; PUT replaces.
//  18. Empty spans, series without a zone, times in the calendar's zone.
//  19. Event types are kept, filtered and bound to primary calendars; guests change
//     only what is theirs.
//  20. Extended properties are cut and dropped without a word, and filter.
//  21. Free/busy: opaque and not declined, 50 calendars, 90 days, errors in a 200. Others'
//     is shown where they share it, or have it open to their mail domain.
//  22. What cannot be watched, and channels' ids, lives and forms of expiration.
//  23. Notifications: sync, then exists, also of a client's own writes; dropped, held,
//     doubled, reordered, tried again; channels overlap, expire and are stopped.
//  24. Faults by user, method and call: any status and reason, a hang, a dropped
//     connection, before or after the write is carried out.
//  25. The calendar list with roles, zones, its sync token; requiredAccessLevel.
//
// For people, and for the demo, /calendar shows what is in a calendar, and an event's
// htmlLink leads to a page that moves and deletes it by hand.
//
// An invitation reaches the primary calendar of a guest who has an account, and their
// answer comes back. Every mail that guests would get is noted (Mails), and every one
// that they were not to get (Untold). A conference that is asked for is made at once.
// Readers see of private events that they are, and guests who may
// not see each other see themselves.
//
// # Where it is stricter
//
// Requests are held to Google's discovery document, from which discovery.json is
// derived: a path, method, query parameter, value, body field or name in a fields mask
// that is not in it is answered by 400 and recorded as a violation. So are fields that
// can only be read, credentials in an address, a list continued or synchronised with
// other parameters, conference data and attachments that Google would ignore, and
// authorization requests without a state or without PKCE by S256. Methods that Holdfast
// does not use (import, move, quickAdd, access control, colors and others) are
// violations too.
//
// Where Google's words leave room, the emulator takes the least: tombstones say only
// what is guaranteed, the exceptions of a deleted series vanish without a word, message
// numbers have gaps, a change brings a notification each, the window of a first list
// does not bound what a sync token brings, and a deleted event can be restored by its
// owner's hand only.
package emulator
