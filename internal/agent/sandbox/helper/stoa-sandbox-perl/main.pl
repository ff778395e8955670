# The warmed Perl of class "process". What stands here is the beginning of every program: when the block below has run, in a
# guest, Perl goes on reading this file where it ends, and by then the program is behind its descriptor. So the program is
# Perl's main program in every respect. Nothing of it is known here, and no random number may be drawn.
BEGIN {
    # Few: at its end Perl goes over all there is, and for a small program that costs more than was saved.
    for my $module (qw(strict warnings constant Carp Exporter List::Util Scalar::Util POSIX Data::Dumper Time::HiRes JSON::PP)) {
        eval "require $module";
    }
    my ($script) = grep { (readlink "/proc/self/fd/$_") =~ m{/stoa-sandbox-perl/main\.pl$} } 3 .. 63 or die "where is this file?\n";
    require DynaLoader;
    my $library = DynaLoader::dl_load_file("/stoa/stoa-sandbox-script.so", 0) or die DynaLoader::dl_error();
    DynaLoader::dl_install_xsub("Stoa::serve", DynaLoader::dl_find_symbol($library, "stoa_serve"), "stoa_serve");
    { Stoa::serve(); }
    # From here on this is a guest, pid 2 of its cell.
    open my $letter, "<&=", 1023 or die "letter: $!\n";
    my ($n, @all) = split /\0/, do { local $/; <$letter> }, -1;
    (undef, @ARGV) = splice @all, 0, $n;
    pop @all; # what stands behind the last zero byte
    for my $variable (@all) {
        my ($name, $value) = split /=/, $variable, 2;
        $ENV{$name} = $value;
    }
    close $letter;
    open my $program, "<", "/box/$0" or die "$0: $!\n";
    POSIX::dup2(fileno $program, $script) or die "$0: $!\n";
    close $program;
    delete $main::{"Stoa::"};
    srand;
    ($^T, $!, $@) = (time, 0, "");
}
# line 1
