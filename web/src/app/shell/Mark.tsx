/** The colonnade: one roof, several columns. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" fill="var(--stoa-brand)">
      <path d="M16 3.5 29.5 10v2.2h-27V10z" />
      <rect x="5" y="14" width="4.4" height="11" rx="0.7" />
      <rect x="13.8" y="14" width="4.4" height="11" rx="0.7" />
      <rect x="22.6" y="14" width="4.4" height="11" rx="0.7" />
      <rect x="2.5" y="26.5" width="27" height="2.6" rx="0.7" />
    </svg>
  );
}
