/* What a process gives up before it runs user code: limits, ids, capabilities, files, system calls. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* So that no exec can bring a capability back; needs CAP_SETPCAP, so it comes before become(). */
int drop_bounding_set(void)
{
	for (int c = 0; c < 64; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0)) return errno == EINVAL ? 0 : -1; /* past the last one */
	return 0;
}

/* Groups first, then gid, then uid: each step needs what the next one takes away. */
int become(uint32_t uid)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	if (uid) {
		/* System calls, not glibc: no locks and no threads to tell, also inside an interpreter. */
		if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, uid, uid, uid) ||
		    syscall(SYS_setresuid, uid, uid, uid)) return -1;
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &h, none)) return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Only ever lowered: raising a hard limit needs CAP_SYS_RESOURCE, which the agent may not have. */
static int lower(int what, uint64_t to)
{
	struct rlimit l;
	if (getrlimit((__rlimit_resource_t)what, &l)) return -1;
	if (l.rlim_max == RLIM_INFINITY || l.rlim_max > to) l.rlim_max = to;
	l.rlim_cur = l.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &l);
}

int set_limits(const struct request *r)
{
	/* Per process, a second line behind the cgroup's limits on the whole tree. The CPU limit's soft half sends SIGXCPU,
	 * which a program can ignore; the hard half, equal here, kills. */
	if (lower(RLIMIT_CORE, 0) || lower(RLIMIT_FSIZE, r->fsize) || lower(RLIMIT_CPU, r->cpu) ||
	    lower(RLIMIT_NPROC, r->processes) || lower(RLIMIT_MEMLOCK, 64 << 10) ||
	    lower(RLIMIT_MSGQUEUE, 64 << 10) || lower(RLIMIT_SIGPENDING, 1024) || lower(RLIMIT_NICE, 0) ||
	    lower(RLIMIT_RTPRIO, 0)) return -1;
	return r->address ? lower(RLIMIT_AS, r->address) : 0;
}

/* Last of all: until then the process still has its maker's descriptors, and opens others beyond them. */
int limit_files(const struct request *r) { return lower(RLIMIT_NOFILE, r->files); }

/* Landlock, newer than the installed headers may be. */
struct ruleset { uint64_t fs, net, scoped; };
#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_MAKE_CHAR (1ULL << 6)
#define FS_MAKE_BLOCK (1ULL << 11)
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

static int allow(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr a = { .allowed_access = access, .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	if (a.parent_fd < 0) return errno == ENOENT ? 0 : -1;
	long r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return (int)r;
}

/* A second wall behind the mounts: should a run ever see a writable file that is not its own, it still cannot write it.
 * Kernels without Landlock go without; the agent says so at start. */
int landlock_confine(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1) return 0;
	struct ruleset s = { .fs = (1ULL << 13) - 1 };
	if (abi >= 2) s.fs |= 1ULL << 13; /* moving and linking between folders */
	if (abi >= 3) s.fs |= FS_TRUNCATE;
	if (abi >= 5) s.fs |= FS_IOCTL_DEV;
	if (abi >= 6) s.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	size_t size = abi >= 6 ? sizeof s : abi >= 4 ? 16 : 8;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &s, size, 0);
	if (fd < 0) return -1;
	uint64_t own = s.fs & ~(FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_IOCTL_DEV);
	uint64_t device = (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE) & s.fs;
	int bad = allow(fd, "/", FS_EXECUTE | FS_READ_FILE | FS_READ_DIR) || allow(fd, "/box", own) ||
		  allow(fd, "/tmp", own) || allow(fd, "/dev/shm", own) || allow(fd, "/dev/null", device) ||
		  allow(fd, "/dev/zero", device) || allow(fd, "/dev/full", device);
	if (!bad) bad = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	int e = errno;
	close(fd);
	errno = e;
	return bad ? -1 : 0;
}
