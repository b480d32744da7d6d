package scheduler

// Key names what a flag is about: one meeting, and one prospect of it.
type Key struct {
	Prospect string
	Meeting  MeetingRef
}

// keyID is a Key that can be compared with ==.
type keyID struct {
	prospect string
	meeting  meetingID
}

// meetingID is a MeetingRef that can be compared with ==.
type meetingID struct {
	uid           string
	original      int64
	recurs, dated bool
}

func (k Key) id() keyID { return keyID{k.Prospect, k.Meeting.id()} }

func (r MeetingRef) id() meetingID {
	if r.RecurrenceID == nil {
		return meetingID{uid: r.UID}
	}
	return meetingID{r.UID, r.RecurrenceID.Time.Unix(), true, r.RecurrenceID.DateOnly}
}

func keySet(keys []Key) map[keyID]bool {
	set := make(map[keyID]bool, len(keys))
	for _, k := range keys {
		set[k.id()] = true
	}
	return set
}
