// Package google is Holdfast's client of Google: sign-in by OpenID Connect, and the
// rep's calendars through the Calendar API v3, in the scheduler's types.
//
// Every call to the Calendar API goes through one place, which keeps the rate budgets,
// refreshes tokens, sets a deadline, counts, and says what a failure means (the Err
// values of package scheduler). It never tries a call again by itself, apart from one
// refresh of a token that was refused: retries belong to the job queue.
package google
