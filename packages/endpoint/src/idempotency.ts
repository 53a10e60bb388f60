import { numberShape, objectShape, type Store, textShape } from "@sage-twin/kernel";
import { Problem } from "./problem.js";

/** An answer as it is kept to be given again. */
export interface KeptAnswer {
  /** The digest of the request that it was the answer to. */
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
}

const shape = /* @__PURE__ */ objectShape({ fingerprint: textShape, status: numberShape, body: textShape });
const mostKept = 1000;

/**
 * Answers by idempotency key (IETF draft-ietf-httpapi-idempotency-key-header): a request that is sent again gets the answer of the first
 * time, one with the same key and another body is refused, one whose first sending is still at work is told to wait.
 */
export class Idempotency {
  readonly #store: Store | undefined;
  readonly #recent = new Map<string, KeptAnswer>();
  readonly #atWork = new Set<string>();

  /** Without a store the last thousand answers are kept, for as long as the handler lives. */
  constructor(store: Store | undefined) {
    this.#store = store;
  }

  /** The key of a request: 1 to 255 printable characters, with or without the quotes of a structured header. */
  keyOf(request: Request, scope: string): string | undefined {
    const header = request.headers.get("idempotency-key");
    if (header === null) return undefined;
    const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
    if (!/^[\x20-\x7e]{1,255}$/.test(key))
      throw new Problem(400, "the idempotency key is not 1 to 255 printable characters");
    return `${scope}\n${key}`;
  }

  /** The answer to a key: the one kept, or what `work` gives, kept unless it failed on this side. */
  async answer(
    key: string,
    fingerprint: string,
    work: () => Promise<KeptAnswer>,
  ): Promise<{ readonly answer: KeptAnswer; readonly replayed: boolean }> {
    if (this.#atWork.has(key))
      throw new Problem(409, "a request with this idempotency key is still at work", {
        headers: { "retry-after": "1" },
      });
    this.#atWork.add(key);
    try {
      const kept = await this.#find(key);
      if (kept !== undefined && kept.fingerprint !== fingerprint)
        throw new Problem(422, "this idempotency key was used for another request");
      if (kept !== undefined) return { answer: kept, replayed: true };
      const answer = await work();
      if (answer.status < 500) await this.#keep(key, answer);
      return { answer, replayed: false };
    } finally {
      this.#atWork.delete(key);
    }
  }

  async #find(key: string): Promise<KeptAnswer | undefined> {
    if (this.#store === undefined) return this.#recent.get(key);
    const stored = await this.#store.get(`endpoint/idempotency/${key}`);
    return stored === undefined ? undefined : shape(stored.value);
  }

  async #keep(key: string, answer: KeptAnswer): Promise<void> {
    if (this.#store !== undefined) {
      await this.#store.put(`endpoint/idempotency/${key}`, answer);
      return;
    }
    this.#recent.set(key, answer);
    const oldest = this.#recent.keys().next().value;
    if (this.#recent.size > mostKept && oldest !== undefined) this.#recent.delete(oldest);
  }
}
