# An array's keys and values are separate words with @k, and patterns are replaced with & for what matched.
shopt -s patsub_replacement
numbers=(ten eleven)
printf '[%s]' "${numbers[@]@k}"
echo
text="red green"
echo "${text//e/<&>}"
