// Package stoa is the Go client of a Stoa installation. It needs nothing but
// the standard library.
//
//	client := stoa.New("https://stoa.example.org", stoa.Token(os.Getenv("STOA_TOKEN")))
//	done, err := client.Executions.Run(ctx, stoa.ExecutionRequest{Runtime: "python", Source: "print(1)"}, 0)
//
// Three things happen without being asked for. Every POST carries an
// Idempotency-Key, so that trying again never does something twice. Requests
// that met a network error, 429 or 503 are tried again, after as long as the
// server asks for. Streams reconnect with the id of the last event they gave,
// so a caller sees each event once, in order.
//
// Errors of the API are *Error: a stable code, the field or limit that was in
// the way, and the correlation id that finds the request in the server's logs.
//
// The types in api_gen.go are generated from api/openapi.yaml.
package stoa

//go:generate go run ./gen -spec ../../api/openapi.yaml -out api_gen.go
