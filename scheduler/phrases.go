package scheduler

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// phrases are the ways in which a title says, in one language, that a proposal is to be
// sent. Words are in lower case; those that say that it was sent are in none of them.
type phrases struct {
	nouns  []string // what is sent
	before []string // to send, where the noun follows: "send the proposal"
	after  []string // to send, where the noun goes before: "Angebot an Acme senden"
	alone  []string // words that say all of it: "Angebotsversand"
	fill   []string // words that may stand between
	lead   []string // words that may go before
	and    []string // words that begin something else to do
	not    []string // after the noun, words that make something else of it: "proposal feedback"
}

// ProposalLanguages are the languages in which titles are read (ISO 639-1), sorted.
func ProposalLanguages() []string { return slices.Sorted(maps.Keys(proposalPhrases)) }

// proposalPhrases are the phrases that are known, by ISO 639-1 code.
var proposalPhrases = map[string]phrases{
	"en": {
		nouns:  []string{"proposal", "proposals", "quote", "quotation", "offer"},
		before: []string{"send", "sending", "submit", "submitting", "deliver", "email", "mail", "send out", "send over", "send off"},
		after:  []string{"to send", "to be sent"},
		fill:   []string{"the", "a", "an", "our", "my", "this", "final", "updated", "revised", "new", "first", "out", "over", "them", "him", "her", "their", "s", "inc", "corp", "ltd", "llc", "price", "pricing", "commercial", "renewal", "for", "to"},
		lead:   []string{"please", "todo", "to do", "task", "reminder", "remember to", "don t forget to", "need to", "i need to", "we need to", "must"},
		and:    []string{"and", "then"},
		not:    []string{"feedback", "review", "reminder", "template", "comments", "questions", "letter", "request", "follow", "followup", "invite", "invitation", "call", "meeting"},
	},
	"de": {
		nouns:  []string{"angebot", "angebote", "angebots", "offerte", "kostenvoranschlag"},
		before: []string{"sende", "versende", "schicke", "schick", "verschicke", "maile", "versand", "versenden", "senden", "schicken"},
		after:  []string{"senden", "versenden", "zusenden", "absenden", "schicken", "verschicken", "zuschicken", "abschicken", "rausschicken", "mailen", "übermitteln"},
		alone:  []string{"angebotsversand"},
		fill:   []string{"das", "ein", "die", "eine", "den", "der", "des", "unser", "unsere", "neue", "neues", "finale", "finales", "überarbeitete", "überarbeitetes", "an", "für", "fuer", "bis", "heute", "morgen", "per", "mail", "raus", "ab", "zu", "gmbh", "ag"},
		lead:   []string{"bitte", "todo", "to do", "aufgabe", "erinnerung", "nicht vergessen", "noch", "dringend", "wichtig"},
		and:    []string{"und", "dann"},
		not:    []string{"nachfassen", "besprechen", "prüfen"},
	},
	"fr": {
		nouns:  []string{"proposition", "propositions", "offre", "offres", "devis"},
		before: []string{"envoyer", "envoie", "envoyez", "envoi", "transmettre", "adresser", "soumettre", "remettre"},
		after:  []string{"à envoyer", "a envoyer", "à transmettre"},
		fill:   []string{"la", "le", "les", "l", "une", "un", "notre", "nos", "nouvelle", "de", "d", "du", "des", "leur", "commerciale", "à", "a", "au", "aux", "chez", "pour"},
		lead:   []string{"todo", "à faire", "rappel", "penser à", "ne pas oublier d", "ne pas oublier de", "merci d", "il faut", "svp"},
		and:    []string{"et", "puis"},
	},
	"es": {
		nouns:  []string{"propuesta", "propuestas", "oferta", "ofertas", "presupuesto", "cotización", "cotizacion"},
		before: []string{"enviar", "envía", "enviarle", "enviarles", "envío", "mandar", "manda", "mandarle", "remitir"},
		after:  []string{"por enviar", "a enviar", "para enviar"},
		fill:   []string{"la", "las", "el", "una", "un", "nuestra", "nueva", "de", "del", "le", "les", "comercial", "a", "al", "para"},
		lead:   []string{"tarea", "recordatorio", "recordar", "por favor", "hay que", "no olvidar", "pendiente"},
		and:    []string{"y", "luego"},
	},
	"it": {
		nouns:  []string{"proposta", "proposte", "offerta", "offerte", "preventivo", "preventivi"},
		before: []string{"inviare", "invia", "invio", "mandare", "manda", "spedire", "spedisci", "trasmettere"},
		after:  []string{"da inviare", "da mandare", "da spedire"},
		fill:   []string{"la", "le", "l", "il", "una", "un", "nostra", "nuova", "di", "del", "della", "dell", "commerciale", "a", "ad", "al", "alla", "per"},
		lead:   []string{"promemoria", "ricorda di", "ricordarsi di", "ricordati di", "non dimenticare di", "devo", "bisogna", "per favore"},
		and:    []string{"e", "poi"},
	},
	"nl": {
		nouns:  []string{"offerte", "offertes", "voorstel", "prijsopgave"},
		before: []string{"stuur", "verstuur", "verzend", "zend", "versturen", "sturen", "verzenden", "mail"},
		after:  []string{"sturen", "versturen", "opsturen", "toesturen", "verzenden", "zenden", "mailen"},
		fill:   []string{"de", "het", "een", "onze", "nieuwe", "definitieve", "aangepaste", "naar", "aan", "voor", "van de", "te", "op", "bv"},
		lead:   []string{"taak", "herinnering", "graag", "niet vergeten", "nog", "todo"},
		and:    []string{"en", "dan"},
		not:    []string{"bespreken", "nabellen"},
	},
	"pt": {
		nouns:  []string{"proposta", "propostas", "orçamento", "orcamento", "cotação", "cotacao", "oferta"},
		before: []string{"enviar", "envia", "envie", "envio", "mandar", "manda", "mande", "remeter"},
		after:  []string{"a enviar", "por enviar", "para enviar"},
		fill:   []string{"a", "as", "o", "uma", "um", "nossa", "nova", "da", "de", "do", "comercial", "à", "ao", "para"},
		lead:   []string{"tarefa", "lembrete", "lembrar de", "por favor", "não esquecer de", "é preciso", "falta"},
		and:    []string{"e", "depois"},
	},
}

// mostFill is how many words may stand between the verb and the noun.
const mostFill = 4

// word is a word of a title, in lower case.
type word struct {
	text   string
	begins bool // a sign before it, a colon or a dash, begins something else
}

// wordsOf returns the words of a title. A dot, a hyphen, an at sign or an apostrophe
// inside a word parts it, and begins nothing else.
func wordsOf(title string) []word {
	runes := []rune(strings.ToLower(norm.NFKC.String(title)))
	var words []word
	begins := true
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && inWord(runes[end]) {
			end++
		}
		if end > i {
			words = append(words, word{string(runes[i:end]), begins})
			begins, i = false, end
			continue
		}
		begins = begins || partsWords(runes, i)
		i++
	}
	return words
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// partsWords reports whether the sign at runes[i] begins something else.
func partsWords(runes []rune, i int) bool {
	switch r := runes[i]; {
	case unicode.IsSpace(r), strings.ContainsRune(`"“”„«»`, r):
		return false
	case strings.ContainsRune(".-‐‑'’@_", r):
		return i == 0 || i+1 == len(runes) || !inWord(runes[i-1]) || !inWord(runes[i+1])
	}
	return true
}

// say reports whether words, of which the name of the prospect was taken out, say that
// a proposal is to be sent: as something to do, which begins the title or comes after a
// sign in it.
func (l *phrases) say(words []word) bool {
	for i := range words {
		if words[i].begins || slices.Contains(l.and, words[i].text) {
			if l.begin(l.task(words[i:])) {
				return true
			}
		}
	}
	return false
}

// task returns the texts of one thing to do: words up to where something else begins,
// without what leads to it.
func (l *phrases) task(words []word) []string {
	var texts []string
	for i, w := range words {
		isAnd := slices.Contains(l.and, w.text)
		if i > 0 && (w.begins || isAnd) {
			break
		}
		if !isAnd {
			texts = append(texts, w.text)
		}
	}
	for i := 0; i < len(l.lead); i++ {
		if rest, ok := cutWords(texts, l.lead[i]); ok {
			texts, i = rest, -1
		}
	}
	return texts
}

// cutWords returns texts without the words of phrase, where they begin with them.
func cutWords(texts []string, phrase string) ([]string, bool) {
	words := strings.Fields(phrase)
	if len(texts) < len(words) || !slices.Equal(texts[:len(words)], words) {
		return texts, false
	}
	return texts[len(words):], true
}

// begin reports whether texts begin with a phrase.
func (l *phrases) begin(texts []string) bool {
	if len(texts) > 0 && slices.Contains(l.alone, texts[0]) {
		return true
	}
	for _, verb := range l.before {
		if rest, ok := cutWords(texts, verb); ok && l.follow(rest, l.nouns) {
			return true
		}
	}
	rest := texts
	for len(rest) > 0 && slices.Contains(l.fill, rest[0]) { // "the proposal to be sent"
		rest = rest[1:]
	}
	return len(rest) > 0 && slices.Contains(l.nouns, rest[0]) && l.follow(rest[1:], l.after)
}

// follow reports whether one of ends comes in texts after no more than words that may
// stand between, and nothing behind it makes something else of it.
func (l *phrases) follow(texts []string, ends []string) bool {
	for i := 0; i <= mostFill && i < len(texts); i++ {
		for _, end := range ends {
			if rest, ok := cutWords(texts[i:], end); ok {
				return len(rest) == 0 || !slices.Contains(l.not, rest[0])
			}
		}
		if !slices.Contains(l.fill, texts[i]) {
			return false
		}
	}
	return false
}
