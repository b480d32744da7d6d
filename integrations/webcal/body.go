package webcal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"

	"holdfast/integrations/ics"
	"holdfast/scheduler"
)

// errTooLong says that a file is longer than maxBody.
var errTooLong = errors.New("longer than a calendar can be")

// body is the file in an answer, unpacked, up to maxBody. It remembers how it ended.
type body struct {
	r    io.Reader
	left int // how much may still come
	sum  hash.Hash
	err  error // why reading stopped; io.EOF at the end
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		n, err = 0, errTooLong
	}
	b.sum.Write(p[:n]) // never fails
	b.err = err
	return n, err
}

// readBody reads the calendar in an answer of host's.
func readBody(answer *http.Response, host string, known token) (scheduler.WebcalRead, error) {
	b := &body{r: answer.Body, left: maxBody, sum: sha256.New()}
	calendar, err := ics.Read(b, host)
	switch {
	case b.err != nil && !errors.Is(b.err, io.EOF):
		return scheduler.WebcalRead{}, interrupted(b.err, host)
	case err != nil:
		return scheduler.WebcalRead{}, noCalendar(err)
	case calendar.Incomplete != "":
		return scheduler.WebcalRead{}, cutShort()
	case calendar.Read > maxEvents:
		return scheduler.WebcalRead{}, &scheduler.WebcalError{
			Words: fmt.Sprintf("The calendar has more than %d events, which is more than Holdfast reads.", maxEvents), Kind: scheduler.ErrInvalid,
		}
	}
	now := newToken(answer.Header, hex.EncodeToString(b.sum.Sum(nil)), calendar.Refresh)
	if now.Digest == known.Digest {
		return scheduler.WebcalRead{Unchanged: true, Token: now.String(), Refresh: calendar.Refresh}, nil
	}
	nameZones(calendar.Events)
	read := scheduler.WebcalRead{
		Events: calendar.Events, Name: calendar.Name, Token: now.String(), Refresh: calendar.Refresh, Warnings: calendar.Warnings,
	}
	if calendar.Zone != nil {
		read.Zone = calendar.Zone.String()
	}
	return read, nil
}
