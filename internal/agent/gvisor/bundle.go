package gvisor

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// rootAt is where the helper lays the root out, in a mount namespace that only this
// sandbox has.
const rootAt = "/mnt"

// privileges is what pid 1 has of its own kernel, to mount the working folder and to
// become the user. The program has none.
var privileges = []string{"CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL", "CAP_CHOWN", "CAP_FOWNER", "CAP_DAC_OVERRIDE"}

type object = map[string]any

// writeBundle writes the OCI configuration of one slot: what is fixed about a sandbox.
// What a job may use comes with its order.
func writeBundle(dir string, hostUID uint32) error {
	mount := func(kind, at string) object { return object{"destination": at, "type": kind, "source": kind} }
	// The network namespace is the one that runsc is started in, where it is to have a network.
	ids := []object{{"containerID": 0, "hostID": hostUID, "size": 1}}
	spec := object{
		"ociVersion": "1.0.2", "hostname": "stoa",
		"root": object{"path": rootAt, "readonly": true},
		"process": object{
			"user": object{"uid": 0, "gid": 0}, "cwd": "/", "args": []string{"/stoa/stoa-sandbox", "inside"}, "env": []string{"PATH=/usr/bin:/bin"},
			"noNewPrivileges": true,
			"capabilities":    object{"bounding": privileges, "effective": privileges, "permitted": privileges},
		},
		"mounts": []object{mount("proc", "/proc"), mount("tmpfs", "/dev"), mount("cgroup", "/sys/fs/cgroup")},
		"linux": object{
			"namespaces":  []object{{"type": "pid"}, {"type": "network", "path": "/proc/self/ns/net"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "user"}},
			"uidMappings": ids, "gidMappings": ids,
		},
	}
	text, err := json.MarshalIndent(spec, "", "\t")
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make bundle: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), text, 0o600); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}
