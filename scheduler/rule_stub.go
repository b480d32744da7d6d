package scheduler

import (
	"errors"
	"strings"
)

// ParseRule is a stub.
func ParseRule(s string) (Rule, error) {
	if !strings.Contains(s, "FREQ=") {
		return Rule{}, errors.New("no FREQ")
	}
	return Rule{}, nil
}

func (r Rule) String() string { return "" }
