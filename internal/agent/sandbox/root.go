package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The root that every run sees, built once by the helper from these arguments: the host's programs and libraries
// read-only, a handful of files in /etc that we write or that hold no secrets, a few devices, and empty folders where each
// cell mounts its own storage. Everything else of the host is absent rather than hidden.

// hostEtc are files and folders of /etc that interpreters need and anybody may read.
var hostEtc = []string{
	"alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "perl", "php", "ssl/certs",
	"ssl/openssl.cnf", "terminfo", "magic",
}

// hostEtcGlobs are the same with a version in their names.
var hostEtcGlobs = []string{"java-*-openjdk", "python3*", "lua*", "ruby*"}

var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

func (d *Driver) rootArguments(base uint32, t *tree) ([]string, error) {
	view, err := d.View()
	if err != nil {
		return nil, err
	}
	a := append([]string{"root=" + filepath.Join(d.config.Dir, "root"), fmt.Sprintf("base=%d", base)}, view...)
	for name, to := range map[string]string{"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"} {
		a = append(a, "link=/proc/self/"+to+":/dev/"+name)
	}
	for _, name := range devices {
		a = append(a, "dev="+name)
	}
	for _, dir := range t.dirs() {
		a = append(a, "cgroup="+dir)
	}
	return a, nil
}

// View is what a run sees of this host, or of the driver's image: folders, links and read-only binds, as the helper's
// arguments.
func (d *Driver) View() ([]string, error) {
	var a []string
	bind := func(from, to string) {
		if !strings.ContainsAny(from+to, ":") {
			a = append(a, "bind="+from+":"+to)
		}
	}
	for _, dir := range []string{"/box", "/tmp", "/cell", "/dev/shm", "/run", "/var", "/etc/ssl", "/home"} {
		a = append(a, "dir="+dir)
	}
	a = append(a, "link=/tmp:/var/tmp", "link=/run:/var/run")
	if d.config.Root != "" {
		image, err := imageArguments(d.config.Root)
		if err != nil {
			return nil, err
		}
		a = append(a, image...)
	} else {
		hostPrograms(bind, &a)
	}
	for name := range rootFiles {
		bind(filepath.Join(d.config.Dir, "etc", name), "/etc/"+name)
	}
	bind(filepath.Join(d.config.Dir, "lib"), "/stoa")
	bind(filepath.Join(d.config.Dir, "cache"), "/cache")
	seen := map[string]bool{}
	for _, p := range d.places {
		if p.prefix != "" && !seen[p.prefix] {
			seen[p.prefix] = true
			bind(p.prefix, p.prefix)
		}
	}
	return a, nil
}

// hostPrograms shows the host's programs and libraries, and what they need of /etc.
func hostPrograms(bind func(from, to string), a *[]string) {
	bind("/usr", "/usr")
	for _, name := range []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"} {
		if to, err := os.Readlink(name); err == nil { // merged /usr
			*a = append(*a, "link="+to+":"+name)
		} else if _, err := os.Stat(name); err == nil {
			bind(name, name)
		}
	}
	for _, name := range hostEtc {
		if _, err := os.Stat("/etc/" + name); err == nil {
			bind("/etc/"+name, "/etc/"+name)
		}
	}
	for _, pattern := range hostEtcGlobs {
		found, _ := filepath.Glob("/etc/" + pattern)
		for _, name := range found {
			bind(name, name)
		}
	}
}

// rootFiles are what we write into /etc ourselves: nothing of the host's users, names or resolvers.
var rootFiles = map[string]string{
	"hostname":      "stoa\n",
	"hosts":         "127.0.0.1 localhost stoa\n::1 localhost\n",
	"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
	"resolv.conf":   "nameserver 192.0.0.1\noptions timeout:3 attempts:2\n", // TunResolver: unreachable without egress
	"passwd":        "",                                                     // written by writeRootFiles
	"group":         "",
}

func (d *Driver) writeRootFiles() error {
	for _, dir := range []string{"root", "etc", "cache"} {
		if err := os.MkdirAll(filepath.Join(d.config.Dir, dir), 0o755); err != nil {
			return fmt.Errorf("make the sandbox's folders: %w", err)
		}
	}
	var passwd, group strings.Builder
	passwd.WriteString("root:x:0:0:root:/:/usr/sbin/nologin\n")
	group.WriteString("root:x:0:\n")
	for i := range maxSlots {
		if i >= d.slots() {
			break
		}
		fmt.Fprintf(&passwd, "user:x:%d:%d::/box:/bin/sh\n", firstUID+i, firstUID+i)
		fmt.Fprintf(&group, "user:x:%d:\n", firstUID+i)
	}
	passwd.WriteString("nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n")
	group.WriteString("nogroup:x:65534:\n")
	for name, content := range rootFiles {
		switch name {
		case "passwd":
			content = passwd.String()
		case "group":
			content = group.String()
		}
		if err := replaceFile(filepath.Join(d.config.Dir, "etc", name), []byte(content), 0o644); err != nil {
			return fmt.Errorf("write the sandbox's /etc/%s: %w", name, err)
		}
	}
	return nil
}
