package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An interpreter that a job brings is forked ahead as an installed one is, once that was tried.
func TestWarmable(t *testing.T) {
	d := driver(t)
	for _, c := range []struct {
		file, source, want string
		command            []string
	}{
		{"program.py", "import sys; print(sys.argv)", "['program.py', 'a']\n", []string{"/usr/bin/python3", "-u", "program.py"}},
		{"main.pl", "print \"$0 @ARGV\\n\"", "main.pl a\n", []string{"/usr/bin/perl", "main.pl"}},
		{"main.rb", "puts $0, ARGV", "main.rb\na\n", []string{"/usr/bin/ruby", "main.rb"}},
	} {
		program := c.command[0]
		t.Run(filepath.Base(program), func(t *testing.T) {
			if _, err := os.Stat(program); err != nil {
				t.Skip(err)
			}
			rt := &Runtime{Name: "brought", Version: c.file, FileName: c.file, Command: c.command}
			why, err := d.Warmable(t.Context(), rt)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(why, "is version") {
				t.Skip(why)
			}
			if why != "" || !slices.Equal(rt.Classes, []Class{ClassProcess, ClassFresh}) {
				t.Fatalf("%v, because %q", rt.Classes, why)
			}
			defer func() { d.current.warmer.settle(); d.current.warmer.forget(rt) }()
			for tries := 0; ; tries++ { // the first is fresh, and has it warmed
				r, o := try(t, d, Job{As: rt, Source: []byte(c.source), Args: []string{"a"}})
				if r.Outcome != Completed || o.out.String() != c.want {
					t.Fatalf("%+v %q %q", r, o.out.String(), o.err.String())
				}
				if r.Class == ClassProcess {
					break
				}
				if tries > 1 {
					t.Fatal("it is not forked")
				}
				d.current.warmer.settle()
			}
		})
	}
	// What was not tried is not forked, whatever it says of itself.
	r, _ := try(t, d, Job{As: &Runtime{FileName: "main.sh", Command: []string{"/bin/bash", "main.sh"}, Classes: []Class{ClassProcess}}, Class: ClassProcess})
	if r.Class != ClassFresh {
		t.Errorf("it ran in class %s", r.Class)
	}
}

func TestWarmableSaysWhyNot(t *testing.T) {
	d := driver(t)
	for want, rt := range map[string]Runtime{
		"its programs are compiled":               {FileName: "main.c", Compile: []string{"/usr/bin/gcc", "main.c"}, Command: []string{"/box/main"}},
		"its command starts bash":                 {FileName: "main.sh", Command: []string{"/bin/bash", "main.sh"}},
		"not the interpreter and then":            {FileName: "main.py", Command: []string{"/usr/bin/python3", "main.py", "-v"}},
		`has "-O", and a warmed`:                  {FileName: "main.py", Command: []string{"/usr/bin/python3", "-O", "main.py"}},
		`has "-w", and a warmed interpreter take`: {FileName: "main.pl", Command: []string{"/usr/bin/perl", "-w", "main.pl"}},
		"wants it to be main.pl":                  {FileName: "x.pl", Command: []string{"/usr/bin/perl", "x.pl"}},
		"could not be started":                    {FileName: "main.py", Command: []string{"/nowhere/python3", "main.py"}},
	} {
		why, err := d.Warmable(t.Context(), &rt)
		if err != nil || !strings.Contains(why, want) || rt.warm != nil {
			t.Errorf("%v: %q, %v; want %q", rt.Command, why, err, want)
		}
	}
	for version, want := range map[string]bool{"2.6.9": false, "2.7": true, "3.2.9": true, "3.3.0": false} {
		i := slices.IndexFunc(languages, func(l language) bool { return l.name == "ruby" })
		if got := languages[i].warms(version); got != want {
			t.Errorf("Ruby %s: %v", version, got)
		}
	}
}
