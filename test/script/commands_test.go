package script

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/stoa-cloud/stoa/internal/cli/config"
)

// asPerson becomes the CLI with a person's config.
func asPerson(person string) {
	home := filepath.Join(os.Getenv("SITE"), "people", person)
	stoa := filepath.Join(os.Getenv("BIN"), "stoa")
	env := append(os.Environ(), "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	if err := os.MkdirAll(home, 0o700); err != nil {
		die(err)
	}
	die(syscall.Exec(stoa, append([]string{stoa}, os.Args[1:]...), env))
}

func die(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(99)
}

// httpCommand is "http [-H 'Name: value'] [-cookie] [-events N] WHO STATUS METHOD PATH [BODY]".
// The body of the answer goes to standard output, the status and headers to standard error.
// It fails if the status is another one. PATH is below /api/v1, or whole after an @. @file is a body from a file.
func httpCommand() {
	flags := flag.NewFlagSet("http", flag.ExitOnError)
	header := http.Header{}
	flags.Func("H", "header", func(line string) error {
		name, value, _ := strings.Cut(line, ":")
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		return nil
	})
	cookie := flags.Bool("cookie", false, "authenticate by a browser's session")
	events := flags.Int("events", 0, "leave the stream after this many events")
	if err := flags.Parse(os.Args[1:]); err != nil {
		die(err)
	}
	if flags.NArg() < 4 {
		die(errors.New("usage: http [flags] WHO STATUS METHOD PATH [BODY]"))
	}
	who, status, method, path := flags.Arg(0), flags.Arg(1), flags.Arg(2), flags.Arg(3)
	req := newRequest(method, path, flags.Arg(4))
	maps.Copy(req.Header, header)
	authenticate(req, who, *cookie)
	resp, err := http.DefaultTransport.RoundTrip(req) // redirects are answers too
	if err != nil {
		die(err)
	}
	fmt.Fprintln(os.Stderr, resp.Proto, resp.Status)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		for _, value := range resp.Header[name] {
			fmt.Fprintf(os.Stderr, "%s: %s\n", name, value)
		}
	}
	if *events > 0 {
		copyEvents(resp.Body, *events)
	} else if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		die(err)
	}
	if got := strconv.Itoa(resp.StatusCode); got != status {
		die(fmt.Errorf("status %s, want %s", got, status))
	}
}

// totpCommand is "totp SECRET [STEPS]": the code that an authenticator app shows, now or some steps of 30 seconds from now.
func totpCommand() {
	ahead := 0
	if len(os.Args) > 2 {
		ahead, _ = strconv.Atoi(os.Args[2])
	}
	code, err := totp.GenerateCode(os.Args[1], time.Now().Add(time.Duration(ahead)*30*time.Second))
	if err != nil {
		die(err)
	}
	fmt.Println(code)
}

func newRequest(method, path, body string) *http.Request {
	target := os.Getenv("SERVER") + "/api/v1" + path
	if whole, found := strings.CutPrefix(path, "@"); found {
		target = os.Getenv("SERVER") + whole
	}
	content := []byte(body)
	if name, found := strings.CutPrefix(body, "@"); found {
		var err error
		if content, err = os.ReadFile(name); err != nil {
			die(err)
		}
	}
	req, err := http.NewRequest(method, target, bytes.NewReader(content))
	if err != nil {
		die(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func authenticate(req *http.Request, who string, cookie bool) {
	switch {
	case who == "anon", req.Header.Get("Authorization") != "", req.Header.Get("Cookie") != "":
	case cookie:
		req.Header.Set("Cookie", signIn(who))
	default:
		file, err := config.Load(filepath.Join(os.Getenv("SITE"), "people", who, "stoa", "config.yaml"))
		if err != nil {
			die(err)
		}
		req.Header.Set("Authorization", "Bearer "+file.Contexts[file.Current].Token)
	}
}

// signIn gives the Cookie header of a new browser session.
func signIn(who string) string {
	req := newRequest(http.MethodPost, "/auth/sign-in", fmt.Sprintf(`{"email":"%s@example.org","password":%q}`, who, os.Getenv("PASSWORD")))
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		die(err)
	}
	defer resp.Body.Close()
	var pairs []string
	for _, c := range resp.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if len(pairs) == 0 {
		die(fmt.Errorf("sign in %s: %s", who, resp.Status))
	}
	return strings.Join(pairs, "; ")
}

// copyEvents copies a stream until it has had n events or ends.
func copyEvents(body io.Reader, n int) {
	in := bufio.NewScanner(body)
	in.Buffer(nil, 16<<20)
	data := false
	for n > 0 && in.Scan() {
		fmt.Println(in.Text())
		data = data || strings.HasPrefix(in.Text(), "data:")
		if in.Text() == "" && data {
			data = false
			n--
		}
	}
}

// exitsCommand is "exits CODE COMMAND…": it fails if the command's exit code is another one.
func exitsCommand() {
	if len(os.Args) < 3 {
		die(errors.New("usage: exits CODE COMMAND…"))
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	_ = cmd.Run()
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != os.Args[1] {
		die(fmt.Errorf("exit code %s, want %s", got, os.Args[1]))
	}
}

// patience is longer than the second pause between deliveries, which is a minute.
const patience = 2 * time.Minute

// eventuallyCommand is "eventually [-says REGEXP] COMMAND…": it runs the command again until it succeeds and says so.
// What is watched from outside gives nothing to wait on.
func eventuallyCommand() {
	flags := flag.NewFlagSet("eventually", flag.ExitOnError)
	says := flags.String("says", "", "what standard output must match")
	if err := flags.Parse(os.Args[1:]); err != nil || flags.NArg() == 0 {
		die(errors.New("usage: eventually [-says REGEXP] COMMAND…"))
	}
	want := regexp.MustCompile("(?m)" + *says)
	var out, errs bytes.Buffer
	deadline := time.Now().Add(patience)
	for tick := time.NewTicker(100 * time.Millisecond); ; <-tick.C {
		out.Reset()
		errs.Reset()
		cmd := exec.Command(flags.Arg(0), flags.Args()[1:]...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		err := cmd.Run()
		done := err == nil && want.Match(out.Bytes())
		if done || time.Now().After(deadline) {
			_, _ = os.Stdout.Write(out.Bytes())
			_, _ = os.Stderr.Write(errs.Bytes())
			if !done {
				die(fmt.Errorf("not within %s: %w", patience, errors.Join(err, errors.New("no match of "+*says))))
			}
			return
		}
	}
}

// captureCommand is "capture VARIABLE REGEXP": the first group of the last match in standard output, else standard error.
func captureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture VARIABLE REGEXP")
	}
	want := regexp.MustCompile("(?m)" + args[1])
	for _, stream := range []string{"stdout", "stderr"} {
		if found := want.FindAllStringSubmatch(ts.ReadFile(stream), -1); found != nil {
			ts.Setenv(args[0], found[len(found)-1][1])
			return
		}
	}
	ts.Fatalf("no match of %s", args[1])
}

// jsonCommand is "json PATH is|matches|count|as VALUE", about the JSON in standard output: items.0.id, or . for all of it.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json PATH is|matches|count|as VALUE")
	}
	var document any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &document); err != nil {
		ts.Fatalf("standard output is not JSON: %v", err)
	}
	value, present := at(document, args[0])
	text := textOf(value, present)
	var holds bool
	switch args[1] {
	case "is":
		holds = text == args[2]
	case "matches":
		holds = regexp.MustCompile(args[2]).MatchString(text)
	case "count":
		list, _ := value.([]any)
		holds = strconv.Itoa(len(list)) == args[2]
	case "as":
		if !present {
			ts.Fatalf("there is no %s", args[0])
		}
		ts.Setenv(args[2], text)
		return
	default:
		ts.Fatalf("json: unknown word %q", args[1])
	}
	if holds == neg {
		ts.Fatalf("%s is %s", args[0], text)
	}
}

// at walks into a document.
func at(value any, path string) (any, bool) {
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		switch node := value.(type) {
		case map[string]any:
			var present bool
			if value, present = node[step]; !present {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return nil, false
			}
			value = node[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// textOf writes a value as a script does: strings bare, what is not there or null as "absent".
func textOf(value any, present bool) string {
	switch v := value.(type) {
	case string:
		return v
	case nil:
		return "absent"
	}
	raw, err := json.Marshal(value)
	if err != nil || !present {
		return "absent"
	}
	return string(raw)
}
