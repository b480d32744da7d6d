// Package emulator is Google on the wire, as far as Holdfast uses it: OpenID Connect,
// OAuth 2.0, Calendar v3 and its push notifications, as one http.Handler for tests
// and for the demo. It is stricter than Google, never kinder.
package emulator
