package script

// Created: a script was saved under a new name, with its version 1.
type Created struct {
	Shared bool `json:"shared"`
}

// EventType names the fact.
func (Created) EventType() string { return "script.created.v1" }

// Saved: a script has another version.
type Saved struct {
	Number int `json:"number"`
}

// EventType names the fact.
func (Saved) EventType() string { return "script.saved.v1" }

// Updated: its name, description or who sees it changed.
type Updated struct {
	Shared bool `json:"shared"`
}

// EventType names the fact.
func (Updated) EventType() string { return "script.updated.v1" }

// Deleted: it is gone, with every version. What ran of it stays.
type Deleted struct{}

// EventType names the fact.
func (Deleted) EventType() string { return "script.deleted.v1" }
