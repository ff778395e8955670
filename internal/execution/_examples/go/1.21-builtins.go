// min, max and clear are built in.
package main

import "fmt"

func main() {
	seen := map[string]int{"a": 1, "b": 2}
	fmt.Println(min(3, 1, 2), max("a", "b"), len(seen))
	clear(seen)
	fmt.Println(len(seen))
}
