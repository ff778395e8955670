// A loop over a number, whose variable is a new one in each round.
package main

import "fmt"

func main() {
	var later []func() int
	for i := range 3 {
		later = append(later, func() int { return i * i })
	}
	for _, square := range later {
		fmt.Println(square())
	}
}
