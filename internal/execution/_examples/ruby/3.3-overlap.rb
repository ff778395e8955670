# Ranges know whether they overlap.
night = 22..30
puts night.overlap?(8..23), night.overlap?(8...22)
