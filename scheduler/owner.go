package scheduler

// owners are the main addresses of connected reps by each of their addresses; ""
// stands for the rep themselves. It is empty where no colleague is connected.
type owners map[string]string

func newOwners(own []string, colleagues [][]string) owners {
	if len(colleagues) == 0 {
		return nil
	}
	o := make(owners)
	for _, addresses := range colleagues {
		for _, a := range addresses {
			o[a] = addresses[0]
		}
	}
	for _, a := range own {
		o[a] = ""
	}
	return o
}

// of returns the main address of the colleague whose meeting e is; "": it is the
// rep's. Of the connected reps it is the organizer's, else that of the first who
// accepted, else of the first. One who declined owns nothing, since it is no
// meeting of theirs; a rep who is not listed has accepted, after all who are.
func (o owners) of(e *Event) string {
	if len(o) == 0 {
		return ""
	}
	owner, best, listed := "", 0, false
	for _, a := range attending(e) {
		who, own := o[a.Address]
		listed = listed || own && who == ""
		if !own || a.Response == Declined {
			continue
		}
		rank := 1
		switch {
		case e.organizedBy(a):
			rank = 3
		case a.Response == Accepted:
			rank = 2
		}
		if rank > best {
			owner, best = who, rank
		}
	}
	if !listed && best < 2 {
		return ""
	}
	return owner
}
