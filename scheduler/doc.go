// Package scheduler is Holdfast's domain: what counts as a meeting with a
// prospect, which meetings have no next step, and when a follow-up can be held.
//
// It is pure. Nothing in it reads a clock, a file or the network, and nothing
// starts a goroutine: the current time is a value its callers pass in, so the
// same input always gives the same answer. The rules it carries out are named
// in README.md and, as tests, in the *_test.go files beside the code.
package scheduler
