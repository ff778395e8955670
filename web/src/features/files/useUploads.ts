import { useEffect, useSyncExternalStore } from "react";
import { queryClient } from "../../app/stoa.ts";
import { uploadFile } from "./uploadFile.ts";
import { Uploads, type Upload } from "./uploads.ts";

/** This tab's uploads. They go on while other screens are shown. */
export const uploads = new Uploads(uploadFile, () => void queryClient.invalidateQueries({ queryKey: ["files"] }));

export function useUploads(): Upload[] {
  const list = useSyncExternalStore(uploads.subscribe, uploads.current);
  useEffect(() => {
    const leaving = (e: BeforeUnloadEvent) => uploads.busy && e.preventDefault();
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, []);
  return list;
}
