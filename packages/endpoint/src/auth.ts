import { contentId } from "@sage-twin/registry";

/**
 * Lets those in who send `Authorization: Bearer TOKEN`. Digests are compared, so that the time it takes tells nothing of the token.
 *
 * @example
 * ```ts
 * import { bearer } from "@sage-twin/endpoint";
 *
 * const auth = bearer("s3cret");
 * auth(new Request("https://example.org", { headers: { authorization: "Bearer s3cret" } })); // => true
 * ```
 */
export function bearer(...tokens: readonly string[]): (request: Request) => boolean {
  const allowed = tokens.map(contentId);
  return (request) => {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return token !== undefined && allowed.includes(contentId(token));
  };
}
