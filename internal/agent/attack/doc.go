// Package attack is what programs have tried, or may try, against the sandbox: attacks as data, one text archive each
// below attacks/, and one judge for all of them. An attack is won by the sandbox when it ends as the file says, has got
// nothing, has harmed neither the host nor an honest run beside it, and has left nothing behind. README.md tells how
// to add one, docs/security/sandbox.md which walls they are for.
package attack
