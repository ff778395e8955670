package image

import (
	"archive/tar"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// over is an image with more layers and a configuration.
func over(t *testing.T, made v1.Image, err error, config v1.Config, layers ...[]imagetest.Entry) v1.Image {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, entries := range layers {
		layer, err := imagetest.Layer(entries...)
		if err != nil {
			t.Fatal(err)
		}
		if made, err = mutate.AppendLayers(made, layer); err != nil {
			t.Fatal(err)
		}
	}
	if made, err = mutate.Config(made, config); err != nil {
		t.Fatal(err)
	}
	return made
}

// overShell is the same over an image that has nothing but a shell.
func overShell(t *testing.T, config v1.Config, layers ...[]imagetest.Entry) v1.Image {
	t.Helper()
	shell, err := imagetest.Bash()
	return over(t, shell, err, config, layers...)
}

// attackIn runs an attacker's script in an image, in every class. It says ESCAPED, or nothing.
func attackIn(t *testing.T, image v1.Image, script string, env map[string]string) {
	t.Helper()
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	ref := s.push(t, image, nil)
	s.Keep([]Ref{ref})
	s.await(t, Ready)
	r, err := NewRunner(RunnerConfig{Images: s.Store, Dir: t.TempDir(), Slots: 1, Runsc: runsc(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	p := Program{Digest: ref.Reference.Digest(), Name: "bash@9", FileName: "main.sh", Command: []string{"bash", "main.sh"}, Env: env}
	for _, class := range []sandbox.Class{sandbox.ClassFresh, sandbox.ClassGVisor} {
		if class == sandbox.ClassGVisor && r.config.Runsc == "" {
			t.Log("NO CLASS GVISOR HERE: its images are not attacked")
			continue
		}
		t.Run(string(class), func(t *testing.T) {
			var said strings.Builder
			job := sandbox.Job{ID: t.Name(), Class: class, Source: []byte(script + "\necho held")}
			result, err := r.Run(t.Context(), p, job, func(_ sandbox.Stream, b []byte) { said.Write(b) })
			if host, ok := errors.AsType[*sandbox.HostError](err); ok && os.Getenv("CI") == "" {
				t.Skipf("THIS HOST CANNOT ISOLATE: %v", host)
			}
			if err != nil || said.String() != "held\n" || result.Class != class {
				t.Errorf("%+v, %v\n%s", result, err, said.String())
			}
		})
	}
}

// What an image puts where the sandbox mounts its own is not seen, and moves no mount.
func TestAnImageCannotTakeTheSandboxesPlaces(t *testing.T) {
	const script = `
for place in proc sys dev run tmp box stoa cell cache dev/shm; do
  [ -e /$place/planted ] && echo "ESCAPED: the image's /$place is seen"
done
while read -r name; do case $name in *planted*) echo "ESCAPED: mounted: $name";; esac; done < /proc/self/mounts
read -r pid rest < /proc/self/stat; [ "$pid" = "$$" ] || [ -n "${pid##*[!0-9]*}" ] || echo "ESCAPED: /proc is not the kernel's: $pid"
read -r -N 4 magic < /stoa/stoa-sandbox; [ "$magic" = $'\x7fELF' ] || echo "ESCAPED: the helper is the image's"
read -r first < /etc/passwd; [ "$first" = root:x:0:0:root:/:/usr/sbin/nologin ] || echo "ESCAPED: the image's users count: $first"
read -r name < /etc/hostname; [ "$name" = stoa ] || echo "ESCAPED: the image's name counts: $name"
for place in / /usr /etc /opt /proc /stoa /sys /cell; do (echo dead > $place/planted) 2>/dev/null && echo "ESCAPED: wrote to $place"; done
for place in /tmp /box /dev/shm; do echo alive > $place/mine || echo "ESCAPED: $place is not ours"; done
(echo x > /dev/null) || echo "ESCAPED: /dev/null is gone"`
	var planted, linked []imagetest.Entry
	for _, place := range []string{"proc", "sys", "dev", "run", "tmp", "box", "stoa", "cell", "cache"} {
		planted = append(planted, file(place+"/planted", "dead"))
		linked = append(linked, symlink(place, "/opt/planted"))
	}
	planted = append(planted, file("dev/shm/planted", "dead"), file("proc/self/stat", "planted"), file("proc/self/mounts", "/planted /planted x x 0 0\n"),
		file("stoa/stoa-sandbox", "dead"), file("dev/null", "dead"), file("usr:planted/x", "dead"), file("opt=x/x", "dead"))
	planted = append(planted, file("etc/passwd", "user::0:0::/:/bin/sh\n"), file("etc/hostname", "planted"), file("opt/x", "1"))
	linked = append(linked, symlink("home", "/opt/planted"), symlink("var", "/opt/planted"), file("opt/planted/planted", "dead"), file("opt/planted/null", "dead"))
	for _, name := range []string{"passwd", "group", "hosts", "hostname", "resolv.conf", "nsswitch.conf"} {
		linked = append(linked, symlink("etc/"+name, "/opt/planted/planted"))
	}
	whiteouts := []imagetest.Entry{folder("opt")}
	for _, place := range []string{"proc", "sys", "dev", "run", "tmp", "box", "stoa", "cell", "cache", "etc", "var"} {
		whiteouts = append(whiteouts, file(".wh."+place, ""))
	}
	folders := []imagetest.Entry{file("opt/x", "1")} // where the sandbox has files
	for _, name := range []string{"passwd", "group", "hosts", "hostname", "resolv.conf", "nsswitch.conf"} {
		folders = append(folders, file("etc/"+name+"/planted", "dead"))
	}
	for name, layers := range map[string][][]imagetest.Entry{
		"things":                       {planted},
		"links":                        {linked},
		"whiteouts, folders for files": {planted, whiteouts, folders},
	} {
		t.Run(name, func(t *testing.T) {
			attackIn(t, overShell(t, v1.Config{Cmd: []string{"bash"}}, layers...), script, nil)
		})
	}
}

// Neither a file's special bits nor what an image says about its user give privileges.
func TestAnImageGivesNoPrivileges(t *testing.T) {
	shell, err := os.ReadFile("/bin/bash")
	if err != nil {
		t.Skip("needs /bin/bash")
	}
	suid := imagetest.Entry{Header: tar.Header{Typeflag: tar.TypeReg, Name: "usr/bin/rootsh", Mode: 0o6755}, Content: shell}
	capable := imagetest.Entry{
		Header: tar.Header{
			Typeflag: tar.TypeReg, Name: "usr/bin/capsh", Mode: 0o755, Format: tar.FormatPAX,
			PAXRecords: map[string]string{"SCHILY.xattr.security.capability": "\x01\x00\x00\x02\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"},
		},
		Content: shell,
	}
	config := v1.Config{User: "0:0", Entrypoint: []string{"/usr/bin/rootsh", "-p"}, WorkingDir: "/proc/1/root", Env: []string{"HOME=/root"}, Volumes: map[string]struct{}{"/": {}}}
	env := map[string]string{
		"HOME": "/root", "PATH": "/../../../../usr/bin:/usr/bin", "LD_LIBRARY_PATH": "/opt", "USER": "root",
	}
	attackIn(t, overShell(t, config, []imagetest.Entry{suid, capable}), `
me() { [ "$UID" -gt 0 ] && [ "$EUID" -gt 0 ] || echo "ESCAPED: user $UID, $EUID"; }
me
for sh in rootsh capsh; do
  [ -u /usr/bin/$sh ] || [ -g /usr/bin/$sh ] && echo "ESCAPED: $sh is setuid"
  /usr/bin/$sh -p -c '[ "$EUID" -gt 0 ] || echo "ESCAPED: $0 is $EUID"
    while read -r name value; do case $name in Cap???:) [ -n "${value//0/}" ] && echo "ESCAPED: $name $value";; esac; done < /proc/self/status' 2>/dev/null
done
(echo dead > /proc/1/root/x) 2>/dev/null && echo "ESCAPED: the working folder of the image counts"
[ "$PWD" = /box ] || echo "ESCAPED: began in $PWD"`, env)
}

// What no image may hold keeps it from every node, with nothing left of it.
func TestHostileImagesAreRefused(t *testing.T) {
	zeros := file("zeros", strings.Repeat("\x00", 80<<20))
	var crowd []imagetest.Entry
	for n := range 1001 {
		crowd = append(crowd, symlink(fmt.Sprint("l", n), "opt"))
	}
	for name, c := range map[string]struct {
		layers [][]imagetest.Entry
		says   string
	}{
		"etc is a link":                  {[][]imagetest.Entry{{symlink("etc", "/opt"), file("opt/passwd", "dead")}}, "/etc of the image is not a folder"},
		"etc is a link out":              {[][]imagetest.Entry{{symlink("etc", "../../etc")}}, "leaves the image"},
		"etc is a file":                  {[][]imagetest.Entry{{file("etc", "dead")}}, "/etc of the image is not a folder"},
		"a device":                       {[][]imagetest.Entry{{special(tar.TypeBlock, "dev/sda", "")}}, "device"},
		"a device in the place of null":  {[][]imagetest.Entry{{special(tar.TypeChar, "dev/null", "")}}, "device"},
		"a bomb":                         {[][]imagetest.Entry{{zeros}}, "times what was sent"},
		"a whiteout through a link":      {[][]imagetest.Entry{{symlink("out", "../..")}, {file("out/.wh.canary", "")}}, "leaves the image"},
		"a whiteout of what is above":    {[][]imagetest.Entry{{file(".wh...", "")}}, "removes nothing"},
		"a root that cannot be laid out": {[][]imagetest.Entry{crowd}, "more than 1000 folders"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			canary := filepath.Join(dir, "canary")
			if err := os.WriteFile(canary, []byte("alive"), 0o600); err != nil {
				t.Fatal(err)
			}
			s := newShelf(t, Config{Dir: filepath.Join(dir, "images"), Prepare: sandbox.PrepareRoot})
			blank, err := imagetest.Image(v1.Config{})
			ref := s.push(t, over(t, blank, err, v1.Config{}, c.layers...), nil)
			s.Keep([]Ref{ref})
			if got := s.await(t, Failed); !strings.Contains(got.Reason, c.says) {
				t.Errorf("reason %q, want %q", got.Reason, c.says)
			}
			s.Close()
			if text, err := os.ReadFile(canary); err != nil || string(text) != "alive" {
				t.Errorf("the canary is hurt: %q, %v", text, err)
			}
			if left := names(t, s.config.Dir); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// An image whose program is reached by a link is searched inside of the image alone.
func TestAProgramIsFoundInTheImageOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"root/bin", "outside"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "outside", "sh"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	// As no unpacking would leave it.
	if err := os.Symlink("../../outside/sh", filepath.Join(dir, "root/bin/sh")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "root"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, search := range []string{"/bin", "/../outside", "../outside", "/bin/../../outside"} {
		if found, err := whole(root, search, []string{"sh"}); err == nil {
			t.Errorf("PATH=%s finds %v", search, found)
		}
	}
}
