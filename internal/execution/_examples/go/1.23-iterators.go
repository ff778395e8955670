// A loop over a function: whatever can yield is ranged over.
package main

import (
	"fmt"
	"iter"
)

func fibonacci() iter.Seq[int] {
	return func(yield func(int) bool) {
		for a, b := 0, 1; yield(a); a, b = b, a+b {
		}
	}
}

func main() {
	for n := range fibonacci() {
		if n > 30 {
			break
		}
		fmt.Print(n, " ")
	}
	fmt.Println()
}
