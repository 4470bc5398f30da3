// What PNG files say of themselves: their text, keyword → text (PNG specification, tEXt, zTXt and iTXt chunks), and whether they move.
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const MOST = 1 << 20;

export async function texts(buffer) {
  const bytes = new Uint8Array(buffer);
  const found = {};
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return found;
  const view = new DataView(buffer);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) break;
    const type = latin(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    try {
      if (type === 'tEXt') plain(data, found);
      if (type === 'zTXt') await compressed(data, found);
      if (type === 'iTXt') await international(data, found);
    } catch { /* a damaged chunk hides no other */ }
    at += length + 12;
  }
  return found;
}

// An animation has its chunk acTL before the picture.
export function isAnimated(buffer) {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += view.getUint32(at) + 12) {
    const type = latin(bytes.subarray(at + 4, at + 8));
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
}

const latin = bytes => Array.from(bytes, byte => String.fromCharCode(byte)).join('');

function plain(data, found) {
  const end = data.indexOf(0);
  if (end > 0) found[latin(data.subarray(0, end))] = latin(data.subarray(end + 1));
}

async function compressed(data, found) {
  const end = data.indexOf(0);
  if (end > 0) found[latin(data.subarray(0, end))] = latin(await inflate(data.subarray(end + 2)));
}

async function international(data, found) {
  const end = data.indexOf(0);
  const language = data.indexOf(0, end + 3);
  const start = data.indexOf(0, language + 1) + 1;
  if (end < 1 || language < 0 || start < 1) return;
  const text = data[end + 1] ? await inflate(data.subarray(start)) : data.subarray(start);
  found[latin(data.subarray(0, end))] = new TextDecoder().decode(text);
}

// At most 1 MiB: a few bytes can hold gigabytes.
async function inflate(data) {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST) throw new Error('too much text');
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
