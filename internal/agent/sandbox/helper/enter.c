/* How a fresh fork becomes the guest. The caller (nurse or warmed interpreter) has joined the cell's pid namespace and
 * forked; this process is pid 2 of the cell and still root of the user namespace. The order matters:
 *   cgroup first, so that everything after it is charged to the run;
 *   namespaces before limits and ids, for joining them needs the capabilities that becoming the guest gives up;
 *   limits before the ids too: the process count is checked against the new uid at the next fork;
 *   files are written after the ids, so that they are the guest's and a mistake there is only the guest's;
 *   Landlock and seccomp last, for they forbid what the steps before them do. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(struct failure *f, enum step s) { f->step = s; f->error = errno; return -1; }

int enter_cell(const struct request *r, const int *fds, int nfds, struct failure *f)
{
	/* "0" is the writer itself; the "tasks" file, unlike "cgroup.procs", takes no lock that all forks wait for. */
	for (int i = FD_CGROUPS; i < nfds; i++)
		if (write(fds[i], "0", 1) != 1) return failed(f, STEP_CGROUP);
	if (setns(fds[FD_CELL], CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)) return failed(f, STEP_SETNS);
	if (unshare(CLONE_NEWCGROUP)) return failed(f, STEP_SETNS);
	/* The first to be killed when the host runs out of memory. */
	if (write_file("/proc/self/oom_score_adj", "1000")) return failed(f, STEP_PROC);
	if (dup2(fds[FD_IN], 0) < 0 || dup2(fds[FD_OUT], 1) < 0 || dup2(fds[FD_ERR], 2) < 0) return failed(f, STEP_STDIO);
	umask(022);
	setsid();
	if ((r->flags & FLAG_TERMINAL) && ioctl(0, TIOCSCTTY, 0)) return failed(f, STEP_STDIO);
	if (chdir("/box")) return failed(f, STEP_SETNS);
	if (set_limits(r)) return failed(f, STEP_RLIMIT);
	return 0;
}

int confine(const struct request *r, struct failure *f)
{
	sigset_t none;
	if (become(r->uid)) return failed(f, STEP_CREDS);
	/* The change of ids has reset this, and has made the process non-dumpable. It stays so until nothing but the user's
	 * code comes: what a compiler may have left in the cell has the same id, and could otherwise reach into a process
	 * that still holds its maker's socket and is not yet filtered. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}
