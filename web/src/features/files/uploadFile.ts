import { problemOf, unreachable, type UploadedFile } from "@stoa/sdk";

export interface Sending {
  signal: AbortSignal;
  /** How many bytes have left. */
  onSent: (bytes: number) => void;
}

/** Sends a file as it is, piece by piece from the disk. One that the project has already gives the file that is there. */
export function uploadFile(file: File, project: string | undefined, { signal, onSent }: Sending): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch doesn't tell how far it is
    const query = new URLSearchParams({ name: file.name, ...(project && { project_id: project }) });
    request.open("POST", `/api/v1/files?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (e) => onSent(e.loaded);
    request.onload = () => {
      if (request.status < 300) return resolve(JSON.parse(request.responseText) as UploadedFile);
      const headers: Record<string, string> = { "X-Correlation-Id": request.getResponseHeader("X-Correlation-Id") ?? "" };
      problemOf(new Response(request.responseText, { status: request.status, statusText: request.statusText, headers })).then(reject, reject);
    };
    request.onerror = () => reject(unreachable(undefined));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
