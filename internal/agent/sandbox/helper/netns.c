/* One network namespace per slot, loopback up, used by one cell at a time. Making one costs a millisecond, so it is kept;
 * but only while no packet has passed it: a run that used even its own loopback leaves counters and TIME_WAIT sockets
 * behind, and gets its successor a new one. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int space[MAX_SLOTS], counter[MAX_SLOTS]; /* descriptor + 1; counter is a netlink socket inside the namespace */
static int own = -1;

static int make(uint32_t slot)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	if (own < 0 && (own = open_self("ns/net")) < 0) return -1;
	if (unshare(CLONE_NEWNET)) return -1;
	int fd = open_self("ns/net");
	int link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int up = s >= 0 ? ioctl(s, SIOCSIFFLAGS, &r) : -1, e = errno;
	if (s >= 0) close(s);
	if (setns(own, CLONE_NEWNET)) _exit(70); /* a nurse in the wrong namespace must not go on */
	if (fd < 0 || link < 0 || up < 0) {
		if (fd >= 0) close(fd);
		if (link >= 0) close(link);
		errno = e;
		return -1;
	}
	space[slot] = fd + 1;
	counter[slot] = link + 1;
	return 0;
}

/* Whether any packet passed the loopback device; when it cannot be told, yes. */
static int used(int link)
{
	struct { struct nlmsghdr h; struct ifinfomsg i; } q = {
		.h = { .nlmsg_len = sizeof q, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST },
		.i = { .ifi_index = 1 },
	};
	union { struct nlmsghdr h; char b[8192]; } a;
	if (send(link, &q, sizeof q, 0) < 0) return 1;
	ssize_t n = recv(link, &a, sizeof a, 0);
	if (n < (ssize_t)sizeof a.h || a.h.nlmsg_type != RTM_NEWLINK) return 1;
	struct ifinfomsg *i = NLMSG_DATA(&a.h);
	int left = (int)IFLA_PAYLOAD(&a.h);
	for (struct rtattr *t = IFLA_RTA(i); RTA_OK(t, left); t = RTA_NEXT(t, left))
		if (t->rta_type == IFLA_STATS64) {
			struct rtnl_link_stats64 s;
			memcpy(&s, RTA_DATA(t), sizeof s < RTA_PAYLOAD(t) ? sizeof s : RTA_PAYLOAD(t));
			return s.rx_packets != 0 || s.tx_packets != 0;
		}
	return 1;
}

int netns_of_slot(uint32_t slot)
{
	if (slot >= MAX_SLOTS) { errno = EINVAL; return -1; }
	if (space[slot] && used(counter[slot] - 1)) {
		close(space[slot] - 1);
		close(counter[slot] - 1);
		space[slot] = 0;
	}
	if (!space[slot] && make(slot)) return -1;
	return space[slot] - 1;
}
