//go:build !crashpoints

// Package crash labels the moments at which a process must be able to die. In the
// programs that people run a label is nothing; built with the tag crashpoints, a
// program kills itself at the label that STOA_CRASH_AT names, so that tests can
// stand at exactly that moment.
package crash

// Point labels a moment: "execution.committed".
func Point(string) {}
