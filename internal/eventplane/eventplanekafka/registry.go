package eventplanekafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/stoa-cloud/stoa/internal/eventplane"
)

// Schemas gives the JSON Schema (draft 7) of whole events of a type.
type Schemas func(eventType string) (string, error)

// framedType is the content type of records in Confluent's wire format.
const framedType = "application/vnd.confluent.json-schema"

// registry knows by which number the schema registry has each type's schema. Its
// subjects are named by topic and record: "stoa.execution-execution.completed.v1".
type registry struct {
	client  *sr.Client
	schemas Schemas
	header  sr.ConfluentHeader
	ids     map[string]int // by subject
}

const (
	registryWithin = 10 * time.Second
	registryMost   = 1 << 20 // bytes of an answer that are read
)

func newRegistry(c eventplane.Connection, schemas Schemas) (*registry, error) {
	transport := &http.Transport{TLSHandshakeTimeout: dialWithin, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 32 << 10}
	transport.DialContext = c.DialContext
	options := []sr.ClientOpt{sr.URLs(c.Registry), sr.UserAgent("stoa"), sr.HTTPClient(&http.Client{
		Timeout: registryWithin, Transport: bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})}
	if !c.RegistryCredentials.IsEmpty() {
		user, password, _ := strings.Cut(c.RegistryCredentials.Reveal(), ":")
		options = append(options, sr.BasicAuth(user, password))
	}
	client, err := sr.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("make schema registry client: %w", err)
	}
	return &registry{client: client, schemas: schemas, ids: map[string]int{}}, nil
}

// frame puts the number of an event's schema before it.
func (r *registry) frame(ctx context.Context, topic, eventType string, body []byte) ([]byte, error) {
	id, err := r.id(ctx, topic+"-"+eventType, eventType)
	if err != nil {
		return nil, err
	}
	framed, err := r.header.AppendEncode(make([]byte, 0, len(body)+5), id, nil)
	if err != nil {
		return nil, fmt.Errorf("frame %s: %w", eventType, err)
	}
	return append(framed, body...), nil
}

// id registers a type's schema, if the registry does not have it. A subject that is
// new keeps Stoa's own promise: fields are only added.
func (r *registry) id(ctx context.Context, subject, eventType string) (int, error) {
	if id, known := r.ids[subject]; known {
		return id, nil
	}
	schema, err := r.schemas(eventType)
	if err != nil {
		return 0, err
	}
	_, err = r.client.SubjectVersions(ctx, subject)
	isNew := status(err) == http.StatusNotFound
	if err != nil && !isNew {
		return 0, fmt.Errorf("ask the schema registry for %s: %w", subject, err)
	}
	if isNew {
		set := r.client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatForwardTransitive}, subject)
		if err := set[0].Err; err != nil {
			return 0, fmt.Errorf("set the compatibility of %s: %w", subject, err)
		}
	}
	id, err := r.client.RegisterSchema(ctx, subject, sr.Schema{Schema: schema, Type: sr.TypeJSON}, -1, -1)
	switch status(err) {
	case http.StatusConflict, http.StatusUnprocessableEntity: // it will not have it tomorrow either
		return 0, &eventplane.Halt{Err: fmt.Errorf("the schema registry refuses the schema of %s for %s: %w", eventType, subject, err)}
	}
	if err != nil {
		return 0, fmt.Errorf("register the schema of %s: %w", eventType, err)
	}
	r.ids[subject] = id
	return id, nil
}

func status(err error) int {
	if answer, ok := errors.AsType[*sr.ResponseError](err); ok {
		return answer.StatusCode
	}
	return 0
}

// bounded reads no more of an answer than a registry has to say.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, registryMost), answer.Body}
	}
	return answer, err
}
