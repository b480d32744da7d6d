// Package jobs carries out what the rows of the store say should be: it reads the
// reps' calendars, writes their holds, keeps push channels alive and clears up after
// those who left. It is the only code that reads or changes a remote calendar.
//
// Every job is level-triggered and safe to run twice: it looks at the rows first and
// does what is missing. A crash between any two of its steps, or the loss of the job
// itself, is repaired by the next run, which the tick asks for as long as a row is
// due.
package jobs
