/** A broker's URL for messages and logs: without its password. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const shown = new URL(url);
  if (shown.password === '') return url;
  shown.password = '***';
  return shown.href;
}
