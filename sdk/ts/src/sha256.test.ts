import { Sha256 } from "./sha256.ts";

async function expected(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}

test("it is SHA-256, whatever the pieces", async () => {
  expect(new Sha256().hex()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const size of [1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003]) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 131 + (i >> 8)) & 255);
    const want = await expected(bytes);
    for (const piece of [1, 7, 63, 64, 65, size]) {
      const sum = new Sha256();
      for (let at = 0; at < size; at += piece) sum.update(bytes.subarray(at, at + piece));
      expect(sum.hex(), `${size} bytes in pieces of ${piece}`).toBe(want);
    }
  }
});
