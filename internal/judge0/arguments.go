package judge0

import (
	"errors"
	"strings"
)

// SplitArguments reads a command line as Judge0's shell would once its special
// characters ($ & ; < > | and the back quote) are gone: words between blanks, quotes
// of both kinds, and the backslash. No pattern is expanded.
func SplitArguments(line string) ([]string, error) {
	var args []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, c := range line {
		switch {
		case escaped:
			if quote == '"' && c != '"' && c != '\\' {
				word.WriteRune('\\')
			}
			word.WriteRune(c)
			escaped = false
		case strings.ContainsRune("$&;<>|`", c):
		case c == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inWord = c, true
		case quote == 0 && strings.ContainsRune(" \t\r\n", c):
			if inWord {
				args = append(args, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("ends inside a quote")
	}
	if inWord {
		args = append(args, word.String())
	}
	return args, nil
}
