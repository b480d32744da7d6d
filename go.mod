module holdfast

go 1.26.0

require (
	github.com/arran4/golang-ical v0.3.4
	github.com/emersion/go-ical v0.0.0-20250609112844-439c63cef608
	github.com/google/go-cmp v0.7.0
	github.com/teambition/rrule-go v1.8.2
	golang.org/x/net v0.62.0
	pgregory.net/rapid v1.3.0
)

require golang.org/x/text v0.43.0 // indirect
