// Package identity is who somebody is and what proves it: accounts with
// passwords, sessions, API tokens, the first administrator's set-up and the local
// operator. Authenticator turns what a request shows into a command.Actor. See
// README.md for the model and its rules.
package identity
