// Package tenancy is who works where: organizations that own money and people,
// an optional tree of units inside them, projects that own workloads, and the
// memberships and invitations that give people a role. It holds the one
// permission table of Stoa. See README.md for the model and its rules.
package tenancy
