package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Transport answers requests without a network, whatever host they name. A dropped
// connection is an error, as it is on the wire.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

var errDropped = errors.New("connection dropped")

// RoundTrip serves the request in its own goroutine and waits for it, or for its
// context.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	inner := r.Clone(r.Context())
	inner.RequestURI = r.URL.RequestURI()
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	w := &answerWriter{header: http.Header{}}
	if dropped := t.serve(w, inner); dropped {
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, errDropped)
	}
	if err := inner.Body.Close(); err != nil {
		return nil, fmt.Errorf("close the request: %w", err)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.code, http.StatusText(w.code)), StatusCode: w.code, Header: w.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
	}, nil
}

func (t transport) serve(w http.ResponseWriter, r *http.Request) (dropped bool) {
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			dropped = true
		}
	}()
	t.server.ServeHTTP(w, r)
	return false
}

// answerWriter keeps an answer in memory.
type answerWriter struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (w *answerWriter) Header() http.Header { return w.header }

func (w *answerWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *answerWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}
