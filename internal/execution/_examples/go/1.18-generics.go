// Functions and types with type parameters.
package main

import "fmt"

type number interface{ ~int | ~float64 }

func sum[T number](values ...T) (total T) {
	for _, v := range values {
		total += v
	}
	return total
}

func main() {
	fmt.Println(sum(1, 2, 3), sum(0.5, 0.25))
}
