package cli

import (
	"reflect"
	"time"
)

// watchFlag is the --watch of lists.
type watchFlag struct {
	Watch bool `short:"w" help:"Show the list again whenever it changes, until interrupted."`
}

const watchEvery = 3 * time.Second // a third of what the default rate of requests admits

// showList prints what fetch gives: once, or again at each change. On a terminal the new list replaces the old one.
func showList[T any](c *call, watch watchFlag, fetch func() ([]T, error), columns []column[T]) error {
	var last []T
	for first := true; ; first = false {
		items, err := fetch()
		if err != nil {
			return err
		}
		if first || !reflect.DeepEqual(items, last) {
			if watch.Watch && c.Output == "table" && terminal(c.Stdout) {
				if _, err := c.Stdout.Write([]byte("\x1b[H\x1b[2J")); err != nil {
					return err
				}
			}
			if err := printList(c, items, columns); err != nil {
				return err
			}
		}
		if !watch.Watch {
			return nil
		}
		last = items
		select {
		case <-c.ctx.Done():
			return exit{exitInterrupted}
		case <-time.After(watchEvery):
		}
	}
}
