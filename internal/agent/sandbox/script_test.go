package sandbox

import (
	"strings"
	"testing"
)

// forkedScript are programs that tell all that a program can see of how it was started, by language.
var forkedScript = map[string]string{
	"perl": `#!/usr/bin/perl
use strict; use warnings; use List::Util 'sum';
local $| = 1;
print join('|', $0, __FILE__, __LINE__, __PACKAGE__, @ARGV, map { "$_=$ENV{$_}" } sort keys %ENV), "\n";
print join(' ', scalar(caller) // 'top', $^S, $^W, $^T + 2 >= (stat $0)[9], "[$@]", fileno STDIN, -t STDOUT ? 1 : 0, $$, getppid, ${^GLOBAL_PHASE}, sum(1, 2)), "\n";
print join(' ', map { "$_=" . ($SIG{$_} // 'none') } sort keys %SIG), ' ', join(' ', sort grep { !/^_</ } keys %main::) =~ /Stoa|DynaLoader::boot_x/ ? 'traces' : '', "\n";
opendir my $d, '/proc/self/fd'; print join(' ', sort grep { $_ && !/^pipe:|fd$/ } map { readlink("/proc/self/fd/$_") // '' } readdir $d), "\n"; closedir $d;
open my $s, '<', '/proc/self/status'; print grep { /^(Cap|NoNew|Sig(Blk|Ign|Cgt)|Seccomp:|Threads)/ } <$s>; close $s;
print 'in: ', <STDIN>, 'data: ', <DATA>; seek DATA, 0, 0; print scalar <DATA>;
print qx(echo sub), system('sh', '-c', 'exit 3') >> 8, "\n";
if (!fork) { exit 4 } wait; print $? >> 8, "\n";
$SIG{USR1} = sub { print "usr1\n" }; kill USR1 => $$;
END { print "end $?\n"; }
sub f { die 'no' } f();
__END__
the data
`,
	"ruby": `#!/usr/bin/env ruby
require 'json'; require 'set'; require 'timeout'
p [$0, __FILE__, __LINE__, __dir__, ARGV, ARGV.map(&:encoding), ENV.to_h.sort, caller, self.to_s, binding.local_variables, $!, $~, $_]
p [$stdin.fileno, $stdout.tty?, $stdout.sync, $stderr.sync, Process.pid, Process.ppid, Process.getsid == $$, Dir.pwd, Thread.list.size, Thread.main == Thread.current, $VERBOSE, __ENCODING__, File.umask]
puts Dir.children('/proc/self/fd').filter_map { |n| File.readlink("/proc/self/fd/#{n}") rescue nil }.grep_v(/^pipe:|^anon_inode|fd$/).sort
puts File.readlines('/proc/self/status').grep(/^(Cap|NoNew|Sig(Blk|Ign|Cgt)|Seccomp:)/)
puts Thread.new { sleep 0.01; 5 }.value
begin Timeout.timeout(0.05) { sleep 600 } rescue puts $!.class end
puts "in: #{STDIN.read}", "data: #{DATA.read}", DATA.path
DATA.rewind; puts DATA.gets
puts %x(echo sub), system('sh', '-c', 'exit 3').inspect, $?.exitstatus
Process.wait fork { exit! 4 }; puts $?.exitstatus
done = Queue.new; trap('USR1') { done << 'usr1' }; Process.kill('USR1', $$); puts done.pop
at_exit { puts "at_exit #{$!.inspect} #{$!.backtrace_locations}" }
def f = raise(ArgumentError, 'no')
f
__END__
the data
`,
}

// scripts calls f for each language that is forked by stoa-sandbox-script.so and is on this host.
func scripts(t *testing.T, d *Driver, f func(t *testing.T, name string)) {
	t.Helper()
	for name := range forkedScript {
		t.Run(name, func(t *testing.T) {
			rt, err := d.runtime(name)
			if err != nil || rt.warm == nil {
				t.Skipf("no %s that forks on this host", name)
			}
			f(t, name)
		})
	}
}

// A program of a forked Perl or Ruby cannot tell that it was forked.
func TestForkedScripts(t *testing.T) {
	d := driver(t)
	scripts(t, d, func(t *testing.T, name string) {
		warmed(t, d, name)
		for _, source := range []string{forkedScript[name], "exit 7", "$x = 1; print 'x'", "syntax error (", "", "kill 'KILL', $$", "Process.kill 'TERM', $$; sleep 600"} {
			var want string
			for _, class := range []Class{ClassFresh, ClassProcess} {
				r, o := try(t, d, Job{
					Runtime: name, Class: class, Source: []byte(source), Stdin: strings.NewReader("input\n"), Args: []string{"a", "", "b c", "ü"},
					Env: map[string]string{"A": "B=C", "E": ""},
				})
				code := -1
				if r.ExitCode != nil {
					code = *r.ExitCode
				}
				got := strings.Join([]string{string(r.Outcome), r.Signal, string(rune('0' + code%64)), o.out.String(), o.err.String()}, "\n")
				if want == "" {
					want = got
				}
				if r.Class != class || got != want {
					t.Errorf("class %s\nwarmed %s\nfresh  %s", r.Class, got, want)
				}
			}
			if strings.Contains(source, "__END__") && (!strings.Contains(want, "data: the data") || !strings.Contains(want, "usr1") || !strings.Contains(want, "no")) {
				t.Errorf("the program did not run to its end:\n%s", want)
			}
		}
	})
}

// Forked guests draw different random numbers, whatever they are drawn with.
func TestScriptRandomness(t *testing.T) {
	d := driver(t)
	program := map[string]string{
		"perl": `use File::Temp; print join(' ', rand, rand, int rand 1e9, File::Temp::tempfile()), "\n"; system 'true'; print rand, ' ', srand, "\n"`,
		"ruby": `require 'securerandom'; require 'tempfile'; puts rand, Random.new_seed, Random.rand, [*1..50].shuffle.inspect, SecureRandom.hex, Tempfile.create.path, Random.new.rand, Kernel.srand`,
	}
	scripts(t, d, func(t *testing.T, name string) {
		warmed(t, d, name)
		seen := map[string]bool{}
		for range 6 {
			r, o := try(t, d, Job{Runtime: name, Class: ClassProcess, Source: []byte(program[name])})
			if r.Class != ClassProcess || r.Outcome != Completed {
				t.Fatalf("%+v %s", r, o.err.String())
			}
			for word := range strings.SplitSeq(strings.ReplaceAll(o.out.String(), " /tmp", "\n/tmp"), "\n") {
				if word != "" && seen[word] {
					t.Errorf("twice: %q", word)
				}
				seen[word] = true
			}
		}
	})
}

// No run finds what an earlier one was given in the memory that it got from the zygote.
func TestScriptMemory(t *testing.T) {
	d := driver(t)
	scan := map[string]string{
		"perl": `
my $control = 'CONTROL-91c2'; my ($found, $controls) = (0, 0);
open my $mem, '<:raw', '/proc/self/mem' or die; open my $maps, '<', '/proc/self/maps' or die;
while (<$maps>) {
  my ($from, $to, $how, $what) = /^(\w+)-(\w+) (\S+) \S+ \S+ \S+\s*(.*)/ or next;
  next if $how !~ /r/ || $what =~ /^\[v/;
  for (my $at = hex $from; $at < hex $to; $at += 1 << 20) {
    sysseek $mem, $at, 0; my $n = hex($to) - $at; $n = (1 << 20) + 64 if $n > (1 << 20) + 64;
    last unless sysread $mem, my $data, $n;
    $found += () = $data =~ /SECRET-91[cd]2/g; $controls += () = $data =~ /CONTROL-91[cd]2/g;
  }
}
print $controls > 0 ? 'True' : 'False', " $found\n";`,
		"ruby": `
control = 'CONTROL-91c2'; found = controls = 0
mem = File.open('/proc/self/mem', 'rb')
File.readlines('/proc/self/maps').each do |line|
  where, how = line.split; next if !how.include?('r') || line.include?('[v')
  from, to = where.split('-').map(&:hex)
  from.step(to - 1, 1 << 20) do |at|
    data = mem.pread([to - at, (1 << 20) + 64].min, at) rescue break
    found += data.scan(/SECRET-91[cd]2/n).size; controls += data.scan(/CONTROL-91[cd]2/n).size
  end
end
puts "#{controls > 0 ? 'True' : 'False'} #{found}"`,
	}
	scripts(t, d, func(t *testing.T, name string) {
		warmed(t, d, name)
		for range 3 {
			if r, o := try(t, d, Job{
				Runtime: name, Source: []byte("# SECRET-91c2 source\nprint 'SECRET-91c2'"), Args: []string{"SECRET-91c2"},
				Env: map[string]string{"S": "SECRET-91c2"}, Stdin: strings.NewReader("SECRET-91c2\n"), Files: []File{{Path: "x", Content: []byte("SECRET-91c2")}},
			}); r.Class != ClassProcess || !strings.Contains(o.out.String()+o.err.String(), "SECRET") {
				t.Fatalf("%+v %s %s", r, o.out.String(), o.err.String())
			}
		}
		r, o := try(t, d, Job{Runtime: name, Class: ClassProcess, Source: []byte(scan[name])})
		if r.Class != ClassProcess || o.out.String() != "True 0\n" {
			t.Errorf("%+v %q %s", r, o.out.String(), o.err.String())
		}
	})
}
