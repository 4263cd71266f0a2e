import type { ActiveModel } from './active-model.ts';
import type { DeviceReport, DeviceState } from './messages.ts';
import type { DeviceRecord } from './state-record.ts';

export interface ReportParts {
  readonly id: string;
  readonly session: string;
  readonly state: DeviceState;
  readonly class: string;
  readonly channel: string;
  readonly board: string;
  readonly lastError: { readonly code: string; readonly message: string } | null;
  readonly bytesReceived: number;
  readonly energy?: DeviceReport['energy'];
  readonly time: Date;
}

/** The device's state of record; what it says about the model comes from the loaded bytes, never from the record. */
export function buildReport(parts: ReportParts, loaded: ActiveModel['loaded'], record: DeviceRecord): DeviceReport {
  const failure = record.failed.at(-1);
  const installed = loaded?.installed;
  return {
    v: 1,
    ...parts,
    model: installed?.model ?? null,
    version: installed?.version ?? null,
    sha256: loaded?.sha256 ?? null,
    counter: installed?.counter ?? null,
    slot: installed?.slot ?? null,
    selfTest: installed?.selfTest ?? null,
    rollback: failure && failure.counter > (installed?.counter ?? 0) ? failure : null,
    metadataVersion: record.metadataVersion,
    time: parts.time.toISOString(),
  };
}
