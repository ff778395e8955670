# Loaded before every Ruby program, by -r. A warmed Ruby, of class "process", stays in here and forks: it has opened its main
# program, an empty file, and not read it yet. In a guest the real program takes that file's place, and is Ruby's main
# program in every respect. Nothing of it is known before, and no random number may be drawn.
$stdout.sync = true # so that what a program printed is seen also when it is ended by force

if Dir.pwd == "/stoa/stoa-sandbox-ruby"
  script = ObjectSpace.each_object(File).find { |f| f.path == "main.rb" } or abort "the main program is not open"
  %w[set json time date stringio strscan securerandom digest forwardable optparse bigdecimal].each do |name|
    require name
  rescue LoadError
  end
  GC.start
  require "/stoa/stoa-sandbox-script.so"
  # From here on this is a guest, pid 2 of its cell.
  letter = IO.for_fd(1023)
  n, *all = letter.read.force_encoding(Encoding.find("locale")).split("\0", -1)
  letter.close
  all.pop # what stands behind the last zero byte
  ARGV.replace(all.shift(n.to_i).drop(1))
  all.each { |variable| ENV.store(*variable.split("=", 2)) }
  script.reopen("main.rb")
  $LOADED_FEATURES.delete("/stoa/stoa-sandbox-script.so")
end
