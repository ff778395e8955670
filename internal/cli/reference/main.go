// Command reference writes the reference of the command line.
package main

import (
	"bytes"
	"flag"
	"log"
	"os"

	"github.com/stoa-cloud/stoa/internal/cli"
)

func main() {
	out := flag.String("out", "docs/cli.md", "file to write")
	flag.Parse()
	var text bytes.Buffer
	if err := cli.Reference(&text); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, text.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
