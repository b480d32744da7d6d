package store

// RepState says how far Holdfast may act for a rep.
type RepState string

// The states of a rep.
const (
	Connected    RepState = "connected"
	Paused       RepState = "paused"       // reading goes on, nothing is written
	Reconnect    RepState = "reconnect"    // the consent is gone: only signing in again helps
	Disconnected RepState = "disconnected" // the rep left, and kept their history here
)
