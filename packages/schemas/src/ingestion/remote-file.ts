import { TwinError } from "@sage-twin/kernel";

/** An address to fetch, and the headers of the request, such as `Authorization`. */
export interface RemoteFile {
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The response of an http or https address. Throws a `TwinError` for another scheme and for a status that is not one of success. */
export async function fetchFile(file: URL | RemoteFile, signal: AbortSignal | undefined): Promise<Response> {
  const { url, headers = {} } = file instanceof URL ? { url: file } : file;
  const address = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new TwinError({
      code: "invalid-argument",
      path: ["source", "url"],
      message: `'${String(url).slice(0, 80)}' is not an http or https address`,
      fix: "give one, or open the file and give its stream",
    });
  const response = await fetch(address, { headers, ...(signal === undefined ? {} : { signal }) });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new TwinError({
    code: "not-found",
    path: ["source", "url"],
    message: `${address.origin}${address.pathname} answered ${response.status} ${response.statusText}`.trim(),
    fix: response.status === 401 || response.status === 403 ? "give the headers that it wants" : "check the address",
  });
}
