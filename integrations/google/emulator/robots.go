package emulator

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// robotsAllow says whether the receiver's robots.txt lets notifications reach an
// address. It is asked for each delivery: Holdfast may have been started anew in
// between.
func (s *Server) robotsAllow(address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil {
		return false, fmt.Errorf("read the callback's address: %w", err)
	}
	request, err := http.NewRequestWithContext(s.work, http.MethodGet, u.Scheme+"://"+u.Host+"/robots.txt", http.NoBody)
	if err != nil {
		return false, fmt.Errorf("ask for robots.txt: %w", err)
	}
	response, err := s.config.Push.Client.Do(request)
	if err != nil {
		return false, fmt.Errorf("ask for robots.txt: %w", err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode >= http.StatusInternalServerError:
		return false, nil
	case response.StatusCode != http.StatusOK:
		return true, nil
	}
	return allowed(io.LimitReader(response.Body, maxBody), u.EscapedPath()), nil
}

// robotsRule lets paths with a prefix be fetched, or not.
type robotsRule struct {
	prefix string
	allow  bool
}

// allowed applies the rules for APIs-Google, or those for everyone where it has none:
// the longest rule that fits a path wins, and Allow wins over an equal Disallow.
func allowed(robots io.Reader, path string) bool {
	rules := readRobots(robots)
	group, named := rules["apis-google"]
	if !named {
		group = rules["*"]
	}
	best := robotsRule{allow: true}
	for _, r := range group {
		longer := len(r.prefix) > len(best.prefix) || len(r.prefix) == len(best.prefix) && r.allow
		if r.prefix != "" && strings.HasPrefix(path, r.prefix) && longer {
			best = r
		}
	}
	return best.allow
}

// readRobots reads the rules by agent, in lower case.
func readRobots(robots io.Reader) map[string][]robotsRule {
	rules := map[string][]robotsRule{}
	var agents []string // of the group being read
	inRules := false
	for lines := bufio.NewScanner(robots); lines.Scan(); {
		text, _, _ := strings.Cut(lines.Text(), "#")
		key, value, _ := strings.Cut(text, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent":
			if inRules {
				agents, inRules = nil, false
			}
			agents = append(agents, strings.ToLower(value))
			rules[strings.ToLower(value)] = append(rules[strings.ToLower(value)], robotsRule{})
		case "allow", "disallow":
			inRules = true
			for _, agent := range agents {
				rules[agent] = append(rules[agent], robotsRule{value, key == "allow"})
			}
		}
	}
	return rules
}
