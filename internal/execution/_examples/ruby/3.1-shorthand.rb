# A hash takes values from variables of the same name, and patterns take them apart again.
name = "Ada"
year = 1815
person = {name:, year:}
puts person.map { |key, value| "#{key}=#{value}" }.join(" ")

case person
in {name: String => who, year: ..1900}
  puts "#{who} is of the first ones"
end

def square(x) = x * x
puts square(12)
