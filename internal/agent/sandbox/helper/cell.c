/* A cell: what one run lives in, whatever its language. Pid 1 of its own pid namespace, with its own mounts, network,
 * ipc and host name, a bounded tmpfs and a proc of its own; then it sleeps. It holds no privilege and runs no user code:
 * when it is killed, the kernel kills everything in it, which is how every run ends.
 * Forked from the nurse without exec: tens of microseconds, and a few pages of memory. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TMPFS_AT "/proc"

static int option(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int option_number(int fs, const char *key, uint64_t n)
{
	char s[32];
	snprintf(s, sizeof s, "%llu", (unsigned long long)n);
	return option(fs, key, s);
}

static int create(int fs, unsigned attributes)
{
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
}

static int attach(int mount, const char *path)
{
	return (int)syscall(SYS_move_mount, mount, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

static int folder(int root, const char *name, uint32_t uid, mode_t mode, const char *path)
{
	if (mkdirat(root, name, 0700)) return -1;
	if (fchownat(root, name, uid, uid, 0) || fchmodat(root, name, mode, 0)) return -1;
	char from[64];
	snprintf(from, sizeof from, TMPFS_AT "/%s", name);
	return mount(from, path, NULL, MS_BIND, NULL);
}

/* One tmpfs for the working folder, /tmp and /dev/shm, so that one bound holds for all three together. The whole is not to
 * be seen: it is mounted where proc will cover it, for taking a mount away makes the whole machine wait. */
static int storage(const struct request *r)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0) return -1;
	if (option(fs, "source", "stoa") || option_number(fs, "size", r->disk) || option_number(fs, "nr_inodes", r->inodes) ||
	    option(fs, "mode", "0711")) return -1;
	int m = create(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	close(fs);
	if (m < 0 || attach(m, TMPFS_AT)) return -1;
	if (folder(m, "box", r->uid, 0755, "/box") || folder(m, "tmp", r->uid, 0700, "/tmp") ||
	    folder(m, "shm", r->uid, 0700, "/dev/shm")) return -1;
	return m;
}

/* The host's proc is nowhere in this namespace, the nurse's is covered here: only the cell's own processes, and nothing
 * of /proc that is not a process (kernel settings, keys, memory, interrupts). */
static int processes(void)
{
	int fs = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (fs < 0) return -1;
	if (option(fs, "source", "proc") || option(fs, "subset", "pid")) return -1;
	int m = create(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close(fs);
	if (m < 0 || attach(m, "/proc")) return -1;
	close(m);
	return 0;
}

static void fail(uint32_t id, enum step step)
{
	answer_failed(CONTROL_FD, id, step, errno);
	_exit(1);
}

void cell_main(const struct request *r, int netns)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_IGN); /* orphans that the run leaves are reaped by the kernel */
	umask(022);
	if (setns(netns, CLONE_NEWNET)) fail(r->id, STEP_NETNS);
	if (sethostname("stoa", 4)) fail(r->id, STEP_HOSTNAME);
	int disk = storage(r);
	if (disk < 0) fail(r->id, STEP_TMPFS);
	if (processes()) fail(r->id, STEP_PROC);
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (self < 0) fail(r->id, STEP_PIDFD);
	/* Another uid than the guest's, and not dumpable: the guest can neither trace it nor read its memory. Its pid 1
	 * cannot be killed from within its namespace either. */
	uint32_t uid = r->uid ? r->uid + MAX_SLOTS : 0;
	if (drop_bounding_set() || become(uid)) fail(r->id, STEP_CREDS);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "cell");
	struct reply a = { .kind = REP_READY, .id = r->id };
	int fds[2] = { self, disk };
	answer(CONTROL_FD, &a, fds, 2);
	/* The mount's descriptor goes to the agent alone, which asks it how full it is. */
	syscall(SYS_close_range, 0, ~0U, 0);
	for (;;) pause();
}
