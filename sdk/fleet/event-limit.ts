/**
 * Lets through at most `perSecond` events of each kind that outsiders can cause at any rate, and counts the rest.
 * @param floodable names of such events; others always pass
 * @param now time in milliseconds
 * @returns for each event the number left out before it, or undefined when it is left out itself
 */
export function eventLimit(
  floodable: readonly string[], perSecond: number, now: () => number,
): (event: { readonly event: string }) => number | undefined {
  const windows = new Map<string, { start: number; sent: number; suppressed: number }>();
  return ({ event }) => {
    if (!floodable.includes(event)) return 0;
    const window = windows.get(event) ?? { start: now(), sent: 0, suppressed: 0 };
    windows.set(event, window);
    if (now() - window.start >= 1000) {
      window.start = now();
      window.sent = 0;
    }
    if (window.sent >= perSecond) {
      window.suppressed++;
      return undefined;
    }
    window.sent++;
    const { suppressed } = window;
    window.suppressed = 0;
    return suppressed;
  };
}
