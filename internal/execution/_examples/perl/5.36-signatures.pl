# Subroutines with signatures, say and strictness: use v5.36 asks for all of them.
use v5.36;

sub greet ($name, $greeting = "Hello") { return "$greeting, $name" }

say greet("Ada");
say greet("Grace", "Good day");
