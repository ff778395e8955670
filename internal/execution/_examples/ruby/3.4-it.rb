# A block's only argument is called it.
puts [1, 2, 3].map { it * it }.sum
