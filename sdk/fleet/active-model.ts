import { UpdateError } from '../core/errors.ts';
import { onAbort } from '../core/on-abort.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Installed } from './state-record.ts';

/** A model in use: it stays open until `release()`, even when a newer one takes over. */
export interface Lease<M extends LoadedModel> {
  readonly model: M;
  readonly installed: Installed;
  /** SHA-256 of the bytes the runtime was given. */
  readonly sha256: string;
  release(): void;
}

interface Holder<M extends LoadedModel> {
  readonly model: M;
  readonly installed: Installed;
  readonly sha256: string;
  leases: number;
  retired: boolean;
}

/** The model that answers now. A swap lets runs on the old model finish and gives the next caller the new one. */
export class ActiveModel<M extends LoadedModel = LoadedModel> {
  readonly #failed: (error: unknown) => void;
  #current: Holder<M> | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  /** @param failed told when closing a retired model fails */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** What is loaded now; undefined before the first model. */
  get loaded(): { readonly installed: Installed; readonly sha256: string } | undefined {
    return this.#current && { installed: this.#current.installed, sha256: this.#current.sha256 };
  }

  /** The current model, without waiting; undefined before the first one. */
  acquire(): Lease<M> | undefined {
    const holder = this.#current;
    if (!holder) return undefined;
    holder.leases++;
    let held = true;
    return {
      model: holder.model,
      installed: holder.installed,
      sha256: holder.sha256,
      release: () => {
        if (!held) return;
        held = false;
        holder.leases--;
        this.#closeIfIdle(holder);
      },
    };
  }

  /**
   * Runs `task` on the current model, which stays open until the task is done; waits for the first model.
   * @throws UpdateError `closed` after the agent is closed, the signal's reason, or what the task throws
   */
  async use<T>(task: (lease: Lease<M>) => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    const lease = this.acquire() ?? (await this.#first(signal));
    try {
      return await task(lease);
    } finally {
      lease.release();
    }
  }

  /** Makes `model` the current one. The one before closes when nobody uses it any more. */
  swap(model: M, installed: Installed, sha256: string): void {
    const before = this.#current;
    this.#current = { model, installed, sha256, leases: 0, retired: false };
    this.#wakeAll();
    if (before) this.#retire(before);
  }

  /** Refuses further use; returns when the models that nobody uses are closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const before = this.#current;
    this.#current = undefined;
    this.#wakeAll();
    if (before) this.#retire(before);
    await Promise.all(this.#closing);
  }

  async #first(signal: AbortSignal | undefined): Promise<Lease<M>> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#closed) throw new UpdateError('closed', 'model: the agent is closed; start a new one');
      const lease = this.acquire();
      if (lease) return lease;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          end?.();
          this.#waiting.delete(wake);
          resolve();
        };
        const end = signal && onAbort(signal, wake);
        this.#waiting.add(wake);
      });
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  #retire(holder: Holder<M>): void {
    holder.retired = true;
    this.#closeIfIdle(holder);
  }

  #closeIfIdle(holder: Holder<M>): void {
    if (!holder.retired || holder.leases > 0) return;
    const closing: Promise<void> = holder.model.close().catch(this.#failed).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
