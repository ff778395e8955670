import { useEffect, useSyncExternalStore } from "react";
import { queryClient, stoa } from "../../app/stoa.ts";
import { Uploads, type Upload } from "./uploads.ts";

/** This tab's uploads. They go on while other screens are shown. */
export const uploads = new Uploads(
  (file, projectId, { signal, onSent, onPhase }) => stoa.upload(file.name, file, { projectId, signal, onProgress: onSent, onPhase }),
  () => void queryClient.invalidateQueries({ queryKey: ["files"] }),
);

export function useUploads(): Upload[] {
  const list = useSyncExternalStore(uploads.subscribe, uploads.current);
  useEffect(() => {
    const leaving = (e: BeforeUnloadEvent) => uploads.busy && e.preventDefault();
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, []);
  return list;
}
