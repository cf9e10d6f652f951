// UUID version 7: made on the device, so that an operation has its name before the server has heard of it. Works
// without a secure context (getRandomValues does, randomUUID does not).

let lastTime = 0;
let counter = 0;

/** A new id; ids made one after the other sort in that order. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now <= lastTime) {
    counter += 1;
    if (counter > 0xfff) {
      lastTime += 1;
      counter = 0;
    }
  } else {
    lastTime = now;
    counter = ((bytes[6]! & 0x07) << 8) | bytes[7]!; // upper half free, so that counting up does not overflow
  }
  const time = lastTime;
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(time / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (value) => value.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
