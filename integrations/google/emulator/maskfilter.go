package emulator

import (
	"bytes"
	"encoding/json"
)

// apply keeps of a JSON value what the mask names. The value must be as json.Marshal
// writes it: valid and without spaces.
func (m mask) apply(value json.RawMessage) json.RawMessage {
	f := filter{in: value, out: make([]byte, 0, len(value))}
	f.value(m)
	return f.out
}

// filter copies one JSON text to another in one pass, leaving things out.
type filter struct {
	in  []byte
	at  int
	out []byte
}

func (f *filter) value(m mask) {
	switch {
	case m == nil || f.in[f.at] != '{' && f.in[f.at] != '[':
		start := f.at
		f.skip()
		f.out = append(f.out, f.in[start:f.at]...)
	case f.in[f.at] == '{':
		f.members('}', func() { f.member(m) })
	default:
		f.members(']', func() { f.value(m) })
	}
}

// members copies what is between two brackets, and commas between what was kept.
func (f *filter) members(end byte, copyOne func()) {
	f.out = append(f.out, f.in[f.at])
	f.at++
	for first := true; f.in[f.at] != end; {
		if f.in[f.at] == ',' {
			f.at++
		}
		before := len(f.out)
		if !first {
			f.out = append(f.out, ',')
		}
		kept := len(f.out)
		copyOne()
		if len(f.out) == kept {
			f.out = f.out[:before]
			continue
		}
		first = false
	}
	f.out = append(f.out, end)
	f.at++
}

// member copies a name and its value, if the mask names it.
func (f *filter) member(m mask) {
	start := f.at
	f.skip()
	name := f.in[start+1 : f.at-1]
	f.at++ // the colon
	below, wanted := m[string(name)]
	if !wanted {
		below, wanted = m["*"]
	}
	if !wanted {
		f.skip()
		return
	}
	f.out = append(f.out, f.in[start:f.at]...)
	f.value(below)
}

// skip passes over a value.
func (f *filter) skip() {
	for depth := 0; ; {
		switch f.in[f.at] {
		case '"':
			f.skipString()
		case '{', '[':
			depth++
			f.at++
		case '}', ']':
			depth--
			f.at++
		case ',', ':':
			f.at++
		default: // a number, true, false or null
			if n := bytes.IndexAny(f.in[f.at:], ",:]}"); n >= 0 {
				f.at += n
			} else {
				f.at = len(f.in)
			}
		}
		if depth == 0 {
			return
		}
	}
}

func (f *filter) skipString() {
	for f.at++; f.in[f.at] != '"'; f.at++ {
		if f.in[f.at] == '\\' {
			f.at++
		}
	}
	f.at++
}
