package store

// RepSettings are what a rep may change.
type RepSettings struct{}
