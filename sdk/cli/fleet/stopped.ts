/** Returns when the process is told to stop (SIGINT, SIGTERM); a second signal of either kind ends it at once. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (told) process.exit(130);
        told = true;
        resolve();
      });
    }
  });
}
