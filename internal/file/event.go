package file

// Uploaded: a project has a file, which it may have had before.
type Uploaded struct {
	Size int64 `json:"size"` // bytes
}

// EventType names the fact.
func (Uploaded) EventType() string { return "file.uploaded.v1" }

// Deleted: a file is gone, by somebody or because its time was over. What ran with it stays.
type Deleted struct {
	Size int64 `json:"size"` // bytes
}

// EventType names the fact.
func (Deleted) EventType() string { return "file.deleted.v1" }
