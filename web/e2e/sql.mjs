// Statements in the installation's own database: for what only a fault of the machine does to it.
import { execFileSync } from "node:child_process";

/**
 * Runs statements in the database below STOA_DATA. Its socket asks who comes, so another process does it, as the
 * user that the database belongs to.
 */
export function sql(statements) {
  const id = (flag) => Number(execFileSync("id", [flag, "stoa"], { encoding: "utf8" }));
  const as = process.getuid() === 0 ? { uid: id("-u"), gid: id("-g") } : {};
  const socket = `${process.env.STOA_DATA}/run/pg/.s.PGSQL.5432`;
  execFileSync(process.execPath, ["-e", `(${asker})(...process.argv.slice(1))`, socket, statements], { ...as, cwd: "/", stdio: "inherit" });
}

/** PostgreSQL's protocol, as far as one simple query needs it. Its text runs in the other process. */
function asker(socket, statements) {
  const message = (type, body) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const conn = require("node:net").connect(socket);
  conn.write(message("", Buffer.from("\0\x03\0\0user\0stoa\0database\0stoa\0\0")));
  let buffer = Buffer.alloc(0);
  let asked = false;
  conn.on("data", (more) => {
    buffer = Buffer.concat([buffer, more]);
    while (buffer.length >= 5 && buffer.length > buffer.readInt32BE(1)) {
      const type = String.fromCharCode(buffer[0]);
      const body = buffer.subarray(5, buffer.readInt32BE(1) + 1);
      buffer = buffer.subarray(buffer.readInt32BE(1) + 1);
      if (type === "E") throw new Error(body.toString("utf8").replaceAll("\0", " "));
      if (type === "R" && body.readInt32BE(0) !== 0) throw new Error("the database wants a password");
      if (type === "Z" && asked) conn.end(() => process.exit(0));
      if (type === "Z" && !asked) {
        asked = true;
        conn.write(message("Q", Buffer.from(`${statements}\0`)));
      }
    }
  });
  conn.on("close", () => process.exit(1));
}
