/* The sandbox helper: shared declarations and the wire format.
 *
 *   agent (Go) ──exec──> warden ──clone──> nurse ──fork──> cell   one per run, pid 1 of its pid namespace
 *                                            ├──fork──> guest     the user's program, pid 2 of its cell
 *                                            └──exec──> zygote    a warmed interpreter, never runs user code
 *                                                         └─fork─> guest
 *
 * warden: real root, its own pid and mount namespace. Builds the read-only root, maps the ids, waits, removes cgroups.
 * nurse:  root of a user namespace that owns nothing on the host; takes requests from the agent on descriptor 3.
 * Every message is one SOCK_SEQPACKET datagram of a fixed struct, native byte order; descriptors ride along. */
#ifndef STOA_H
#define STOA_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONTROL_FD 3   /* nurse and zygotes: the agent's socket */
#define MAX_FDS 16     /* descriptors in one message */
#define MAX_SLOTS 4096
#define ZYGOTE_PID 30000 /* see nurse.c: must never be a pid that a guest can have */

enum { REQ_CELL = 1, REQ_RUN = 2, REQ_ZYGOTE = 3 };
enum { REP_READY = 16, REP_EXIT = 17, REP_FAILED = 18 };

#define FLAG_GATE 1u   /* the program keeps the descriptor in FD_STATUS, as GATE_FD: it waits there for its run */
#define FLAG_TERMINAL 2u /* standard input is a terminal: it becomes the controlling one */
#define GATE_FD 1022

/* Where a setup failed; the agent turns it into words. Kept in step with protocol.go. */
enum step {
	STEP_REQUEST = 1, STEP_CLONE, STEP_NETNS, STEP_TMPFS, STEP_PROC, STEP_HOSTNAME, STEP_CREDS, STEP_CGROUP,
	STEP_SETNS, STEP_STDIO, STEP_RLIMIT, STEP_PAYLOAD, STEP_FILES, STEP_LANDLOCK, STEP_SECCOMP, STEP_EXEC, STEP_PIDFD,
};

struct request {
	uint32_t kind, id;
	uint32_t slot, uid;         /* uid: inside the user namespace; 0 keeps the only mapped one */
	uint64_t disk, inodes;      /* REQ_CELL: bounds of the working tmpfs, bytes and inodes. REQ_RUN: if not 0, what it may hold beside what is in it */
	uint64_t fsize, address;    /* REQ_RUN: RLIMIT_FSIZE, RLIMIT_AS (0: none), bytes */
	uint32_t cpu, processes;    /* RLIMIT_CPU in seconds, RLIMIT_NPROC */
	uint32_t files, flags;      /* RLIMIT_NOFILE; FLAG_GATE */
};

struct reply {
	uint32_t kind, id;
	int32_t status;             /* REP_EXIT: wait status; REP_FAILED: errno */
	uint32_t step;              /* REP_FAILED: enum step */
	uint64_t user_us, system_us, maxrss_kb;
};

/* Descriptors of REQ_RUN, in this order; what follows are cgroup "tasks" files to join. A zygote's guest gets, for the
 * payload, a socket on which the payload comes when its run does. */
enum { FD_CELL, FD_PAYLOAD, FD_IN, FD_OUT, FD_ERR, FD_STATUS, FD_CGROUPS };

/* payload.c: arguments, environment and files of one run, in a memfd that the agent filled, or through a pipe. */
struct payload {
	const uint8_t *at, *end;
	void *map;
	size_t size;
	uint32_t nfiles;
	int stream; /* where contents come that were too large to be held; -1: nowhere */
	char **argv, **envp;
};
int payload_open(struct payload *p, int fd);  /* 0, or -1 and errno */
int payload_parse(struct payload *p);         /* the same, of what map, size and stream hold already */
int payload_await(int gate);                  /* the payload's descriptor, once it comes; ends the process at EOF */
int payload_files(struct payload *p);         /* writes the files below the current folder */
void payload_close(struct payload *p);
char **payload_news(struct payload *p);       /* the variables that this process does not have already, with the same value */

/* enter.c */
struct failure { enum step step; int error; };
int enter_cell(const struct request *r, const int *fds, int nfds, struct failure *f);
int confine(const struct request *r, struct failure *f);

/* confine.c */
int drop_bounding_set(void);
int become(uint32_t uid);
int set_limits(const struct request *r);
int limit_files(const struct request *r);
int landlock_confine(void);
/* The complete filter, or (for a warmed interpreter) the same but for what entering a cell needs. */
int seccomp_load(int for_zygote);
int seccomp_seal(void); /* what seccomp_load(1) left open */
int filter_main(const char *which); /* writes a filter to standard output */

/* zygote.c */
struct interpreter {
	pid_t (*fork)(void);    /* its child has one thread */
	void (*in_child)(void); /* when that is confined; may be NULL */
	int reports;            /* the guest gets STATUS_FD, and says there what it would exit with */
	int keeps_files;        /* it keeps the interpreter's own descriptors, opened before serving */
};
#define STATUS_FD 1023 /* the highest below the guest's RLIMIT_NOFILE, out of the way of what it opens */
int zygote_serve(const struct interpreter *in, struct payload *p); /* returns 0 in each guest, else -1 and errno */

/* wire.c */
int receive(int sock, struct request *r, int *fds, int *nfds); /* 1, 0 at end, -1 */
void answer(int sock, const struct reply *r, const int *fds, int nfds);
void answer_failed(int sock, uint32_t id, enum step step, int error);
void close_all(int *fds, int n);
int write_file(const char *path, const char *text);

/* warden.c */
void die(const char *what, const char *path) __attribute__((noreturn)); /* tells the agent, and ends */
void plant_root(int argc, char **argv, uint32_t *base);
int warden_main(int argc, char **argv);
/* gvisor.c: class "gvisor", outside (makes the place that runsc starts in) and inside (pid 1 of its sandbox) */
int gvisor_main(int argc, char **argv);
int inside_main(void);
int nurse_main(void);
int open_self(const char *name); /* nurse.c: a file of the nurse's own /proc/self, which lies hidden */
int emit_main(const char *path); /* payload.c: writes a plain file of the current folder to standard output */
void cell_main(const struct request *r, int netns) __attribute__((noreturn));

/* netns.c: one network namespace per slot, with loopback up, replaced once a run has used it. */
int netns_of_slot(uint32_t slot);
#endif
