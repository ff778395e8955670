package scrub

import "strings"

// emails masks e-mail addresses. It is written out since a regular expression would
// look for a beginning at every letter of every text that has an @ in it.
func emails(s string) string {
	if strings.IndexByte(s, '@') < 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for at := 1; at < len(s); at++ {
		if s[at] != '@' {
			continue
		}
		start := at
		for start > done && isLocal(s[start-1]) {
			start--
		}
		if end := domainEnd(s, at+1); start < at && end > 0 {
			out.WriteString(s[done:start])
			out.WriteString(Mask + "@" + Mask)
			done, at = end, end-1
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// domainEnd is where the longest domain name that begins here ends: labels between
// dots, of which the last begins with two letters. 0 means that there is none.
func domainEnd(s string, from int) (end int) {
	for label := 0; ; label++ {
		to := from
		for to < len(s) && (isLetter(s[to]) || isDigit(s[to]) || s[to] == '-') {
			to++
		}
		if to == from {
			return end
		}
		letters := from
		for letters < to && isLetter(s[letters]) {
			letters++
		}
		if label > 0 && letters-from >= 2 {
			end = letters
		}
		if to == len(s) || s[to] != '.' {
			return end
		}
		from = to + 1
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLocal(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("._%+-", c) >= 0
}
