//go:build race

package ics

// underRace is how much longer, and in how much more memory, the race detector lets
// a test run.
const underRace = 10
