/** SHA-256 in hex, computed beside this thread. */
export async function hashOf(content: Uint8Array): Promise<string> {
  return Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', content)).toString('hex');
}
