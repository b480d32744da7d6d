package scheduler

import "strings"

func ParseAddress(value string) (string, bool) {
	s := strings.ToLower(strings.TrimSpace(value))
	s = strings.TrimPrefix(s, "mailto:")
	return s, strings.Count(s, "@") == 1 && s[0] != '@'
}
