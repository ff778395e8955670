package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// checkHost refuses early what is known not to work, in words an operator can act on.
func checkHost() error {
	var missing []string
	if major, minor := kernelVersion(); major < 5 || major == 5 && minor < 14 {
		missing = append(missing, fmt.Sprintf("Linux 5.14 or newer is needed, this is %d.%d", major, minor))
	}
	if n, ok := sysctl("user/max_user_namespaces"); ok && n == 0 {
		missing = append(missing, "user namespaces are off: set sysctl user.max_user_namespaces to at least 100")
	}
	if os.Geteuid() != 0 {
		if n, ok := sysctl("kernel/unprivileged_userns_clone"); ok && n == 0 {
			missing = append(missing, "unprivileged user namespaces are off: run the agent as root, or set sysctl kernel.unprivileged_userns_clone=1")
		}
		if n, ok := sysctl("kernel/apparmor_restrict_unprivileged_userns"); ok && n == 1 {
			missing = append(missing, "AppArmor restricts unprivileged user namespaces: run the agent as root, or set sysctl kernel.apparmor_restrict_unprivileged_userns=0")
		}
	}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, 0); errno == unix.ENOSYS {
		missing = append(missing, "the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)")
	}
	if len(missing) > 0 {
		return &HostError{missing}
	}
	return nil
}

// explainStart turns a refused namespace or mount into a HostError.
func explainStart(err error) error {
	var setup *setupError
	refused := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL) ||
		errors.As(err, &setup) || strings.Contains(err.Error(), "Operation not permitted")
	if !refused {
		return err
	}
	how := "run the agent as root, on the host or in a container with CAP_SYS_ADMIN, unmasked /proc and no seccomp profile that forbids mounts and namespaces"
	return &HostError{[]string{err.Error(), how}}
}

func kernelVersion() (major, minor int) {
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		_, _ = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	}
	return major, minor
}

func sysctl(name string) (int, bool) {
	b, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return n, err == nil
}

func landlockABI() int {
	n, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// enforcement says what holds on this host, for the operator to read at start.
func (w *ward) enforcement(failed map[string]error) []Enforced {
	users := Enforced{What: "users", How: "user namespace, a single id (the agent is not root)", OK: true}
	if w.nursery.base != 0 {
		users.How = fmt.Sprintf("user namespace, 65536 ids from %d, another one for each run", w.nursery.base)
	}
	list := []Enforced{
		users,
		{"processes seen", "pid namespace, /proc of the run's own processes only", true},
		{"files", "mount namespace: /usr and libraries read-only, one bounded tmpfs; no set-uid, no devices", true},
		{"network", "network namespace with loopback only", true},
		{"egress", Egress(), true},
		{"ipc", "ipc and uts namespaces", true},
		{"privileges", "no capabilities, no_new_privs", true},
		{"system calls", "seccomp deny list", true},
	}
	abi := landlockABI()
	landlock := Enforced{"writes", fmt.Sprintf("Landlock ABI %d", abi), true}
	switch {
	case abi == 0:
		landlock.How, landlock.OK = "none: this kernel has no Landlock (the mounts still hold)", false
	case abi < 6:
		landlock.How += " (files; abstract sockets and signals are held by the namespaces)"
	default:
		landlock.How += " (files, abstract sockets, signals)"
	}
	list = append(list, landlock)
	return append(list, w.tree.enforcement(failed)...)
}

// enforcement says what cgroups bound here.
func (t *tree) enforcement(failed map[string]error) []Enforced {
	var list []Enforced
	fallback := map[string]string{
		"memory":  "none: each process's address space is limited, their sum is not",
		"pids":    "none: processes are limited per user id (RLIMIT_NPROC)",
		"cpu":     "none: one run may take every core",
		"cpuacct": "none: CPU time is that of the program and the children it waited for",
		"freezer": "none: long runs slow short ones down where there are many of them",
	}
	what := map[string]string{"memory": "memory", "pids": "processes", "cpu": "cpu share", "cpuacct": "cpu time", "freezer": "turns of long runs"}
	for _, c := range controllers {
		e := Enforced{What: what[c], OK: true}
		b, ok := t.where[c]
		switch {
		case ok && b.v2:
			e.How = "cgroup v2 " + filepath.Dir(b.dir)
		case ok:
			e.How = "cgroup v1 " + filepath.Dir(b.dir)
		default:
			e.How, e.OK = fallback[c], false
			if err := failed[c]; err != nil {
				e.How += " (" + err.Error() + ")"
			}
		}
		list = append(list, e)
	}
	return list
}
