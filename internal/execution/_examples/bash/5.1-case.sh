# Variables change their case where they are used, and associative arrays are written as pairs.
name=ada
echo "${name@u} ${name@U}"
declare -A year=(ada 1815 grace 1906)
echo "${year[grace]}"
