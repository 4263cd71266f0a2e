import { UpdateError } from '../core/errors.ts';
import { MESSAGE_BYTES, checkMessage, parseJson, reportSchema, willSchema, type DeviceReport, type DeviceState } from './messages.ts';

/** One device as its reports tell; fields are null until its first whole report. */
export interface DeviceRow extends Omit<DeviceReport, 'v' | 'session' | 'time' | 'class' | 'channel' | 'board' | 'state'> {
  readonly state: DeviceState;
  readonly class: string | null;
  readonly channel: string | null;
  readonly board: string | null;
  /** Time of the last report by the device's clock, ISO 8601. */
  readonly lastSeen: string | null;
}

export interface DeviceTable {
  /**
   * Takes a message of a report topic.
   * @returns the changed row, or undefined when the message changes nothing
   * @throws UpdateError `malformed-message` or `too-many-devices`
   */
  take(device: string, payload: Uint8Array): DeviceRow | undefined;
  /** Sorted by id. */
  rows(): DeviceRow[];
}

const UNKNOWN = Object.freeze({
  class: null, channel: null, board: null, model: null, version: null, sha256: null, counter: null, slot: null, selfTest: null, rollback: null,
  lastError: null, metadataVersion: 0, bytesReceived: 0, lastSeen: null,
});

/** @param most devices held */
export function createDeviceTable(most = 100_000): DeviceTable {
  const devices = new Map<string, { row: DeviceRow; session: string }>();
  return {
    take: (device, payload) => {
      const where = `report of device '${device.slice(0, 36)}'`;
      const json = parseJson(payload, MESSAGE_BYTES.report, where);
      const isReport = typeof json === 'object' && json !== null && 'class' in json;
      const message = isReport ? checkMessage(reportSchema, json, where) : checkMessage(willSchema, json, where);
      if (message.id !== device) throw new UpdateError('malformed-message', `${where}: names '${message.id}'; the message is ignored`);
      const known = devices.get(device);
      if (!known && devices.size >= most) {
        throw new UpdateError('too-many-devices', `${where}: ${most} devices are known already; the message is ignored`);
      }
      // A will of an earlier connection says nothing about the present one.
      if (!('class' in message) && known && known.session !== message.session) return undefined;
      const row = 'class' in message ? rowOf(message) : { ...(known?.row ?? { ...UNKNOWN, id: device }), state: message.state };
      devices.set(device, { row, session: message.session });
      return row;
    },
    rows: () => [...devices.values()].map(({ row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function rowOf(report: DeviceReport): DeviceRow {
  const { id, state, board, model, version, sha256, counter, slot, selfTest, rollback, lastError, metadataVersion, bytesReceived, energy } = report;
  return {
    id, state, board, class: report.class, channel: report.channel, model, version, sha256, counter, slot, selfTest, rollback, lastError,
    metadataVersion, bytesReceived, ...(energy && { energy }), lastSeen: report.time,
  };
}
