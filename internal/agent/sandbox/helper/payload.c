/* Arguments, environment and files of one run. The agent wrote them, but their contents are the user's, so this is read
 * only after the process has become the guest, with all privileges gone.
 *
 *   u32 magic, nargv, nenv, nfiles; then strings: u32 length, bytes, 0; then files: u32 path length, u32 mode,
 *   u64 size, path, 0, content. Native byte order, unaligned.
 *
 * A content that is too large to be held in memory is not there, which its mode says. Then all comes through a pipe:
 * u64 size of the above, the above, and those contents in the same order. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAGIC 0x414f5453u
#define STREAMED 0x80000000u /* of a mode */

static int bad(void) { errno = EBADMSG; return -1; }

static int number(struct payload *p, void *v, size_t n)
{
	if ((size_t)(p->end - p->at) < n) return bad();
	memcpy(v, p->at, n);
	p->at += n;
	return 0;
}

static char *text(struct payload *p, size_t n)
{
	if ((size_t)(p->end - p->at) < n + 1 || p->at[n] != 0) { bad(); return NULL; }
	char *s = (char *)p->at;
	p->at += n + 1;
	return s;
}

static char **strings(struct payload *p, uint32_t n)
{
	if (n > 65536) { bad(); return NULL; }
	char **v = calloc((size_t)n + 1, sizeof *v);
	for (uint32_t i = 0; v && i < n; i++) {
		uint32_t length;
		if (number(p, &length, sizeof length) || !(v[i] = text(p, length))) return NULL;
	}
	return v;
}

static int read_all(int fd, uint8_t *b, uint64_t n)
{
	while (n) {
		ssize_t k = read(fd, b, n);
		if (k < 0 && errno == EINTR) continue;
		if (k == 0) errno = EIO; /* the agent gave up */
		if (k <= 0) return -1;
		b += k;
		n -= (uint64_t)k;
	}
	return 0;
}

static int payload_receive(struct payload *p, int fd)
{
	uint64_t size;
	if (read_all(fd, (uint8_t *)&size, sizeof size)) return -1;
	p->size = (size_t)size;
	p->map = mmap(NULL, p->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->map == MAP_FAILED || read_all(fd, p->map, size)) return -1;
	p->stream = fd;
	return payload_parse(p);
}

int payload_open(struct payload *p, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END); /* not fstat, which older libcs do not have by that name */
	if (size < 0) return errno == ESPIPE ? payload_receive(p, fd) : -1;
	p->stream = -1;
	p->size = (size_t)size;
	if (p->size == 0) return bad();
	/* Private and read-only: the agent sealed it against growing smaller. */
	p->map = mmap(NULL, p->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p->map == MAP_FAILED) return -1;
	return payload_parse(p);
}

int payload_parse(struct payload *p)
{
	uint32_t head[4];
	p->at = p->map;
	p->end = p->at + p->size;
	if (number(p, head, sizeof head)) return -1;
	if (head[0] != MAGIC) return bad();
	p->argv = strings(p, head[1]);
	p->envp = p->argv ? strings(p, head[2]) : NULL;
	p->nfiles = head[3];
	return p->envp ? 0 : -1;
}

int payload_await(int gate)
{
	char none;
	union { char buf[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
	struct iovec iov = { &none, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n;
	int fd;
	do n = recvmsg(gate, &m, MSG_CMSG_CLOEXEC); while (n < 0 && errno == EINTR);
	if (n <= 0) _exit(0); /* it will not be needed */
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof fd)) return bad();
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static int write_all(int fd, const uint8_t *b, uint64_t n)
{
	while (n) {
		ssize_t k = write(fd, b, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return -1;
		b += k;
		n -= (uint64_t)k;
	}
	return 0;
}

static int pass_on(int from, int to, uint64_t n)
{
	static uint8_t b[1 << 16];
	while (n) {
		uint64_t some = n < sizeof b ? n : sizeof b;
		if (read_all(from, b, some) || write_all(to, b, some)) return -1;
		n -= some;
	}
	return 0;
}

/* The kernel refuses links, ".." and absolute paths here, whatever the agent let through. */
static int open_beneath(const char *path, uint64_t flags, uint64_t mode)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
	if (fd >= 0 || errno != ENOSYS) return fd;
	/* gVisor has no such call. There the folder is new and nobody else's, each folder of the path was just opened
	 * by itself, and the agent has checked the names. */
	return open(path, (int)flags | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
}

static int make_folders(char *path)
{
	for (char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		*s = 0;
		int r = mkdir(path, 0755), e = errno;
		int fd = r && e != EEXIST ? -1 : open_beneath(path, O_PATH | O_DIRECTORY, 0);
		if (fd < 0) { errno = r && e != EEXIST ? e : errno; return -1; }
		close(fd);
		*s = '/';
	}
	return 0;
}

int payload_files(struct payload *p)
{
	char path[4096];
	for (uint32_t i = 0; i < p->nfiles; i++) {
		uint32_t head[2];
		uint64_t size;
		char *name;
		if (number(p, head, sizeof head) || number(p, &size, sizeof size)) return -1;
		if (head[0] >= sizeof path || !(name = text(p, head[0]))) return bad();
		int streamed = (head[1] & STREAMED) != 0;
		if (!streamed && (uint64_t)(p->end - p->at) < size) return bad();
		memcpy(path, name, head[0] + 1);
		if (make_folders(path)) return -1;
		int fd = open_beneath(path, O_WRONLY | O_CREAT | O_EXCL, head[1] & 0777);
		if (fd < 0) return -1;
		int r = streamed ? pass_on(p->stream, fd, size) : write_all(fd, p->at, size), e = errno;
		close(fd);
		if (r) { errno = e; return -1; }
		if (!streamed) p->at += size;
	}
	return 0;
}

void payload_close(struct payload *p)
{
	munmap(p->map, p->size);
	free(p->argv);
	free(p->envp);
}

int emit_main(const char *path)
{
	struct stat st;
	static uint8_t b[1 << 16];
	ssize_t n;
	int fd = open_beneath(path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) return 1;
	while ((n = read(fd, b, sizeof b)) > 0)
		if (write_all(1, b, (uint64_t)n)) return 1;
	return n ? 1 : 0;
}
