package scheduler

import (
	"cmp"
	"slices"
	"strings"
)

// titleReader reads in titles that a proposal is to be sent, and to whom.
type titleReader struct {
	languages []phrases
	// nouns are the words of which a title has one at least, words all that phrases are
	// made of: nobody's name.
	nouns, words map[string]bool
	// names are what the prospects and their people are called, without spaces.
	names map[string]named
}

// named is whom a name stands for. A better rank is a more exact name.
type named struct {
	KnownContact
	rank int
}

// The ranks of names.
const (
	byCompany = iota + 1
	byName
	byAddress
)

// mostWords is of how many words a name is at most.
const mostWords = 6

func newTitleReader(languages []string, contacts []KnownContact) *titleReader {
	r := &titleReader{nouns: make(map[string]bool), words: make(map[string]bool), names: make(map[string]named)}
	for _, code := range languages {
		if l, known := proposalPhrases[code]; known {
			r.speak(l)
		}
	}
	for _, c := range contacts {
		r.name(joinedWords(wordsOf(c.Address)), named{c, byAddress})
		if words := wordsOf(c.Name); len(words) > 1 { // a first name is many people's
			last := len(words) - 1
			r.name(joinedWords(words), named{c, byName})
			r.name(words[last].text+joinedWords(words[:last]), named{c, byName}) // Ruiz, Ana
		}
		if company, _, isDomain := strings.Cut(c.Prospect, "."); isDomain && !strings.Contains(c.Prospect, "@") {
			r.name(joinedWords(wordsOf(company)), named{c, byCompany})
		}
	}
	return r
}

// speak adds the phrases of a language.
func (r *titleReader) speak(l phrases) {
	r.languages = append(r.languages, l)
	for _, noun := range slices.Concat(l.nouns, l.alone) {
		r.nouns[noun], r.words[noun] = true, true
	}
	for _, phrase := range slices.Concat(l.before, l.after, l.fill, l.lead, l.and) {
		for _, text := range strings.Fields(phrase) {
			r.words[text] = true
		}
	}
}

// name notes that text stands for n, unless it stands for somebody more exactly named
// or, equally, met later.
func (r *titleReader) name(text string, n named) {
	if old, taken := r.names[text]; len(text) > 1 && !r.words[text] && (!taken || n.compare(old) > 0) {
		r.names[text] = n
	}
}

func (n named) compare(other named) int {
	return cmp.Or(cmp.Compare(n.rank, other.rank), n.MetAt.Compare(other.MetAt), cmp.Compare(other.Address, n.Address))
}

// read returns to whom title says that a proposal is to be sent; ok is false where it
// says no such thing, or names nobody who is known. Of several the one named most
// exactly, then the one met last.
func (r *titleReader) read(title string) (who KnownContact, ok bool) {
	words := wordsOf(title)
	if !slices.ContainsFunc(words, func(w word) bool { return r.nouns[w.text] }) {
		return KnownContact{}, false
	}
	var best named
	for i := range words {
		for n := 1; n <= mostWords && i+n <= len(words); n++ {
			found, known := r.names[joinedWords(words[i:i+n])]
			if known && found.compare(best) > 0 && r.say(words, i, n) {
				best = found
			}
		}
	}
	return best.KnownContact, best.rank > 0
}

// say reports whether words without the n words of a name at i say, in one of the
// languages, that a proposal is to be sent.
func (r *titleReader) say(words []word, i, n int) bool {
	rest := make([]word, 0, len(words))
	rest = append(append(rest, words[:i]...), words[i+n:]...)
	if i < len(rest) && words[i].begins { // "Acme send proposal"
		rest[i].begins = true
	}
	for j := range r.languages {
		if r.languages[j].say(rest) {
			return true
		}
	}
	return false
}

func joinedWords(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.text)
	}
	return b.String()
}
