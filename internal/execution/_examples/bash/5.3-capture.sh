# ${ command; } takes a command's output without another process, so that what it sets stays.
count() { total=$((total + 1)); echo "call $total"; }
total=0
first=${ count; }
second=${ count; }
echo "$first, $second, $total in all"
