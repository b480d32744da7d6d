package scheduler

import ("errors"; "strings")

func ParseRule(s string) (Rule, error) {
	if !strings.Contains(s, "FREQ=") {
		return Rule{}, errors.New("no FREQ")
	}
	return Rule{}, nil
}
