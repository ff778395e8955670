package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// A run with egress has one network device beside loopback: a tun, whose other end its Job.Network takes. The namespace
// routes everything there, and the resolver's address is the same for all runs (192.0.0.0/29 exists for addresses that
// stay inside a host, RFC 7335), so that one resolv.conf serves all.
var (
	TunResolver  = netip.MustParseAddr("192.0.0.1")
	TunResolver6 = netip.MustParseAddr("fd73:746f:6100::1")

	tunAddress  = netip.MustParsePrefix("192.0.0.2/29")
	tunAddress6 = netip.MustParsePrefix("fd73:746f:6100::2/64")
)

// TunMTU is the largest packet on the device. It never crosses a wire, so it may be large: fewer packets for the same bytes.
const TunMTU = 16 << 10

// connect gives the cell its network device, and job.Network the other end. What it returns takes that back.
func (r *run) connect(job *Job) (stop func(), err error) {
	if job == nil || job.Network == nil {
		return func() {}, nil
	}
	tun, err := elsewhere(func() (int, error) {
		if err := unix.Setns(r.cell.pidfd, unix.CLONE_NEWNET); err != nil {
			return -1, fmt.Errorf("%w: enter the network namespace: %w", errNoTun, err)
		}
		fd, err := tunHere(false)
		if err == nil {
			err = useLoopback()
		}
		return fd, err
	})
	if err != nil {
		return nil, err
	}
	return job.Network(tun)
}

// Egress says how runs that ask for it get a network on this host.
func Egress() string {
	switch _, err := os.Stat("/dev/net/tun"); {
	case os.Geteuid() != 0:
		return "none: the agent is not root"
	case err != nil:
		return "none: this host has no /dev/net/tun"
	}
	return "for runs with a list: a tun device, whose every connection the agent judges and makes itself"
}

// InNetwork calls start in a new network namespace, with loopback and a tun device, whose other end it returns. The processes
// that start starts stay in there, and nothing else is ever in it. The error is a *JobError where this host gives no run a network.
func InNetwork(start func() error) (*os.File, error) {
	return elsewhere(func() (int, error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return -1, fmt.Errorf("%w: make a network namespace: %w", errNoTun, err)
		}
		fd, err := tunHere(true)
		if err == nil {
			err = raiseLoopback()
		}
		if err != nil {
			return fd, err
		}
		return fd, start()
	})
}

// elsewhere opens the device on a thread that may go to another network namespace.
func elsewhere(open func() (int, error)) (*os.File, error) {
	var fd int
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread, in another namespace now, ends with this goroutine
		var err error
		fd, err = open()
		made <- err
	}()
	err := <-made
	if err == nil {
		return os.NewFile(uintptr(fd), "tun"), nil
	}
	if fd >= 0 {
		unix.Close(fd)
	}
	switch {
	case errors.Is(err, errNoTun) && errors.Is(err, unix.ENOENT):
		return nil, &JobError{"network", "this host has no /dev/net/tun: load its tun module, then runs may have egress"}
	case errors.Is(err, errNoTun) && (errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)):
		return nil, &JobError{"network", "this host's agent may not give runs a network: it must be root, with /dev/net/tun"}
	}
	return nil, err
}

var errNoTun = errors.New("make a tun device")

// tunHere makes the device in this thread's network namespace. With gateways, the default routes lead to the resolver's
// addresses: runsc takes no others. The descriptor is to be closed, if there is one, also where there is an error.
func tunHere(gateways bool) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("%w: open /dev/net/tun: %w", errNoTun, err)
	}
	if err := attachTun(fd, gateways); err != nil {
		return fd, fmt.Errorf("%w: %w", errNoTun, err)
	}
	return fd, nil
}

func attachTun(fd int, gateways bool) error {
	const name = "eth0"
	q, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	q.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, q); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("speak to the kernel's routing: %w", err)
	}
	defer unix.Close(s)
	index, err := indexOf(name)
	if err != nil {
		return err
	}
	if err := netlink(s, unix.RTM_NEWLINK, linkUp(index), attribute(unix.IFLA_MTU, binary.NativeEndian.AppendUint32(nil, TunMTU))); err != nil {
		return fmt.Errorf("raise %s: %w", name, err)
	}
	for _, a := range []netip.Prefix{tunAddress, tunAddress6} {
		via := netip.Addr{}
		switch {
		case gateways && a.Addr().Is4():
			via = TunResolver
		case gateways:
			via = TunResolver6
		}
		if err := addAddress(s, index, a, via); err != nil && a.Addr().Is4() { // a host without IPv6 gives none
			return fmt.Errorf("give %s its address: %w", name, err)
		}
	}
	return nil
}

// raiseLoopback makes loopback usable in a new namespace.
func raiseLoopback() error {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("speak to the kernel's routing: %w", err)
	}
	defer unix.Close(s)
	index, err := indexOf("lo")
	if err != nil {
		return err
	}
	if err := netlink(s, unix.RTM_NEWLINK, linkUp(index)); err != nil {
		return fmt.Errorf("raise loopback: %w", err)
	}
	return nil
}

// useLoopback sends a packet to the namespace itself: one that has been used is not given to another cell (helper/netns.c).
func useLoopback() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("mark the namespace: %w", err)
	}
	defer unix.Close(s)
	if err := unix.Sendto(s, []byte{0}, 0, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return fmt.Errorf("mark the namespace: %w", err)
	}
	return nil
}

func indexOf(name string) (uint32, error) {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("find %s: %w", name, err)
	}
	defer unix.Close(s)
	q, _ := unix.NewIfreq(name)
	if err := unix.IoctlIfreq(s, unix.SIOCGIFINDEX, q); err != nil {
		return 0, fmt.Errorf("find %s: %w", name, err)
	}
	return q.Uint32(), nil
}

// addAddress gives the device an address, and its family the default route: by way of a gateway, if there is one.
func addAddress(s int, index uint32, a netip.Prefix, via netip.Addr) error {
	family, bytes := byte(unix.AF_INET), a.Addr().AsSlice()
	if a.Addr().Is6() {
		family = unix.AF_INET6
	}
	head := binary.NativeEndian.AppendUint32([]byte{family, byte(a.Bits()), unix.IFA_F_NODAD, unix.RT_SCOPE_UNIVERSE}, index)
	if err := netlink(s, unix.RTM_NEWADDR, head, attribute(unix.IFA_LOCAL, bytes), attribute(unix.IFA_ADDRESS, bytes)); err != nil {
		return err
	}
	route := []byte{family, 0, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_LINK, unix.RTN_UNICAST, 0, 0, 0, 0}
	out := attribute(unix.RTA_OIF, binary.NativeEndian.AppendUint32(nil, index))
	if !via.IsValid() {
		return netlink(s, unix.RTM_NEWROUTE, route, out)
	}
	route[6] = unix.RT_SCOPE_UNIVERSE // what is behind a gateway is farther than a link
	return netlink(s, unix.RTM_NEWROUTE, route, out, attribute(unix.RTA_GATEWAY, via.AsSlice()))
}

func linkUp(index uint32) []byte {
	n := binary.NativeEndian
	b := n.AppendUint32(make([]byte, 4), index)
	return n.AppendUint32(n.AppendUint32(b, unix.IFF_UP), unix.IFF_UP)
}

func attribute(kind uint16, value []byte) []byte {
	n := binary.NativeEndian
	b := n.AppendUint16(n.AppendUint16(nil, uint16(4+len(value))), kind)
	b = append(b, value...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// netlink asks the kernel for one change and reads its answer.
func netlink(s int, kind uint16, parts ...[]byte) error {
	n := binary.NativeEndian
	flags := uint16(unix.NLM_F_REQUEST | unix.NLM_F_ACK)
	if kind != unix.RTM_NEWLINK {
		flags |= unix.NLM_F_CREATE | unix.NLM_F_EXCL
	}
	b := n.AppendUint16(n.AppendUint16(make([]byte, 4), kind), flags)
	b = append(b, make([]byte, 8)...) // sequence, sender
	for _, p := range parts {
		b = append(b, p...)
	}
	n.PutUint32(b, uint32(len(b)))
	if err := unix.Sendto(s, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	got, _, err := unix.Recvfrom(s, answer, 0)
	switch {
	case err != nil:
		return err
	case got < 20 || n.Uint16(answer[4:]) != unix.NLMSG_ERROR:
		return errors.New("the kernel's answer makes no sense")
	}
	if errno := -int32(n.Uint32(answer[16:])); errno != 0 {
		return unix.Errno(errno)
	}
	return nil
}
