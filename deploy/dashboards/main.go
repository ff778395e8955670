// Dashboards writes deploy/grafana: what is drawn stands in the tables of this
// program, how Grafana wants it in one place.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run . -out ../grafana

// boards are all dashboards, the first to open first.
func boards() []board {
	return []board{overview(), runs(), queue(), nodes(), sandboxes(), limits(), events(), deadLetters(), sinks(), notifications(), api(), database(), accounts()}
}

func main() {
	out := flag.String("out", "deploy/grafana", "the folder that they are written to")
	flag.Parse()
	for _, b := range boards() {
		text, err := b.render()
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, b.name+".json"), text, 0o644) //nolint:gosec // everybody may read them
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "dashboards: write %s: %v\n", b.name, err)
			os.Exit(1)
		}
	}
}
