package ics

import (
	"bufio"
	"bytes"
	"io"
)

const scanBuffer = 64 << 10

// scanner splits a stream into content lines (RFC 5545 §3.1). Lines end in LF
// after any number of CRs (CR CR LF occurs), or in CR alone when the file's
// first line does. Blank lines are passed over, also inside a folded line. A
// content line that nobody unfolds costs no memory, however long it is.
type scanner struct {
	br   *bufio.Reader
	eol  byte
	line int    // physical line of the current content line's first octet
	read int    // physical lines read so far
	head []byte // see scan
	buf  []byte // the unfolded line, reused
	err  error  // why reading stopped; io.EOF at the end

	ended bool // head reaches to the end of its physical line
	done  bool // the current content line has been read to its end
}

func newScanner(r io.Reader) *scanner {
	s := &scanner{br: bufio.NewReaderSize(r, scanBuffer), eol: '\n', done: true}
	if first, _ := s.br.Peek(scanBuffer); endsInCR(first) {
		s.eol = '\r'
	}
	return s
}

// endsInCR reports whether the first line that is not blank ends in a lone CR.
func endsInCR(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte(byteOrderMark)), "\r\n")
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 || text[i] == '\n' {
		return false
	}
	rest := bytes.TrimLeft(text[i:], "\r")
	return len(rest) == 0 || rest[0] != '\n'
}

const byteOrderMark = "\xef\xbb\xbf"

// scan moves to the next content line, passing over what is left of the current
// one, and reports whether there is one. Its first physical line, as far as the
// buffer holds it, is then in s.head until the next call of scan or unfold.
func (s *scanner) scan() bool {
	s.skip()
	for s.err == nil {
		s.line = s.read + 1
		s.head, s.ended = s.chunk()
		// Every file of several that were joined may bring its own mark.
		s.head = bytes.TrimPrefix(s.head, []byte(byteOrderMark))
		if len(bytes.TrimSpace(s.head)) > 0 {
			s.done = false
			return true
		}
	}
	return false
}

// unfold returns the whole current content line, joined, without line ends. It
// is false for one that is longer than maxLine. The line is valid until the
// next call of scan.
func (s *scanner) unfold() ([]byte, bool) {
	if s.done {
		return s.buf, len(s.buf) <= maxLine
	}
	s.buf = append(s.buf[:0], s.head...)
	for !s.ended || s.folded() {
		chunk, ended := s.chunk()
		if len(s.buf) <= maxLine {
			s.buf = append(s.buf, chunk...)
		}
		if s.ended = ended; ended {
			s.buf = trimEnd(s.buf)
		}
	}
	s.done = true
	return s.buf, len(s.buf) <= maxLine
}

// skip reads to the end of the current content line.
func (s *scanner) skip() {
	if s.done {
		return
	}
	for !s.ended || s.folded() {
		_, s.ended = s.chunk()
	}
	s.done = true
}

// chunk reads to the end of a physical line, or as far as the buffer goes.
func (s *scanner) chunk() (text []byte, ended bool) {
	text, err := s.br.ReadSlice(s.eol)
	if err == bufio.ErrBufferFull {
		return text, false
	}
	if err != nil {
		s.err = err
	}
	if len(text) > 0 {
		s.read++
	}
	return trimEnd(text), true
}

// folded reports whether the next physical line continues the current one, and
// if so passes over its first octet, the mark of the fold.
func (s *scanner) folded() bool {
	for s.err == nil {
		next, err := s.br.Peek(1)
		switch {
		case err != nil:
			return false // the next chunk tells why
		case next[0] == ' ' || next[0] == '\t':
			s.br.Discard(1) // cannot fail: it was peeked
			return true
		case !s.blank(next[0]):
			return false
		}
		s.chunk()
	}
	return false
}

// blank reports whether the next physical line, which starts with first, is
// empty.
func (s *scanner) blank(first byte) bool {
	if first == s.eol {
		return true
	}
	if first != '\r' {
		return false
	}
	for n := 2; n <= 4; n++ { // CR LF, CR CR LF, CR CR CR LF
		next, err := s.br.Peek(n)
		if err != nil || next[n-1] == '\n' {
			return err == nil
		}
		if next[n-1] != '\r' {
			return false
		}
	}
	return false
}

// trimEnd cuts the line end off a physical line.
func trimEnd(text []byte) []byte {
	n := len(text)
	for n > 0 && (text[n-1] == '\n' || text[n-1] == '\r') {
		n--
	}
	return text[:n]
}
