/* The warden: real root (or the root of an unprivileged user namespace), pid 1 of an outer pid namespace that the agent
 * made together with a mount namespace. It
 *   1. builds the read-only root that every run sees, and pivots into it, so that the host's files are gone from this
 *      mount namespace before anything less trusted exists;
 *   2. clones the nurse into a user namespace whose ids own nothing on the host, and all other namespaces;
 *   3. waits. Whatever ends the nurse (the agent closed its socket, or died) has killed everything below it, for the
 *      nurse is pid 1 of the inner pid namespace. Then the warden removes the cgroups, which the agent, killed, cannot;
 *      nor can it let go on what it had frozen, which in cgroup v1 cannot die before that.
 * Arguments, in order of effect: root=DIR base=UID dir=PATH link=TARGET:PATH bind=SOURCE:PATH dev=PATH cgroup=DIR */
#include "stoa.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CGROUPS 8
static struct { int parent; const char *name; } cgroups[MAX_CGROUPS];
static int ncgroups;

void die(const char *what, const char *path)
{
	/* Read by the agent from our stderr and shown to the operator. */
	fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
	exit(1);
}

static void make_parents(char *path)
{
	for (char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = 0;
		if (mkdir(path, 0755) && errno != EEXIST) die("create", path);
		*s = '/';
	}
}

static void attach(const char *source, const char *target, uint64_t attributes)
{
	struct stat st;
	char path[4096];
	snprintf(path, sizeof path, ".%s", target);
	if (stat(source, &st)) die("read", source);
	make_parents(path);
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(path, 0755) && errno != EEXIST) die("create", target);
	} else {
		int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd < 0 && errno != EROFS) die("create", target);
		if (fd >= 0) close(fd);
	}
	if (mount(source, path, NULL, MS_BIND | MS_REC, NULL)) die("bind", source);
	struct mount_attr a = { .attr_set = attributes };
	if (syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &a, sizeof a)) die("protect", source);
}

/* Lays the root out below root=, in a mount namespace of our own; the current folder is then its top. */
void plant_root(int argc, char **argv, uint32_t *base)
{
	const char *root = NULL;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "root=", 5)) root = argv[i] + 5;
	if (!root) { errno = EINVAL; die("argument", "root"); }
	/* Private first: nothing that follows may be seen outside. */
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) die("make private", "/");
	if (mount("stoa", root, "tmpfs", MS_NOSUID, "mode=755,size=4m,nr_inodes=8k")) die("mount", root);
	if (chdir(root)) die("enter", root);
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		if (!value) { errno = EINVAL; die("argument", argv[i]); }
		*value++ = 0;
		char *colon = strchr(value, ':'), path[4096];
		if (!strcmp(argv[i], "base")) *base = (uint32_t)strtoul(value, NULL, 10);
		else if (!strcmp(argv[i], "dir")) {
			snprintf(path, sizeof path, ".%s", value);
			make_parents(path);
			if (mkdir(path, 0755) && errno != EEXIST) die("create", value);
		} else if (!strcmp(argv[i], "link") && colon) {
			*colon = 0;
			snprintf(path, sizeof path, ".%s", colon + 1);
			make_parents(path);
			if (symlink(value, path)) die("link", colon + 1);
		} else if (!strcmp(argv[i], "bind") && colon) {
			*colon = 0;
			attach(value, colon + 1, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
		} else if (!strcmp(argv[i], "dev"))
			attach(value, value, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
		else if (!strcmp(argv[i], "cgroup") && ncgroups < MAX_CGROUPS) {
			char *slash = strrchr(value, '/');
			*slash = 0;
			cgroups[ncgroups].parent = open(value, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			cgroups[ncgroups].name = slash + 1;
			if (cgroups[ncgroups++].parent < 0) die("open", value);
		}
	}
}

static void enter_root(void)
{
	/* A proc of our own pid namespace (warden and nurse, nothing else): the kernel lets the nurse mount its own only
	 * where one is visible already, and the host's must not be. */
	if (mkdir("./proc", 0755) && errno != EEXIST) die("create", "/proc");
	if (mount("proc", "./proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) die("mount", "/proc");
	if (syscall(SYS_pivot_root, ".", ".")) die("pivot into", "the root");
	if (umount2(".", MNT_DETACH)) die("leave", "/");
	if (chdir("/")) die("enter", "/");
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL)) die("protect", "/");
}

/* Calls f for each of a hierarchy's folders that are ours: the named one, and those with its name, a dash and a slot's
 * number. Returns how many there are. */
static int each_cgroup(int i, void (*f)(int parent, const char *name))
{
	size_t n = strlen(cgroups[i].name);
	int found = 0, fd = openat(cgroups[i].parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	for (struct dirent *e; d && (e = readdir(d));)
		if (!strncmp(e->d_name, cgroups[i].name, n) && (!e->d_name[n] || e->d_name[n] == '-')) {
			f(cgroups[i].parent, e->d_name);
			found++;
		}
	if (d) closedir(d);
	return found;
}

static void thaw(int parent, const char *name)
{
	char path[512];
	if (snprintf(path, sizeof path, "%s/freezer.state", name) >= (int)sizeof path) return;
	int fd = openat(parent, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) return;
	if (write(fd, "THAWED", 6) < 0) {} /* it has gone */
	close(fd);
}

static void discard(int parent, const char *name) { unlinkat(parent, name, AT_REMOVEDIR); }

static void remove_cgroups(void)
{
	for (int i = 0; i < ncgroups; i++)
		/* Everything in them is dead and reaped; a task may still be leaving, so try for a second. */
		for (int attempt = 0; attempt < 100 && each_cgroup(i, discard); attempt++)
			if (attempt) usleep(10000);
}

/* Waits for the nurse. When the agent's socket closes before, the agent may be dead: then nobody else thaws. */
static int await_nurse(pid_t nurse, int pidfd)
{
	int status = 0;
	struct pollfd p[2] = { { .fd = pidfd, .events = POLLIN }, { .fd = CONTROL_FD } };
	while (!p[0].revents) {
		if (poll(p, 2, -1) < 0 && errno != EINTR) break;
		if (!p[1].revents) continue;
		for (int i = 0; i < ncgroups; i++) each_cgroup(i, thaw);
		p[1].fd = -1;
	}
	while (waitpid(nurse, &status, 0) < 0 && errno == EINTR) {}
	return status;
}

int warden_main(int argc, char **argv)
{
	uint32_t base = 0; /* 0: not root, the user namespace exists already and maps one id */
	int gate[2], pidfd = -1;
	umask(022);
	signal(SIGPIPE, SIG_IGN);
	plant_root(argc, argv, &base);
	enter_root();
	if (pipe2(gate, O_CLOEXEC)) die("make", "pipe");
	struct clone_args a = {
		.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
			 (base ? CLONE_NEWUSER : 0) | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t nurse = (pid_t)syscall(SYS_clone3, &a, sizeof a);
	if (nurse < 0) die("make", "namespaces");
	if (nurse == 0) {
		char c;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(gate[1]);
		if (read(gate[0], &c, 1) != 1) _exit(1);
		/* Nothing but the agent's socket and stderr survives; the cgroup folders must not. */
		for (int i = 0; i < ncgroups; i++) close(cgroups[i].parent);
		if (base && (setresgid(0, 0, 0) || setresuid(0, 0, 0))) die("become", "root of the user namespace");
		if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) die("mount", "inner /proc");
		/* Exec anew, so that this process and its forks belong to the inner user namespace for every later check. */
		execl("/stoa/stoa-sandbox", "stoa-nurse", "nurse", (char *)NULL);
		die("start", "nurse");
	}
	close(gate[0]);
	if (base) {
		char path[64], map[64];
		snprintf(map, sizeof map, "0 %u 65536\n", base);
		snprintf(path, sizeof path, "/proc/%d/uid_map", nurse);
		if (write_file(path, map)) die("write", path);
		snprintf(path, sizeof path, "/proc/%d/gid_map", nurse);
		if (write_file(path, map)) die("write", path);
	}
	if (write(gate[1], "g", 1) != 1) die("release", "nurse");
	close(gate[1]);
	int status = await_nurse(nurse, pidfd);
	remove_cgroups();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
