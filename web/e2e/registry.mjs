// A registry of container images over plain HTTP on loopback, for nodes to pull from.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** One file as tar has it. */
function packed([name, content]) {
  const header = Buffer.alloc(512);
  const write = (text, at) => header.write(text, at, "latin1");
  const octal = (n, digits) => n.toString(8).padStart(digits, "0");
  write(name, 0);
  write(`${octal(0o755, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(content.length, 11)}\0${octal(0, 11)}\0`, 100);
  write("        0", 148);
  write("ustar\x0000", 257);
  write(`${octal(header.reduce((a, b) => a + b, 0), 6)}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(-content.length & 511)]);
}

/** This machine's bash and what it is linked with, as the files of an image. */
export function shell() {
  const linked = [...execFileSync("ldd", ["/bin/bash"], { encoding: "utf8" }).matchAll(/(\/\S+) \(0x/g)].map((m) => m[1]);
  return ["/bin/bash", ...linked].map((path) => [path.slice(1), readFileSync(path)]);
}

/** Starts one. What is pushed while hold() is in force is sent to its half, and the rest when it is let go. */
export async function registry() {
  const blobs = new Map();
  const manifests = new Map();
  let held;
  const server = createServer(async (request, response) => {
    const [, kind, name] = request.url.match(/^\/v2\/team\/[^/]+\/(manifests|blobs)\/(.+)$/) ?? [];
    const found = kind === "blobs" ? blobs.get(name) : manifests.get(request.url);
    if (!found) {
      response.writeHead(request.url === "/v2/" ? 200 : 404, { "content-type": "application/json" });
      return response.end(request.url === "/v2/" ? "{}" : '{"errors":[{"code":"NAME_UNKNOWN","message":"unknown"}]}');
    }
    response.writeHead(200, { "content-type": found.type, "content-length": found.bytes.length, "docker-content-digest": digestOf(found.bytes) });
    if (request.method === "HEAD") return response.end();
    const half = found.bytes.length >> 1;
    response.write(found.bytes.subarray(0, half));
    if (found.layer) await held?.until;
    response.end(found.bytes.subarray(half));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const keep = (bytes, type, layer) => {
    blobs.set(digestOf(bytes), { bytes, type, layer });
    return { mediaType: type, size: bytes.length, digest: digestOf(bytes) };
  };
  return {
    host: `127.0.0.1:${server.address().port}`,
    /** Makes an image of files, and tells its digest. */
    push(name, tag, files, config) {
      const tar = Buffer.concat([...files.map(packed), Buffer.alloc(1024)]);
      const layer = keep(gzipSync(tar), "application/vnd.oci.image.layer.v1.tar+gzip", true);
      const architecture = { x64: "amd64" }[process.arch] ?? process.arch;
      const about = { os: "linux", architecture, config, rootfs: { type: "layers", diff_ids: [digestOf(tar)] } };
      const type = "application/vnd.oci.image.manifest.v1+json";
      const manifest = { schemaVersion: 2, mediaType: type, config: keep(Buffer.from(JSON.stringify(about)), "application/vnd.oci.image.config.v1+json"), layers: [layer] };
      const bytes = Buffer.from(JSON.stringify(manifest));
      for (const at of [tag, digestOf(bytes)]) manifests.set(`/v2/team/${name}/manifests/${at}`, { bytes, type });
      return digestOf(bytes);
    },
    hold() {
      held = {};
      held.until = new Promise((go) => (held.go = go));
    },
    release: () => held?.go(),
    close() {
      held?.go();
      server.closeAllConnections();
      server.close();
    },
  };
}
