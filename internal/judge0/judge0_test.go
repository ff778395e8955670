package judge0

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/execution"
)

func TestNumbersMeanTheNearestVersion(t *testing.T) {
	var all []execution.Runtime
	for _, id := range []string{"python@3.11.2", "python@3.14.0", "node@20.19.2", "c@12.2.0", "ruby@3.1.2", "bash@5.2.15"} {
		name, version, _ := strings.Cut(id, "@")
		all = append(all, execution.Runtime{ID: id, Name: name, Version: version, Nodes: 1})
	}
	all = append(all, execution.Runtime{ID: "go@1.22.0", Name: "go", Version: "1.22.0"}) // its node has gone
	for id, want := range map[int]string{
		71:  "python@3.11.2", // 3.8 was asked for
		92:  "python@3.11.2",
		100: "python@3.14.0", // 3.12
		113: "python@3.14.0",
		70:  "", // Python 2 is another language
		63:  "node@20.19.2",
		97:  "node@20.19.2",
		102: "", // Node 22: nothing older will do
		50:  "c@12.2.0",
		103: "",
		72:  "ruby@3.1.2",
		46:  "bash@5.2.15",
		106: "",
		1:   "",
	} {
		got, ok := Find(all, id)
		if got.Runtime.ID != want || ok != (want != "") {
			t.Errorf("%d is %q, want %q", id, got.Runtime.ID, want)
		}
	}
	seen := map[int]bool{}
	for _, o := range Offers(all) {
		if seen[o.ID] || strings.Contains(o.Name(), "%") {
			t.Errorf("%d is offered twice, or as %q", o.ID, o.Name())
		}
		seen[o.ID] = true
	}
}

func TestVerdicts(t *testing.T) {
	end := func(status execution.Status, reason string, code *int, signal, stdout string) execution.Details {
		return execution.Details{
			Execution: execution.Execution{
				Status: status, ReasonCode: reason, ReasonMessage: "ours", ExitCode: code, Signal: signal,
				UsedWallUS: new(int64(2_500_000)), UsedCPUUS: new(int64(1_500_000)), PeakMemory: new(int64(4096)),
			},
			Output: &execution.Output{Stdout: []byte(stdout), Stderr: []byte("E"), Layout: []int32{1, -1}},
		}
	}
	for name, c := range map[string]struct {
		in      Submission
		end     execution.Details
		want    Status
		message string
	}{
		"queued":       {end: execution.Details{Execution: execution.Execution{Status: execution.Queued}}, want: InQueue},
		"running":      {end: execution.Details{Execution: execution.Execution{Status: execution.Running}}, want: Processing},
		"accepted":     {end: end(execution.Completed, "", new(0), "", "a"), want: Accepted, message: "ours"},
		"right":        {in: Submission{Expected: []byte("a\nb\n")}, end: end(execution.Completed, "", new(0), "", "a  \nb\n\n"), want: Accepted, message: "ours"},
		"wrong":        {in: Submission{Expected: []byte("a\nb")}, end: end(execution.Completed, "", new(0), "", "a\n b"), want: WrongAnswer, message: "ours"},
		"nothing":      {in: Submission{Expected: []byte("")}, end: end(execution.Completed, "", new(0), "", ""), want: Accepted, message: "ours"},
		"wall":         {end: end(execution.TimedOut, execution.ReasonWall, nil, "SIGKILL", ""), want: TimeLimitExceeded, message: "Time limit exceeded (wall clock)"},
		"cpu":          {end: end(execution.TimedOut, execution.ReasonCPU, nil, "SIGKILL", ""), want: TimeLimitExceeded, message: "Time limit exceeded"},
		"overtime":     {in: Submission{Asked: Asked{CPUTimeLimit: new(1.4)}}, end: end(execution.Completed, "", new(0), "", ""), want: TimeLimitExceeded, message: "Time limit exceeded"},
		"in time":      {in: Submission{Asked: Asked{CPUTimeLimit: new(1.6)}}, end: end(execution.Completed, "", new(0), "", ""), want: Accepted, message: "ours"},
		"exit code":    {end: end(execution.Failed, execution.ReasonExit, new(3), "", ""), want: NZEC, message: "Exited with error status 3"},
		"segfault":     {end: end(execution.Failed, execution.ReasonSignal, nil, "SIGSEGV", ""), want: SIGSEGV, message: "Caught fatal signal 11"},
		"division":     {end: end(execution.Failed, execution.ReasonSignal, nil, "SIGFPE", ""), want: SIGFPE, message: "Caught fatal signal 8"},
		"abort":        {end: end(execution.Failed, execution.ReasonSignal, nil, "SIGABRT", ""), want: SIGABRT, message: "Caught fatal signal 6"},
		"other signal": {end: end(execution.Failed, execution.ReasonSignal, nil, "SIGTERM", ""), want: OtherError, message: "Caught fatal signal 15"},
		"memory":       {end: end(execution.Failed, execution.ReasonMemory, nil, "SIGKILL", ""), want: OtherError, message: "ours"},
		"output":       {end: end(execution.Failed, execution.ReasonOutput, nil, "SIGKILL", ""), want: SIGXFSZ, message: "ours"},
		"cancelled":    {end: end(execution.Cancelled, execution.ReasonCancelled, nil, "", ""), want: InternalError, message: "ours"},
		"our fault":    {end: end(execution.Error, execution.ReasonSandbox, nil, "", ""), want: InternalError, message: "ours"},
	} {
		v := c.in.Judge(c.end)
		message := ""
		if v.Message != nil {
			message = *v.Message
		}
		if v.Status != c.want || message != c.message {
			t.Errorf("%s is %s, %q; want %s, %q", name, v.Status, message, c.want, c.message)
		}
	}
	v := Submission{}.Judge(end(execution.Failed, execution.ReasonSignal, nil, "SIGSEGV", "a"))
	want := Verdict{
		Status: SIGSEGV, Stdout: []byte("a"), Stderr: []byte("E"), Message: new("Caught fatal signal 11"), ExitCode: new(0), ExitSignal: new(11),
		Seconds: new(1.5), WallSeconds: new(2.5), Kilobytes: new(int64(4)),
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
	v = Submission{}.Judge(end(execution.Failed, execution.ReasonCompile, new(1), "", ""))
	if diff := cmp.Diff(Verdict{Status: CompilationError, CompileOutput: []byte("E")}, v); diff != "" {
		t.Errorf("a program that does not compile: %s", diff)
	}
	v = Submission{Asked: Asked{RedirectStderr: true}}.Judge(end(execution.Completed, "", new(0), "", "a"))
	if string(v.Stdout) != "aE" || v.Stderr != nil {
		t.Errorf("redirected stderr is %q and %q", v.Stdout, v.Stderr)
	}
}

// zipped is an archive of entries.
func zipped(t testing.TB, entries ...func(*zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		if err := e(w); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(name, content string) func(*zip.Writer) error {
	return func(w *zip.Writer) error {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		return err
	}
}

func link(w *zip.Writer) error {
	h := &zip.FileHeader{Name: "link"}
	h.SetMode(0o777 | fs.ModeSymlink)
	_, err := w.CreateHeader(h)
	return err
}

func TestUnpack(t *testing.T) {
	archive := func(entries ...func(*zip.Writer) error) []byte { return zipped(t, entries...) }
	got, err := Unpack(archive(file("a/b.txt", "1"), file("a/", ""), file("./c", "2"), file("a/b.txt", "again"), file("main.py", "theirs")), "main.py")
	want := []execution.File{{Path: "a/b.txt", Content: []byte("1")}, {Path: "c", Content: []byte("2")}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	bomb := file("zeros", strings.Repeat("\x00", MaxArchiveBytes+1))
	many := make([]func(*zip.Writer) error, MaxArchiveFiles+1)
	for i := range many {
		many[i] = file("f", "")
	}
	for name, bad := range map[string][]byte{
		"no archive": []byte("PK nothing"), "outside": archive(file("../x", "1")), "absolute": archive(file("/etc/x", "1")),
		"a link": archive(link), "a bomb": archive(bomb), "many bombs": archive(file("half", strings.Repeat("\x00", MaxArchiveBytes)), file("more", "1")),
		"many": archive(many...), "damaged": bytes.Replace(archive(file("a", "some text")), []byte("\x50\x4b\x03\x04"), []byte("\x50\x4b\x03\x05"), 1),
	} {
		if files, err := Unpack(bad, ""); err == nil {
			t.Errorf("%s gives %d files", name, len(files))
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add(zipped(f, file("a/b.txt", "1"), file("a/", ""), file("./main.py", "theirs")))
	f.Add(zipped(f, file("../x", "1"), file("/etc/x", "2")))
	f.Add(zipped(f, link, file("link/x", "1")))
	f.Add(zipped(f, file("zeros", strings.Repeat("\x00", 1<<16)), file("zeros", "again")))
	f.Fuzz(func(t *testing.T, archive []byte) {
		files, _ := Unpack(archive, "main.py")
		size := 0
		for _, one := range files {
			size += len(one.Content)
			if !execution.SafePath(one.Path) || one.Path == "main.py" {
				t.Errorf("unpacks %q", one.Path)
			}
		}
		if size > MaxArchiveBytes {
			t.Errorf("unpacks %d bytes", size)
		}
	})
}

func TestArguments(t *testing.T) {
	for line, want := range map[string][]string{
		``:                      nil,
		`  a  b `:               {"a", "b"},
		`"a b" 'c "d' e\ f ""`:  {"a b", `c "d`, "e f", ""},
		`"\"x\\" "\n"`:          {`"x\`, `\n`},
		"$HOME; rm -rf `x` | y": {"HOME", "rm", "-rf", "x", "y"},
		`*.py`:                  {"*.py"},
	} {
		if got, err := SplitArguments(line); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s is %q (%v), want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`"a`, `'`, `a\`} {
		if got, err := SplitArguments(line); err == nil {
			t.Errorf("%s is %q", line, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // what is quoted comes through
		words := rapid.SliceOf(rapid.StringMatching(`[a-z "\\]*`)).Draw(t, "words")
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = "'" + w + "'"
		}
		got, err := SplitArguments(strings.Join(quoted, " "))
		if err != nil || len(got) != len(words) || len(words) > 0 && !cmp.Equal(got, words) {
			t.Fatalf("%q comes through as %q (%v)", words, got, err)
		}
	})
}
