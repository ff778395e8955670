const quiet = 4;

/** Draws a QR code, dark on white in either theme: scanners want it so. */
export function QrCode({ rows }: { rows: string[] }) {
  const size = rows.length + 2 * quiet;
  const dark = rows.flatMap((row, y) => [...row].flatMap((module, x) => (module === "1" ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])));
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width={220} height={220} role="img" aria-label="QR code for your authenticator app" shapeRendering="crispEdges" style={{ maxWidth: "100%", borderRadius: 8 }}>
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={dark.join("")} />
    </svg>
  );
}
