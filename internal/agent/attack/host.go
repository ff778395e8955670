package attack

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
)

// Host is what an attack would like to have or to harm here: a secret in a file that everybody may read, one in our
// environment, listeners, a process. It notices when something happens to them.
type Host struct {
	Dir       string
	Secret    string // in files, and in our environment
	Neighbour string // what runs before and beside hold

	listeners []net.Listener
	packets   net.PacketConn
	outside   string // where the last listener is, on an address that others could reach; empty: this host has none
	gateway   *egress.Gateway
	process   *exec.Cmd
	names     *strings.Replacer
	before    map[string]string
	mu        sync.Mutex
	reached   []error
}

// firstGuest is below all host user ids of runs, in every class.
const firstGuest = 2_000_000_000

// Watch puts everything in place, below dir. Close ends it.
func Watch(dir string) (*Host, error) {
	h := &Host{Dir: dir, Secret: "host-" + rand.Text(), Neighbour: "neighbour-" + rand.Text()}
	for _, d := range []string{"world", "world/open"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil { //nolint:gosec // for everybody: bait
			return nil, fmt.Errorf("make a folder for everybody: %w", err)
		}
		if err := os.Chmod(filepath.Join(dir, d), 0o777); err != nil { //nolint:gosec // bait, whatever the mask
			return nil, fmt.Errorf("make a folder for everybody: %w", err)
		}
	}
	if err := os.WriteFile(h.file(), []byte(h.Secret), 0o666); err != nil { //nolint:gosec // bait
		return nil, fmt.Errorf("lay out the bait: %w", err)
	}
	if err := os.Chmod(h.file(), 0o666); err != nil { //nolint:gosec // bait
		return nil, fmt.Errorf("lay out the bait: %w", err)
	}
	if err := errors.Join(os.Setenv("STOA_ATTACK_SECRET", h.Secret), h.listen(), h.start()); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.before = h.state()
	h.gateway = egress.New(egress.Config{Resolver: inwards{h}, Dial: h.dialled})
	return h, nil
}

func (h *Host) file() string   { return filepath.Join(h.Dir, "world", "secret") }
func (h *Host) socket() string { return filepath.Join(h.Dir, "world", "socket") }

func (h *Host) listen() error {
	bait := [][2]string{{"tcp", "127.0.0.1:0"}, {"unix", "@stoa-attack-" + rand.Text()}, {"unix", h.socket()}}
	own, err := egress.HostAddresses()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(own, func(a netip.Addr) bool { return a.Is4() && a.IsGlobalUnicast() }); i >= 0 {
		bait = append(bait, [2]string{"tcp", netip.AddrPortFrom(own[i], 0).String()})
	}
	for _, at := range bait {
		l, err := net.Listen(at[0], at[1])
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		h.listeners = append(h.listeners, l)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Close()
				h.say(fmt.Errorf("somebody reached %s", l.Addr()))
			}
		}()
	}
	if len(h.listeners) > 3 {
		h.outside = h.listeners[3].Addr().String()
	}
	port := h.listeners[0].Addr().(*net.TCPAddr).Port
	packets, err := net.ListenPacket("udp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	h.packets = packets
	go func() {
		for b := make([]byte, 1); ; {
			if _, from, err := packets.ReadFrom(b); err == nil {
				h.say(fmt.Errorf("somebody sent a packet from %s", from))
			} else if errors.Is(err, net.ErrClosed) {
				return
			}
		}
	}()
	return os.Chmod(h.socket(), 0o777) //nolint:gosec // bait
}

func (h *Host) say(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reached = append(h.reached, err)
}

func (h *Host) start() error {
	h.process = exec.Command("sleep", "100000")
	h.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: 0, Setsid: true}
	h.process.Env = []string{"SECRET=" + h.Secret}
	if err := h.process.Start(); err != nil {
		return fmt.Errorf("start the process to be attacked: %w", err)
	}
	h.names = strings.NewReplacer(
		"@file@", h.file(), "@folder@", filepath.Join(h.Dir, "world", "open"), "@socket@", h.socket(), "@dir@", h.Dir,
		"@port@", strconv.Itoa(h.listeners[0].Addr().(*net.TCPAddr).Port), "@abstract@", strings.TrimPrefix(h.listeners[1].Addr().String(), "@"),
		"@outside@", h.outside, "@pid@", strconv.Itoa(h.process.Process.Pid), "@agent@", strconv.Itoa(os.Getpid()),
		// In two halves, so that an attack's own text does not hold what it looks for.
		"@neighbour1@", h.Neighbour[:16], "@neighbour2@", h.Neighbour[16:],
	)
	return nil
}

func (h *Host) fill(source string) string { return h.names.Replace(source) }

// Close ends the listeners and the process.
func (h *Host) Close() error {
	for _, l := range h.listeners {
		l.Close()
	}
	if h.packets != nil {
		h.packets.Close()
	}
	if h.process != nil && h.process.Process != nil {
		_ = h.process.Process.Kill()
		_ = h.process.Wait()
	}
	if h.gateway != nil {
		h.gateway.Close()
	}
	return os.Unsetenv("STOA_ATTACK_SECRET")
}

// Unharmed tells what has happened to the host since the last call.
func (h *Host) Unharmed() error {
	h.mu.Lock()
	wrong := h.reached
	h.reached = nil
	h.mu.Unlock()
	now := h.state()
	for what, was := range h.before {
		if now[what] != was {
			wrong = append(wrong, fmt.Errorf("%s was %q, is %q", what, was, now[what]))
		}
	}
	h.before = now
	return errors.Join(append(wrong, leftFiles(), leftObjects())...)
}

// state is what must stay as it is.
func (h *Host) state() map[string]string {
	s := map[string]string{}
	read := func(what, name string) {
		b, err := os.ReadFile(name)
		s[what] = string(bytes.TrimSpace(b))
		if err != nil {
			s[what] = err.Error()
		}
	}
	read("the secret", h.file())
	if st, err := os.Stat(h.file()); err == nil {
		at := st.Sys().(*syscall.Stat_t)
		s["the secret's file"] = fmt.Sprint(st.Mode(), at.Uid, at.Gid, at.Nlink, st.ModTime().UnixNano())
	}
	entries, _ := os.ReadDir(filepath.Join(h.Dir, "world", "open"))
	s["the folder that anybody may write to"] = fmt.Sprint(entries)
	for _, name := range []string{"hostname", "domainname", "core_pattern", "modprobe", "randomize_va_space"} {
		read("the kernel's "+name, "/proc/sys/kernel/"+name)
	}
	agents, _ := filepath.Glob("/sys/fs/cgroup/*/release_agent")
	for _, name := range agents {
		read(name, name)
	}
	s["the process"] = processState(h.process.Process.Pid)
	return s
}

// processState leaves out what changes by itself.
func processState(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return err.Error()
	}
	var kept []string
	for line := range strings.Lines(string(b)) {
		for _, key := range []string{"Name:", "State:", "TracerPid:", "Uid:", "SigPnd:", "ShdPnd:", "Cpus_allowed:"} {
			if strings.HasPrefix(line, key) {
				for _, awake := range []string{"R (running)", "D (disk sleep)"} {
					line = strings.Replace(line, awake, "S (sleeping)", 1)
				}
				kept = append(kept, strings.TrimSpace(line))
			}
		}
	}
	return strings.Join(kept, " ")
}

// leftFiles are files of runs where everybody's files lie.
func leftFiles() error {
	var wrong []error
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/run/user"} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, err)
		}
		for _, e := range entries {
			if st, err := e.Info(); err == nil && st.Sys().(*syscall.Stat_t).Uid >= firstGuest {
				wrong = append(wrong, fmt.Errorf("left: %s/%s", dir, e.Name()))
			}
		}
	}
	return errors.Join(wrong...)
}

// leftObjects are System V objects and keys of runs.
func leftObjects() error {
	var wrong []error
	for name, column := range map[string]int{"/proc/sysvipc/shm": 7, "/proc/sysvipc/sem": 4, "/proc/sysvipc/msg": 7, "/proc/keys": 5} {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // a kernel without
		}
		for line := range strings.Lines(string(b)) {
			fields := strings.Fields(line)
			if len(fields) <= column {
				continue
			}
			if uid, err := strconv.Atoi(fields[column]); err == nil && uid >= firstGuest {
				wrong = append(wrong, fmt.Errorf("left in %s: %s", name, line))
			}
		}
	}
	return errors.Join(wrong...)
}
