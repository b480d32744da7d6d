// Package webcal reads calendars that other servers publish as iCalendar files, by their
// address alone.
//
// The address comes from whoever signed in, so it may lead anywhere: to the service's own
// network, to a server that never ends its answer, to a file made to be slow. Where a
// connection goes is therefore decided when it is made, by the number that the name
// turned out to have; time, size and redirects have limits; and no error repeats the
// address, which may be all that is needed to read the calendar.
package webcal
