package preference

// Changed: somebody's preferences are different now. What they are is nobody else's business.
type Changed struct {
	Restored int64 `json:"restored,omitempty"` // the version that was gone back to
}

// EventType names the fact.
func (Changed) EventType() string { return "preference.changed.v1" }
