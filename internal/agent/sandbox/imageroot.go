package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// reserved are the folders of a root that are never an image's: ours, and what each cell mounts for itself.
var reserved = []string{"box", "cache", "cell", "dev", "proc", "run", "stoa", "sys", "tmp"}

// PrepareRoot gives an unpacked image the files that the sandbox lays its own over. It follows no link of the image.
func PrepareRoot(rootfs string) error {
	root, err := os.OpenRoot(rootfs)
	if err != nil {
		return fmt.Errorf("open the image's root: %w", err)
	}
	defer root.Close()
	info, err := root.Lstat("etc")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = root.Mkdir("etc", 0o755)
	case err == nil && !info.IsDir():
		err = errors.New("/etc of the image is not a folder")
	}
	if err != nil {
		return fmt.Errorf("prepare the image: %w", err)
	}
	for name := range rootFiles {
		name = filepath.Join("etc", name)
		if err := root.RemoveAll(name); err != nil {
			return fmt.Errorf("prepare the image: %w", err)
		}
		f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("prepare the image: %w", err)
		}
		f.Close()
	}
	places, err := imageArguments(rootfs)
	if err == nil && len(places) > mostPlaces {
		err = fmt.Errorf("the image has more than %d folders and links in / and /var", mostPlaces)
	}
	return err
}

// mostPlaces bounds what the helper mounts for one image; distributions have about thirty.
const mostPlaces = 1000

// imageArguments are the helper's for a root that shows an image instead of the host's programs. The helper follows
// links when it mounts, and is root: so only what is no link is mounted, and a link is made anew inside.
func imageArguments(rootfs string) ([]string, error) {
	var a []string
	show := func(dir string, leaveOut []string) error {
		entries, err := os.ReadDir(filepath.Join(rootfs, dir))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the image's root: %w", err)
		}
		for _, e := range entries {
			name := filepath.Join("/", dir, e.Name())
			if slices.Contains(leaveOut, e.Name()) || strings.Contains(name, ":") {
				continue
			}
			from := filepath.Join(rootfs, name)
			switch {
			case e.IsDir():
				a = append(a, "bind="+from+":"+name)
			case e.Type()&fs.ModeSymlink != 0:
				to, err := os.Readlink(from)
				if err != nil {
					return fmt.Errorf("read the image's root: %w", err)
				}
				if !strings.Contains(to, ":") && name != "/home" { // that we made already
					a = append(a, "link="+to+":"+name)
				}
			}
		}
		return nil
	}
	if info, err := os.Lstat(filepath.Join(rootfs, "etc")); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the image at %s was not prepared", rootfs)
	}
	for name := range rootFiles {
		if info, err := os.Lstat(filepath.Join(rootfs, "etc", name)); err != nil || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("the image at %s was not prepared: /etc/%s", rootfs, name)
		}
	}
	if err := show("", append([]string{"var"}, reserved...)); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(filepath.Join(rootfs, "var")); err == nil && info.IsDir() {
		return a, show("var", []string{"lock", "run", "tmp"})
	}
	return a, nil
}
