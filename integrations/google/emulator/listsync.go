package emulator

import "slices"

// Parameters that a sync token excludes.
var notWithSyncToken = []string{
	"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin",
}

// Parameters that may differ from page to page.
var presentation = []string{
	"pageToken", "syncToken", "maxResults", "fields", "prettyPrint", "alt", "quotaUser", "timeZone",
	"maxAttendees", "alwaysIncludeEmail",
}

// Parameters that may differ between the list that gave a sync token and the one
// that brings it.
var unsynced = slices.Concat([]string{"showDeleted"}, notWithSyncToken, presentation)

// start is where the call begins: a first page, a later one, or the changes since a
// sync token.
func (l *listing) start() (cursor, error) {
	q := l.call.query
	first := cursor{Of: l.call.user.email + "/" + l.calendar.id, Params: fingerprint(q, presentation...), UpTo: l.server.rev}
	if q.Has("syncToken") {
		token, err := l.syncToken(q.Get("syncToken"), first.Of)
		if err != nil {
			return first, err
		}
		first.Since, first.Delta = token.Since, true
	}
	if !q.Has("pageToken") {
		return first, nil
	}
	page, sealed := l.server.open(q.Get("pageToken"))
	switch {
	case !sealed, page.Sync, page.Of != first.Of:
		return first, invalidParameter("pageToken", "Invalid page token value.")
	case page.Params != first.Params, q.Has("syncToken") && page.Since != first.Since:
		return first, l.server.refuse(l.call.method.ID, "other parameters than on the page before")
	}
	return page, nil
}

// syncToken reads a sync token and holds the other parameters to it.
func (l *listing) syncToken(text, of string) (cursor, error) {
	for _, name := range notWithSyncToken {
		if l.call.query.Has(name) {
			return cursor{}, invalidParameter(name, "Sync token cannot be used with "+name+".")
		}
	}
	if l.call.query.Get("showDeleted") == "false" {
		return cursor{}, invalidParameter("showDeleted", "Sync token cannot be used with showDeleted set to false.")
	}
	token, sealed := l.server.open(text)
	switch {
	case !sealed, !token.Sync, token.Of != of:
		return token, invalidParameter("syncToken", "Invalid sync token value.")
	case l.server.expired(l.call.user.entries[l.calendar.id], token.issued(), token.Epoch):
		return token, fullSyncRequired()
	case token.Params != fingerprint(l.call.query, unsynced...):
		return token, l.server.refuse(l.call.method.ID, "other parameters than those that the sync token was given for")
	}
	return token, nil
}
