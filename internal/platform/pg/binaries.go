package pg

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binaries is a PostgreSQL installation: a folder with initdb and postgres.
type binaries struct {
	dir     string
	version string // 18.4
	major   int
}

// oldestMajor is the oldest PostgreSQL that Stoa works with.
const oldestMajor = 15

// installations is what could serve here, best first: the bundle, then what the
// host has, newest first. The bundle's folder exists only after unpack.
func installations(bundles string) ([]binaries, error) {
	var all []binaries
	if b, ok, err := bundle(); err != nil {
		return nil, err
	} else if ok {
		all = append(all, binaries{dir: filepath.Join(bundles, b.folder(), "bin"), version: b.version, major: b.major})
	}
	var hosts []binaries
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	for _, path := range installed {
		if b, err := inspect(filepath.Dir(path)); err == nil && b.major >= oldestMajor {
			hosts = append(hosts, b)
		}
	}
	slices.SortFunc(hosts, func(a, b binaries) int { return b.major - a.major })
	return append(all, hosts...), nil
}

// ofMajor is the best installation that can read data of a major version; zero is any.
func ofMajor(all []binaries, major int) (binaries, bool) {
	i := slices.IndexFunc(all, func(b binaries) bool { return major == 0 || b.major == major })
	if i < 0 {
		return binaries{}, false
	}
	return all[i], true
}

var versionWord = regexp.MustCompile(`\) ((\d+)(\.\d+|devel|beta\d+|rc\d+)*)`)

// inspect asks an installation for its version.
func inspect(dir string) (binaries, error) {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // a fixed place, or the operator's choice
	if err != nil {
		return binaries{}, fmt.Errorf("ask postgres in %s for its version: %w", dir, err)
	}
	found := versionWord.FindStringSubmatch(string(out)) // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
	if found == nil {
		return binaries{}, fmt.Errorf("read PostgreSQL's version from %q", out)
	}
	major, err := strconv.Atoi(found[2])
	if err != nil {
		return binaries{}, fmt.Errorf("read PostgreSQL's version from %q: %w", out, err)
	}
	return binaries{dir: dir, version: found[1], major: major}, nil
}

// ServerIdentity names the server that Embed would start on new data.
func ServerIdentity() string {
	all, err := installations("")
	if err != nil || len(all) == 0 {
		return "none"
	}
	return strings.Join([]string{all[0].version, all[0].dir}, " ")
}
