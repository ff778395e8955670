package cli

import (
	"context"
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type sinksCommand struct {
	List   sinksList   `cmd:"" default:"withargs" help:"List sinks, how far they are and why they fail."`
	Create sinksCreate `cmd:"" help:"Send events to another system."`
	Set    sinksSet    `cmd:"" help:"Change how a sink is reached and what it gets, from where it is."`
	Pause  sinksPause  `cmd:"" help:"Send a sink nothing for a while."`
	Resume sinksResume `cmd:"" help:"Go on with a paused sink, where it was."`
	Delete sinksDelete `cmd:"" help:"Forget a sink."`
}

var sinkColumns = []column[stoa.Sink]{
	{title: "NAME", value: func(s stoa.Sink) string { return s.Name }},
	{title: "KIND", value: func(s stoa.Sink) string { return s.Kind }},
	{title: "ADDRESS", value: func(s stoa.Sink) string { return s.Address }},
	{title: "STATE", value: func(s stoa.Sink) string { return s.State }, tint: func(s stoa.Sink) tint {
		return map[string]tint{"sending": good, "failing": bad, "paused": warn}[s.State]
	}},
	{title: "FOR", value: func(s stoa.Sink) string { return ago(s.FailingSince) }},
	{title: "SENT", value: func(s stoa.Sink) string { return fmt.Sprint(s.Sent) }},
	{title: "LAG", value: func(s stoa.Sink) string { return fmt.Sprint(s.Lag) }},
	{title: "ERROR", value: func(s stoa.Sink) string { return s.Error }},
}

type sinksList struct{ watchFlag }

// Run lists sinks.
func (l *sinksList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Sink, error) { return stoa.Collect(client.Sinks.List(c.ctx), 0) }, sinkColumns)
}

type sinksCreate struct {
	Name         string   `arg:"" help:"Its name: lower-case letters, digits, dashes."`
	Kind         string   `arg:"" enum:"jetstream,kafka" help:"jetstream or kafka."`
	Address      string   `arg:"" help:"nats://host:4222, or Kafka's brokers host:9092; several with commas."`
	Prefix       string   `name:"prefix" default:"stoa" help:"Of subjects and topics."`
	Types        []string `name:"type" placeholder:"TYPE" help:"Only of this type; may be repeated."`
	SubjectKind  string   `name:"kind" placeholder:"KIND" help:"Only about things of this kind."`
	Organization string   `name:"organization" placeholder:"ORGANIZATION" help:"Make it this organization's own (id, slug or name), with its events only; the platform's own, with everybody's, if left out."`
	Registry     string   `name:"schema-registry" placeholder:"URL" help:"Of Kafka: a schema registry to register the events' schemas with."`
	RegistryAuth bool     `name:"schema-registry-credentials" help:"Ask for the registry's user:password. It is kept sealed."`
	Everything   bool     `name:"everything" help:"From the log's beginning, not from now on."`
	Credentials  bool     `name:"credentials" help:"Ask for user:password. It is kept sealed."`
}

// Run makes a sink.
func (s *sinksCreate) Run(c *call, client *stoa.Client) (err error) {
	in := stoa.SinkCreateRequest{
		Name: s.Name, Kind: s.Kind, Address: s.Address, Prefix: s.Prefix, Types: s.Types, SubjectKind: s.SubjectKind,
		Everything: s.Everything, SchemaRegistry: s.Registry,
	}
	if s.Organization != "" {
		if in.OrganizationID, err = c.organization(client, s.Organization); err != nil {
			return err
		}
	}
	for _, ask := range []struct {
		wanted bool
		whose  string
		into   *string
	}{{s.Credentials, "Credentials", &in.Credentials}, {s.RegistryAuth, "The registry's credentials", &in.SchemaRegistryCredentials}} {
		if !ask.wanted {
			continue
		}
		c.say("%s, as user:password:", ask.whose)
		if *ask.into, err = c.ReadPassword(); err != nil {
			return err
		}
	}
	made, err := client.Sinks.Create(c.ctx, in)
	if err != nil {
		return err
	}
	return printOne(c, *made, sinkColumns)
}

// sink finds the sink with a name.
func (c *call) sink(client *stoa.Client, name string) (string, error) {
	var found []string
	for s, err := range client.Sinks.List(c.ctx) {
		if err != nil {
			return "", err
		}
		if s.Name == name || s.ID == name {
			found = append(found, s.ID)
		}
	}
	return only(found, "sink", name)
}

// oneSink is the argument of commands about one sink.
type oneSink struct {
	Sink string `arg:"" help:"The sink's name or id."`
}

func (o oneSink) act(c *call, client *stoa.Client, verb func(ctx context.Context, id string) (*stoa.Sink, error)) error {
	id, err := c.sink(client, o.Sink)
	if err != nil {
		return err
	}
	sink, err := verb(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, *sink, sinkColumns)
}

type (
	sinksPause  struct{ oneSink }
	sinksResume struct{ oneSink }
	sinksDelete struct{ oneSink }
)

// Run pauses a sink.
func (s *sinksPause) Run(c *call, client *stoa.Client) error {
	return s.act(c, client, client.Sinks.Pause)
}

// Run goes on with a sink.
func (s *sinksResume) Run(c *call, client *stoa.Client) error {
	return s.act(c, client, client.Sinks.Resume)
}

// Run forgets a sink.
func (s *sinksDelete) Run(c *call, client *stoa.Client) error {
	id, err := c.sink(client, s.Sink)
	if err != nil {
		return err
	}
	if err := client.Sinks.Delete(c.ctx, id); err != nil {
		return err
	}
	c.say("%s gets nothing any more", s.Sink)
	return nil
}
