/* The system call filter: a deny list, for the programs are arbitrary. What is denied is what the user namespace, the
 * lack of capabilities or the mounts should stop anyway, and what has been the way out of sandboxes before. Calls newer
 * than this list answer ENOSYS, as on an older kernel, so that tomorrow's kernel does not widen it. */
#include "stoa.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "stoa-sandbox knows x86-64 and arm64"
#endif

#define LAST_CALL 469 /* of Linux 6.18; later calls are unknown to this list */

static const int denied[] = {
	/* mounts and roots */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, 428 /* open_tree */, 429 /* move_mount */, 430 /* fsopen */,
	431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */, 442 /* mount_setattr */, 457 /* statmount */,
	458 /* listmount */, 467 /* open_tree_attr */,
	/* other processes */
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 438 /* pidfd_getfd */, 440 /* process_madvise */,
	448 /* process_mrelease */, SYS_move_pages, SYS_migrate_pages,
	/* large, young or privileged kernel interfaces */
	SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, 425, 426, 427 /* io_uring */, SYS_add_key, SYS_request_key, SYS_keyctl,
	SYS_fanotify_init, SYS_fanotify_mark, SYS_open_by_handle_at, SYS_name_to_handle_at, 447 /* memfd_secret */,
	SYS_seccomp, SYS_vhangup, SYS_quotactl, 443 /* quotactl_fd */, SYS_acct, SYS_swapon, SYS_swapoff, SYS_syslog,
	/* the machine itself */
	SYS_reboot, SYS_kexec_load, SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname,
	SYS_lookup_dcookie, SYS_nfsservctl,
#if defined __x86_64__
	SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS__sysctl, SYS_ustat, SYS_sysfs,
#endif
};

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80)
#define NR offsetof(struct seccomp_data, nr)
#define ARG(n) (offsetof(struct seccomp_data, args) + 8 * (n)) /* low half, little endian */
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define ANSWER(v) BPF_STMT(BPF_RET | BPF_K, (v))
#define DENY(e) ANSWER(SECCOMP_RET_ERRNO | (e))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define EQUAL(v, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (v), (then), (otherwise))

static int load(const struct sock_filter *f, size_t n)
{
	struct sock_fprog p = { .len = (unsigned short)n, .filter = (struct sock_filter *)f };
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p);
}

#define MOST 256
static size_t program(struct sock_filter *f, int for_zygote)
{
	size_t n = 0;
#define ADD(...) do { const struct sock_filter part[] = { __VA_ARGS__ }; \
	for (size_t i_ = 0; i_ < sizeof part / sizeof *part; i_++) f[n++] = part[i_]; } while (0)

	ADD(LOAD(offsetof(struct seccomp_data, arch)), EQUAL(ARCH, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS), LOAD(NR));
	/* The x32 numbers (bit 30) are above this as well. */
	ADD(BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, LAST_CALL, 0, 1), DENY(ENOSYS));
	/* clone3 passes its flags in memory, where a filter cannot look: without it, programs use clone. */
	ADD(EQUAL(435, 0, 1), DENY(ENOSYS));
	ADD(EQUAL(SYS_clone, 0, 4), LOAD(ARG(0)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1), DENY(EPERM), ALLOW);
	/* Only pipes between its own processes and the internet protocols of its own, empty network. AF_VSOCK in
	 * particular is not confined by a network namespace. */
	ADD(EQUAL(SYS_socket, 0, 6), LOAD(ARG(0)), EQUAL(AF_UNIX, 3, 0), EQUAL(AF_INET, 2, 0), EQUAL(AF_INET6, 1, 0),
	    DENY(EAFNOSUPPORT), ALLOW);
	ADD(EQUAL(SYS_socketpair, 0, 4), LOAD(ARG(0)), EQUAL(AF_UNIX, 1, 0), DENY(EAFNOSUPPORT), ALLOW);
	/* Typing into, or pasting over, a terminal; another line discipline, each a kernel module of its own. */
	ADD(EQUAL(SYS_ioctl, 0, 6), LOAD(ARG(1)), EQUAL(TIOCSTI, 2, 0), EQUAL(TIOCLINUX, 1, 0), EQUAL(TIOCSETD, 0, 1),
	    DENY(EPERM), ALLOW);
	/* Only "which one have I?" and the plain one. */
	ADD(EQUAL(SYS_personality, 0, 5), LOAD(ARG(0)), EQUAL(0, 2, 0), EQUAL(0xffffffff, 1, 0), DENY(EPERM), ALLOW);
	ADD(EQUAL(SYS_prctl, 0, 4), LOAD(ARG(0)), EQUAL(PR_SET_SECCOMP, 0, 1), DENY(EPERM), ALLOW);
	if (for_zygote)
		/* The children of a warmed interpreter still enter their cells. They may make no namespace but the one
		 * that a capability guards, and may load the seal. */
		ADD(EQUAL(SYS_unshare, 0, 4), LOAD(ARG(0)), EQUAL(CLONE_NEWCGROUP, 1, 0), DENY(EPERM), ALLOW);
	else
		ADD(EQUAL(SYS_setns, 1, 0), EQUAL(SYS_unshare, 0, 1), DENY(EPERM));
	for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
		if (!(for_zygote && denied[i] == SYS_seccomp)) ADD(EQUAL((uint32_t)denied[i], 0, 1), DENY(EPERM));
	ADD(ALLOW);
	return n;
}

static const struct sock_filter seal[] = { LOAD(NR), EQUAL(SYS_setns, 2, 0), EQUAL(SYS_unshare, 1, 0), EQUAL(SYS_seccomp, 0, 1),
	DENY(EPERM), ALLOW };

int seccomp_load(int for_zygote)
{
	struct sock_filter f[MOST];
	return load(f, program(f, for_zygote));
}

int seccomp_seal(void) { return load(seal, sizeof seal / sizeof *seal); }

/* For tests, which run the programs over calls of their own: 0 complete, 1 for a zygote, 2 its seal. */
int filter_main(const char *which)
{
	struct sock_filter f[MOST];
	size_t n = program(f, *which == '1') * sizeof *f;
	const void *from = *which == '2' ? (n = sizeof seal, (const void *)seal) : f;
	return write(STDOUT_FILENO, from, n) == (ssize_t)n ? 0 : 1;
}
