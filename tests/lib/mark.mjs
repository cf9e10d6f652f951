// Reads the machine-readable mark that the test picture carries (its layout is
// in plugins/timemark/README.md), from a page's canvas or from a file.
import { spawnSync } from 'node:child_process';

/** PIXELS: brightness of a whole picture, W a row. Gives milliseconds, or null without a mark. */
export function readMark(pixels, W, H) {
  return readStrip(pixels, W, Math.floor(H / 9));
}

/** The same from the mark's own strip, the upper ninth of a picture: H lines. */
export function readStrip(pixels, W, h) {
  let word = 0n;
  for (let r = 0; r < 2; r++) {
    for (let c = 0; c < 32; c++) {
      const x0 = Math.floor(c * W / 32), x1 = Math.floor((c + 1) * W / 32);
      const y0 = Math.floor(r * h / 2), y1 = Math.floor((r + 1) * h / 2);
      const dx = Math.floor((x1 - x0) / 4), dy = Math.floor((y1 - y0) / 4);
      let sum = 0, n = 0;
      for (let y = y0 + dy; y < y1 - dy; y++) for (let x = x0 + dx; x < x1 - dx; x++, n++) sum += pixels[y * W + x];
      word = (word << 1n) | (sum / n > 127 ? 1n : 0n);
    }
  }
  const value = word >> 16n;
  let crc = 0xffff;
  for (let byte = 5n; byte >= 0n; byte--) {
    crc ^= Number((value >> (8n * byte)) & 0xffn) << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return BigInt(crc) === (word & 0xffffn) ? Number(value) : null;
}

/** The marks of all frames of a film, in order, as {time, mark}: seconds in the file, milliseconds in the picture. */
export function marksOfFile(path, W = 640, H = 360) {
  const raw = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-vsync', 'passthrough', '-vf', `scale=${W}:${H}`,
    '-pix_fmt', 'gray', '-f', 'rawvideo', '-'], { maxBuffer: 4e9 });
  const probe = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts_time',
    '-of', 'csv=p=0', path], { encoding: 'utf8', maxBuffer: 1e8 });
  const times = probe.stdout.trim().split('\n').map((line) => Number(line.split(',')[0])).sort((a, b) => a - b);
  const size = W * H;
  const frames = [];
  for (let i = 0; (i + 1) * size <= raw.stdout.length; i++) {
    frames.push({ time: times[i], mark: readMark(raw.stdout.subarray(i * size, (i + 1) * size), W, H) });
  }
  return frames;
}
