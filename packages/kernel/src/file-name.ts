const longest = 100;
const plain = /^[a-z0-9_-]$/;

/**
 * A file name for any key, another one for each: small letters, digits, `_` and `-` stand for themselves, every other UTF-16
 * unit is written `=` and four hexadecimal digits, so that no file system can confuse or misread two names. Long names end
 * in the key's SHA-256 instead.
 */
export async function fileName(key: string): Promise<string> {
  let name = "";
  for (let i = 0; i < key.length; i++) {
    name += plain.test(key[i]) ? key[i] : `=${key.charCodeAt(i).toString(16).padStart(4, "0")}`;
    if (name.length > longest) return `${name.slice(0, longest - 70)}==${await sha256(key)}`;
  }
  return name;
}

async function sha256(text: string): Promise<string> {
  const units = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", units));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
