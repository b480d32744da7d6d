package emulator

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"net/url"
	"strconv"
	"time"
)

// cursor is what a page token or a sync token says; clients see it sealed.
type cursor struct {
	Sync   bool   `json:"s,omitempty"` // a sync token; otherwise a page token
	Of     string `json:"o"`           // whose, and of which list
	Params uint64 `json:"p"`           // digest of the parameters that must not change
	Since  int64  `json:"a,omitempty"` // changes after this revision are listed
	UpTo   int64  `json:"u,omitempty"` // and up to this one
	At     int64  `json:"r,omitempty"` // page: all up to this revision were listed,
	Skip   int    `json:"k,omitempty"` // and this many items of what follows
	Blank  bool   `json:"b,omitempty"` // page: the empty page before was given
	Delta  bool   `json:"d,omitempty"` // page of an incremental list
	Issued int64  `json:"i"`
	Epoch  int64  `json:"e"`
}

func (s *Server) seal(c cursor) string {
	c.Issued = s.now().Unix()
	c.Epoch = s.syncEpoch
	data, err := json.Marshal(c)
	if err != nil {
		panic("emulator: a cursor is numbers and strings: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(append(data, s.digest(data)...))
}

// open reads a token that seal made; false for anything else.
func (s *Server) open(token string) (cursor, bool) {
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) < 8 {
		return c, false
	}
	data, sum := data[:len(data)-8], string(data[len(data)-8:])
	if string(s.digest(data)) != sum || json.Unmarshal(data, &c) != nil {
		return c, false
	}
	return c, true
}

// digest keeps tokens of another server, and corrupted ones, out.
func (s *Server) digest(data []byte) []byte {
	h := fnv.New64a()
	h.Write([]byte(s.config.ClientSecret + strconv.FormatUint(s.config.Seed, 10)))
	h.Write(data)
	return h.Sum(nil)
}

func (c cursor) issued() time.Time { return time.Unix(c.Issued, 0) }

// fingerprint digests the query parameters but for those named.
func fingerprint(query url.Values, but ...string) uint64 {
	kept := url.Values{}
	for name, values := range query {
		kept[name] = values
	}
	for _, name := range but {
		kept.Del(name)
	}
	h := fnv.New64a()
	h.Write([]byte(kept.Encode()))
	return h.Sum64()
}

// listETag changes with every change anywhere.
func (s *Server) listETag() string { return `"p` + strconv.FormatInt(s.rev, 36) + `"` }
