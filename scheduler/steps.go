package scheduler

// steps counts the members of a sorted list up to a value, at a cost that does
// not depend on the list.
type steps struct {
	sorted []int64
	// below[i] is the number of members under first + i<<shift. Members seldom
	// share a bucket: shift is 0 unless the list spans more than a century.
	first int64
	shift uint
	below []int32
}

// maxBuckets bounds the memory of steps; 261 buckets of one weekday make a year.
const maxBuckets = 1 << 15

// newSteps takes over sorted, in ascending order.
func newSteps(sorted []int64) steps {
	s := steps{sorted: sorted}
	if len(sorted) == 0 {
		return s
	}
	s.first = sorted[0]
	span := sorted[len(sorted)-1] - s.first
	for span>>s.shift >= maxBuckets {
		s.shift++
	}
	s.below = make([]int32, span>>s.shift+2)
	for _, v := range sorted {
		s.below[(v-s.first)>>s.shift+1]++
	}
	for i := 1; i < len(s.below); i++ {
		s.below[i] += s.below[i-1]
	}
	return s
}

// upTo returns the number of members that are at most v.
func (s *steps) upTo(v int64) int64 {
	if len(s.below) == 0 || v < s.first {
		return 0
	}
	bucket := uint64(v-s.first) >> s.shift
	if bucket+1 >= uint64(len(s.below)) {
		return int64(len(s.sorted))
	}
	lo, hi := s.below[bucket], s.below[bucket+1]
	for lo < hi {
		if middle := (lo + hi) / 2; s.sorted[middle] <= v {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return int64(lo)
}
