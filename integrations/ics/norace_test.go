//go:build !race

package ics

// underRace is 1 without the race detector.
const underRace = 1
