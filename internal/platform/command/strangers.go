package command

import (
	"sync"
	"time"
)

const (
	// strangerWindow is within which one record stands for all refusals of a stranger that are alike.
	strangerWindow = 10 * time.Minute
	// maxStrangers is how many of them leave a record within that time, of this process.
	maxStrangers = 1000
)

// stranger is somebody who has not said who they are, and what they were refused.
type stranger struct {
	network string // an address, or of IPv6 the network around it
	action  string
	code    string
}

// strangers bounds what the audit trail takes down of those who have not said who they
// are: anybody can be refused as often as they like, from as many addresses as they have,
// and what is written stays for good.
type strangers struct {
	mu   sync.Mutex
	seen map[stranger]standing
}

// standing is how it is with one stranger.
type standing struct {
	until     time.Time // of the window that its last record stands for
	unwritten int       // refused since that record
}

// admit tells whether this refusal is recorded, and how many before it were not.
func (s *strangers) admit(who stranger, now time.Time) (write bool, unwritten int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.seen[who]
	switch {
	case known && now.Before(last.until):
		last.unwritten++
		s.seen[who] = last
		return false, 0
	case !known && !s.room(now):
		return false, 0
	}
	s.seen[who] = standing{until: now.Add(strangerWindow)}
	return true, last.unwritten
}

// room makes some for one more, if those can be forgotten whose time is over.
func (s *strangers) room(now time.Time) bool {
	if s.seen == nil {
		s.seen = map[stranger]standing{}
	}
	if len(s.seen) < maxStrangers {
		return true
	}
	for who, last := range s.seen {
		if !now.Before(last.until) {
			delete(s.seen, who)
		}
	}
	return len(s.seen) < maxStrangers
}
