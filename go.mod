module holdfast

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/teambition/rrule-go v1.8.2
)

require pgregory.net/rapid v1.3.0

require github.com/emersion/go-ical v0.0.0-20250609112844-439c63cef608
