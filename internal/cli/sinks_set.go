package cli

import (
	"context"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type sinksSet struct {
	oneSink
	Address        *string  `name:"address" placeholder:"ADDRESS" help:"Where it is reached. Its credentials must be given too."`
	Credentials    bool     `name:"credentials" xor:"credentials" help:"Ask for user:password. It is kept sealed."`
	NoCredentials  bool     `name:"no-credentials" xor:"credentials" help:"It needs none."`
	Registry       *string  `name:"schema-registry" placeholder:"URL" help:"Of Kafka: a schema registry; \"\" for none."`
	RegistryAuth   bool     `name:"schema-registry-credentials" xor:"registry" help:"Ask for the registry's user:password. It is kept sealed."`
	NoRegistryAuth bool     `name:"no-schema-registry-credentials" xor:"registry" help:"The registry needs none."`
	Types          []string `name:"type" xor:"types" placeholder:"TYPE" help:"Only of this type; may be repeated."`
	AllTypes       bool     `name:"all-types" xor:"types" help:"Of every type."`
	SubjectKind    *string  `name:"kind" placeholder:"KIND" help:"Only about things of this kind; \"\" for all."`
}

// Run changes a sink.
func (s *sinksSet) Run(c *call, client *stoa.Client) error {
	in := stoa.SinkUpdate{Address: s.Address, SchemaRegistry: s.Registry, SubjectKind: s.SubjectKind}
	if len(s.Types) > 0 || s.AllTypes {
		in.Types = new(append([]string{}, s.Types...))
	}
	for _, ask := range []struct {
		wanted, none bool
		whose        string
		into         **string
	}{
		{s.Credentials, s.NoCredentials, "Credentials", &in.Credentials},
		{s.RegistryAuth, s.NoRegistryAuth, "The registry's credentials", &in.RegistryCredentials},
	} {
		switch {
		case ask.none:
			*ask.into = new("")
		case ask.wanted:
			c.say("%s, as user:password:", ask.whose)
			given, err := c.ReadPassword()
			if err != nil {
				return err
			}
			*ask.into = &given
		}
	}
	if in == (stoa.SinkUpdate{}) {
		return usagef("say what to change: --address, --credentials, --schema-registry, --type, --kind")
	}
	return s.act(c, client, func(ctx context.Context, id string) (*stoa.Sink, error) { return client.Sinks.Update(ctx, id, in) })
}
