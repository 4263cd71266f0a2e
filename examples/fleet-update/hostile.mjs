import mqtt from 'mqtt';

/** CRC32C, bit by bit: an outsider can compute it too, which is why chunks are also checked against signed hashes. */
function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/**
 * An outsider on the broker: whenever a device asks for chunks, it sends chunk 0 with the right form and wrong bytes.
 * @returns {Promise<{close(): Promise<void>}>}
 */
export async function publishHostileChunks(broker, tenant, chunkSize) {
  const client = await mqtt.connectAsync(broker, { clientId: 'outsider' });
  client.on('message', (topic, payload) => {
    const blob = topic.split('/')[3];
    const { total } = JSON.parse(payload.toString());
    const packet = Buffer.alloc(32 + chunkSize, 0x5a);
    packet.write('HBCK');
    packet.writeUInt32LE(1, 4);
    packet.write(blob, 8, 'hex');
    for (const [at, value] of [[16, 0], [20, total], [24, chunkSize]]) packet.writeUInt32LE(value, at);
    packet.writeUInt32LE(crc32c(Buffer.concat([packet.subarray(0, 28), packet.subarray(32)])), 28);
    client.publish(`m/${tenant}/b/${blob}/0`, packet);
  });
  await client.subscribeAsync(`m/${tenant}/b/+/need`);
  return { close: () => client.endAsync() };
}
