package cli

import (
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type eventsStats struct {
	eventChoice
	Hourly bool `name:"hourly" xor:"lines" help:"A line for each hour."`
	Actors bool `name:"actors" xor:"lines" help:"A line for each who caused them, the 50 who caused the most."`
}

// Run counts events of the last day, or of the time that is asked for.
func (s *eventsStats) Run(c *call, client *stoa.Client) error {
	filter, err := s.filter(c, client)
	if err != nil {
		return err
	}
	if s.Actors {
		actors, err := stoa.Collect(client.Events.Actors(c.ctx, filter), 0)
		if err != nil {
			return err
		}
		return printList(c, actors, eventActorColumns)
	}
	counts, err := stoa.Collect(client.Events.Statistics(c.ctx, filter), 0)
	if err != nil {
		return err
	}
	columns := []column[stoa.EventCount]{
		{title: "TYPE", value: func(e stoa.EventCount) string { return e.Type }},
		{title: "EVENTS", value: func(e stoa.EventCount) string { return fmt.Sprint(e.Events) }},
	}
	if s.Hourly || c.Output != "table" {
		hour := column[stoa.EventCount]{title: "HOUR", value: func(e stoa.EventCount) string { return moment(&e.Hour) }}
		return printList(c, counts, append([]column[stoa.EventCount]{hour}, columns...))
	}
	var byType []stoa.EventCount
	place := map[string]int{}
	for _, one := range counts {
		if i, known := place[one.Type]; known {
			byType[i].Events += one.Events
			continue
		}
		place[one.Type] = len(byType)
		byType = append(byType, one)
	}
	return printList(c, byType, columns)
}

var eventActorColumns = []column[stoa.EventActor]{
	{title: "WHO", value: func(a stoa.EventActor) string {
		switch {
		case a.ActorName != "":
			return a.ActorName
		case a.ActorID != "":
			return a.ActorKind + " " + a.ActorID
		}
		return a.ActorKind
	}},
	{title: "EVENTS", value: func(a stoa.EventActor) string { return fmt.Sprint(a.Events) }},
}
