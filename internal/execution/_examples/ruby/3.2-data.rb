# Data: small values that never change, with patterns and with.
Point = Data.define(:x, :y) do
  def +(other) = with(x: x + other.x, y: y + other.y)
end

sum = Point.new(1, 2) + Point.new(x: 3, y: 4)
puts "#{sum.x} #{sum.y}"
begin
  sum.instance_variable_set(:@x, 0)
rescue FrozenError
  puts "it stays as it is"
end
