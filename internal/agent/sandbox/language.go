package sandbox

import "regexp"

// language is a kind of runtime: where its interpreters are found, and how they are asked for their version and started.
// In commands, {bin} is the interpreter, {options} what an image's command has between that and the source, {file} the source and {key} the prepared
// library (see gocache.go); {home} in globs is the agent's own home.
type language struct {
	name     string
	globs    []string
	base     *regexp.Regexp // which of the found names count; nil: all
	version  []string       // arguments that print it
	file     string
	compile  []string
	command  []string
	env      map[string]string
	memory   int64 // the least that a trivial program runs in, bytes
	example  string
	warm     []string // starts its zygote, class "process"
	lean     []string // starts one that knows less and forks faster, for the programs that suitsLean names
	ahead    []string // starts an interpreter that cannot fork, ahead of its run
	warmFrom string   // the first version that has either
	// The first version that has it no more; empty: all have. Ruby 3.3 has more threads than one from its start, and 3.4
	// reads the main program before what -r names.
	warmBelow string
	called    *regexp.Regexp // what an image that can be warmed may call its interpreter
	options   []string       // and which options its command may have before the source
	anyFile   bool           // and whether its source may have another name
	suitsLean func(source []byte) bool
}

// versionPattern finds the version in what an interpreter prints about itself.
var versionPattern = regexp.MustCompile(`\d+\.\d+(\.\d+)?`)

const goCompile = `exec >&2
if [ -r "/cache/{key}/importcfg" ] && [ ! -e go.mod ]; then
  {bin} tool compile -importcfg "/cache/{key}/importcfg" -p main -complete -o /tmp/main.a *.go &&
  {bin} tool link -importcfg "/cache/{key}/importcfg" -s -w -o main /tmp/main.a
elif [ -e go.mod ]; then GOCACHE=/tmp/go-build {bin} build -ldflags='-s -w' -o main .
else GOCACHE=/tmp/go-build {bin} build -ldflags='-s -w' -o main *.go
fi && rm -rf /tmp/main.a /tmp/go-build`

var languages = []language{
	{
		name: "python", file: "main.py", version: []string{"--version"}, memory: 16 << 20,
		warm: []string{"{bin}", "{options}", "/stoa/stoa-sandbox-python.py", "{file}", richModules}, warmFrom: "3.9",
		lean: []string{"{bin}", "{options}", "/stoa/stoa-sandbox-python.py", "{file}", leanModules}, suitsLean: importsLittle,
		called: regexp.MustCompile(`^python(3(\.\d+)?)?$`), options: []string{"-u", "-B", "-E", "-I", "-P", "-s"}, anyFile: true,
		globs: []string{
			"/usr/local/bin/python3.*", "/usr/bin/python3.*", "/opt/python*/bin/python3.*", "{home}/.pyenv/versions/*/bin/python3.*",
			"/usr/local/pyenv/versions/*/bin/python3.*",
		},
		base:    regexp.MustCompile(`^python3\.\d+$`),
		command: []string{"{bin}", "-u", "{file}"},
		example: "import sys\n\nname = sys.stdin.readline().strip() or \"world\"\nprint(f\"Hello, {name}, from Python {sys.version.split()[0]}\")\n",
	},
	{
		name: "node", file: "main.js", version: []string{"--version"}, memory: 64 << 20,
		globs:   []string{"/usr/local/bin/node", "/usr/bin/node", "/opt/node*/bin/node", "{home}/.nvm/versions/node/*/bin/node"},
		command: []string{"{bin}", "{file}"},
		ahead:   []string{"{bin}", "/stoa/stoa-sandbox-node.js"}, warmFrom: "18",
		example: "console.log(`Hello from Node ${process.versions.node}`);\n",
	},
	{
		name: "bash", file: "main.sh", version: []string{"--version"}, memory: 8 << 20,
		globs:   []string{"/usr/bin/bash", "/bin/bash"},
		command: []string{"{bin}", "{file}"},
		example: "echo \"Hello from Bash $BASH_VERSION\"\n",
	},
	{
		name: "ruby", file: "main.rb", version: []string{"--version"}, memory: 32 << 20,
		globs:   []string{"/usr/local/bin/ruby", "/usr/bin/ruby", "/usr/bin/ruby[0-9]*", "{home}/.rbenv/versions/*/bin/ruby"},
		command: []string{"{bin}", "-r/stoa/stoa-sandbox-ruby.rb", "{file}"},
		warm:    []string{"/stoa/stoa-sandbox", "at", "/stoa/stoa-sandbox-ruby", "{bin}", "-r/stoa/stoa-sandbox-ruby.rb", "{file}"}, warmFrom: "2.7", warmBelow: "3.3",
		called:  regexp.MustCompile(`^ruby(\d(\.\d+)?)?$`),
		example: "puts \"Hello from Ruby #{RUBY_VERSION}\"\n",
	},
	{
		name: "perl", file: "main.pl", version: []string{"-e", "printf qq(%vd), $^V"}, memory: 8 << 20,
		globs: []string{"/usr/local/bin/perl", "/usr/bin/perl"},
		warm:  []string{"/stoa/stoa-sandbox", "at", "/stoa/stoa-sandbox-perl", "{bin}", "{file}"}, warmFrom: "5.20",
		called:  regexp.MustCompile(`^perl(5[\d.]*)?$`),
		command: []string{"{bin}", "{file}"},
		example: "printf \"Hello from Perl %vd\\n\", $^V;\n",
	},
	{
		name: "php", file: "main.php", version: []string{"--version"}, memory: 32 << 20,
		globs:   []string{"/usr/local/bin/php", "/usr/bin/php", "/usr/bin/php[0-9]*"},
		command: []string{"{bin}", "{file}"},
		example: "<?php\necho \"Hello from PHP \", PHP_VERSION, \"\\n\";\n",
	},
	{
		name: "lua", file: "main.lua", version: []string{"-v"}, memory: 8 << 20,
		globs:   []string{"/usr/local/bin/lua", "/usr/bin/lua5.*", "/usr/bin/lua"},
		command: []string{"{bin}", "{file}"},
		example: "print(\"Hello from \" .. _VERSION)\n",
	},
	{
		name: "go", file: "main.go", version: []string{"version"}, memory: 16 << 20,
		globs:   []string{"/usr/local/go/bin/go", "/usr/lib/go-*/bin/go", "/usr/lib/go/bin/go", "{home}/sdk/go*/bin/go"},
		compile: []string{"/bin/sh", "-c", goCompile},
		command: []string{"/box/main"},
		env: map[string]string{
			"GOPATH": "/tmp/go", "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOTELEMETRY": "off", "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod",
		},
		example: "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime\"\n)\n\nfunc main() {\n\tfmt.Println(\"Hello from\", runtime.Version())\n}\n",
	},
	{
		name: "c", file: "main.c", version: []string{"-dumpfullversion"}, memory: 8 << 20,
		globs:   []string{"/usr/local/bin/gcc", "/usr/bin/gcc", "/usr/bin/gcc-[0-9]*"},
		base:    regexp.MustCompile(`^(x86_64-linux-gnu-|aarch64-linux-gnu-)?gcc(-\d+)?$`),
		compile: []string{"{bin}", "-O2", "-o", "main", "{file}", "-lm"},
		command: []string{"/box/main"},
		example: "#include <stdio.h>\n\nint main(void)\n{\n\tprintf(\"Hello from C, compiled by GCC %s\\n\", __VERSION__);\n\treturn 0;\n}\n",
	},
	{
		name: "cpp", file: "main.cpp", version: []string{"-dumpfullversion"}, memory: 8 << 20,
		globs:   []string{"/usr/local/bin/g++", "/usr/bin/g++", "/usr/bin/g++-[0-9]*"},
		base:    regexp.MustCompile(`^(x86_64-linux-gnu-|aarch64-linux-gnu-)?g\+\+(-\d+)?$`),
		compile: []string{"{bin}", "-O2", "-std=c++17", "-o", "main", "{file}"},
		command: []string{"/box/main"},
		example: "#include <iostream>\n\nint main()\n{\n\tstd::cout << \"Hello from C++ \" << __cplusplus << std::endl;\n}\n",
	},
	{
		name: "rust", file: "main.rs", version: []string{"--version"}, memory: 8 << 20,
		globs:   []string{"/usr/local/bin/rustc", "/usr/bin/rustc", "{home}/.rustup/toolchains/[0-9s]*/bin/rustc"},
		compile: []string{"{bin}", "-O", "-o", "main", "{file}"},
		command: []string{"/box/main"},
		example: "fn main() {\n    println!(\"Hello from Rust\");\n}\n",
	},
	{
		name: "java", file: "Main.java", version: []string{"-version"}, memory: 128 << 20,
		globs: []string{"/usr/lib/jvm/*/bin/java", "/opt/java*/bin/java", "/usr/local/bin/java"},
		// The source is compiled in memory by the launcher. The heap is bounded by what is usual for a run, not by the host.
		// Performance data would lie in /tmp and go with the process: a full disk would no longer be full when it is looked at.
		command: []string{"{bin}", "-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xss512k", "-XX:MaxRAM=512m", "{file}"},
		example: "public class Main {\n    public static void main(String[] args) {\n        System.out.println(\"Hello from Java \" + System.getProperty(\"java.version\"));\n    }\n}\n",
	},
	{
		name: "deno", file: "main.ts", version: []string{"--version"}, memory: 96 << 20,
		globs:   []string{"/usr/local/bin/deno", "/usr/bin/deno", "{home}/.deno/bin/deno"},
		command: []string{"{bin}", "run", "--no-remote", "--allow-read", "--allow-write", "--allow-env", "{file}"},
		env:     map[string]string{"DENO_DIR": "/tmp/deno", "DENO_NO_UPDATE_CHECK": "1"},
		example: "const name: string = \"Deno\";\nconsole.log(`Hello from ${name} ${Deno.version.deno}`);\n",
	},
}
