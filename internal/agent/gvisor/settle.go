package gvisor

import "github.com/stoa-cloud/stoa/internal/agent/sandbox"

// Settle ends the sandbox that waits ahead, waits until everything of jobs that have ended is gone, and returns the
// host's processes, if any, that still belong to one. It is for tests; no job may run meanwhile.
func (d *Driver) Settle() []int {
	d.teardown.Wait()
	d.mu.Lock()
	b := d.ahead
	d.mu.Unlock()
	if b != nil {
		d.drop(b)
	}
	d.teardown.Wait()
	first := int(d.hostUID(0))
	return sandbox.ProcessesOf(first, first+cap(d.free))
}
