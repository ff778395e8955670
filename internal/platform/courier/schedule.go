package courier

import "time"

// jitter spreads what failed at one moment: each pause is up to so much longer.
const jitter = 0.2

// Schedule is how long is waited after each failed try. After the last pause comes the last try.
type Schedule struct {
	Pauses []time.Duration
	// Wish is the longest that a receiver may ask to be left alone (Retry-After).
	Wish time.Duration
}

// Tries is how often something is tried before it is given up.
func (s Schedule) Tries() int { return len(s.Pauses) + 1 }

// Within is the same schedule with no pause longer than so much.
func (s Schedule) Within(longest time.Duration) Schedule {
	pauses := make([]time.Duration, len(s.Pauses))
	for i, p := range s.Pauses {
		pauses[i] = min(p, longest)
	}
	s.Pauses = pauses
	return s
}

// Next is how long to wait after so many failed tries, the last of which was answered
// with a wish; false when they were enough. Random is below 1.
func (s Schedule) Next(failed int, wish time.Duration, random float64) (time.Duration, bool) {
	if failed < 1 || failed > len(s.Pauses) {
		return 0, false
	}
	pause := s.Pauses[failed-1]
	pause += time.Duration(random * jitter * float64(pause))
	return max(pause, min(wish, s.Wish)), true
}
