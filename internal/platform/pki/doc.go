// Package pki is the built-in certificate authority of the nodes, and what
// their agents need to trust it.
//
// One authority (ECDSA P-256, ten years) issues three kinds of certificate,
// told apart by key usage and by their name: a node's (client, days), the
// control plane's (server, 90 days) and the task signer's (ed25519, code
// signing, 90 days). Names are SPIFFE-shaped URIs: spiffe://stoa/node/<id>.
// The last two live in memory only and are made anew by every process.
//
// An agent trusts nothing but the authority whose SHA-256 its enrolment token
// carries. Revocation is not a list: the control plane looks the node up
// whenever a session opens or a certificate is renewed.
//
// The package knows no database and no slice; both sides of the protocol
// import it.
package pki
