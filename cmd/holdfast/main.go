// Command holdfast makes sure that no meeting with a prospect ends without a next
// step. See README.md, and holdfast --help.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // zones are known on machines that have no zone database

	"github.com/alecthomas/kong"
)

// The exit codes of the program.
const (
	exitDone  = 0
	exitFault = 1 // the input or the world is at fault
	exitUsage = 2
)

// commands is the command line: one field a command.
type commands struct {
	Help helpFlag `short:"h" help:"Show help."`

	Scan    scanCommand    `cmd:"" help:"Print the meetings without a next step, and the follow-up holds it would write."`
	Slots   slotsCommand   `cmd:"" help:"Print times to review a proposal that both sides can make."`
	Agenda  agendaCommand  `cmd:"" help:"Print the event instances as Holdfast understands them."`
	Serve   serveCommand   `cmd:"" help:"Run the service: watch calendars, write holds, serve pages and the API."`
	Demo    demoCommand    `cmd:"" help:"Run the service beside a sample calendar; no account needed."`
	Migrate migrateCommand `cmd:"" help:"Bring the service's database up to date, or say how it is."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// world is what a command may touch.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) string
}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func main() {
	w := world{os.Stdin, os.Stdout, os.Stderr, time.Now, os.Getenv}
	os.Exit(w.run(os.Args[1:]))
}

// run carries out one command line and returns the exit code. Every failure is
// one line on standard error.
func (w *world) run(args []string) int {
	err := w.dispatch(args)
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(w.stderr, "holdfast: %s\n", plain(err.Error()))
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFault
}

// helpFlag prints the help of the command it is given to, and ends parsing.
type helpFlag bool

var errHelpShown = errors.New("help was shown")

// BeforeReset is called by kong when the flag is met.
func (helpFlag) BeforeReset(ctx *kong.Context) error {
	if err := ctx.PrintUsage(false); err != nil {
		return err
	}
	return errHelpShown
}

func (w *world) dispatch(args []string) error {
	parser, err := kong.New(&commands{},
		kong.Name("holdfast"),
		kong.Description("Holdfast makes sure no meeting with a prospect ends without a next step."),
		kong.Writers(w.stdout, w.stderr),
		kong.NoDefaultHelp(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if errors.Is(err, errHelpShown) {
		return nil
	}
	if err != nil {
		return usageError{fmt.Errorf("%w (see holdfast --help)", err)}
	}
	return ctx.Run(w)
}
