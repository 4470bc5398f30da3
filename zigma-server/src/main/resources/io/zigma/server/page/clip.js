// Clips: a file to go on from, and how those that were made are shown.
import { isAnimated } from '/png.js';

const $ = id => document.getElementById(id);
const still = matchMedia('(prefers-reduced-motion: reduce)');

// The address of a picture, which the caller revokes; where the reader wants no motion, of the first frame of a clip.
export async function address(bytes) {
  const blob = new Blob([bytes], { type: 'image/png' });
  if (!still.matches || !isAnimated(bytes)) return URL.createObjectURL(blob);
  const frame = await createImageBitmap(blob);
  const canvas = document.createElement('canvas');
  canvas.width = frame.width;
  canvas.height = frame.height;
  canvas.getContext('2d').drawImage(frame, 0, 0);
  frame.close();
  return URL.createObjectURL(await new Promise(done => canvas.toBlob(done, 'image/png')));
}

// The part of the form that makes a clip longer, or goes on from one.
export class Continuation {
  constructor() {
    this.source = null;
    $('clip').addEventListener('change', () => $('clip').files[0] && this.open($('clip').files[0]));
    $('clip-remove').addEventListener('click', () => this.close());
  }

  // Shows that part for a model of clips, and hides and forgets it for others.
  offer(frames) {
    $('clip-details').hidden = frames < 2;
    if (frames < 2) this.close();
    this.frames = frames;
    $('overlap').max = frames - 1;
    $('overlap').placeholder = `${frames >> 1}`;
  }

  // A file, or a clip that was made here.
  open(blob, name = blob.name) {
    this.close();
    this.source = blob;
    $('clip-name').textContent = name;
    const preview = $('clip-preview');
    preview.onload = () => { preview.hidden = false; };
    preview.src = URL.createObjectURL(blob); // not every browser shows every clip
    $('clip-tools').hidden = false;
    $('clip-details').open = true;
    if (!Number($('extend').value)) $('extend').value = this.frames;
  }

  close() {
    this.source = null;
    URL.revokeObjectURL($('clip-preview').src);
    $('clip-preview').hidden = true;
    $('clip-preview').removeAttribute('src');
    $('clip').value = '';
    $('clip-tools').hidden = true;
  }

  // What a request says of it.
  async fields(base64) {
    const extend = Number($('extend').value);
    if (!Number.isInteger(extend) || extend < 0) throw new Error('Frames more needs a whole number');
    if (!extend) {
      if (this.source) throw new Error('Frames more needs a number to go on from a clip');
      return {};
    }
    const fields = { extend };
    if ($('overlap').value !== '') fields.overlap = Number($('overlap').value);
    if (this.source) fields.init_clip = await base64(this.source);
    return fields;
  }

  use(recipe) {
    this.close();
    $('extend').value = recipe.extend || 0;
    $('overlap').value = recipe.overlap || '';
  }
}
