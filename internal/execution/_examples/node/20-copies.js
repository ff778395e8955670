// Arrays that are changed by copying: toSorted, toReversed, with and toSpliced leave the first as it was.
const numbers = [3, 1, 2];

console.log(numbers.toSorted(), numbers.toReversed(), numbers.with(0, 9), numbers);
