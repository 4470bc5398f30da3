// A picture to start from, and the mask that is painted over it by pointer or keyboard.
const LARGEST = 512;

export class MaskPainter {
  constructor(canvas, brush) {
    this.canvas = canvas;
    this.brush = brush;
    this.context = canvas.getContext('2d');
    this.layer = document.createElement('canvas');
    this.picture = null;
    this.painted = false;
    this.cursor = null;
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      this.last = null;
      this.stroke(event);
    });
    canvas.addEventListener('pointermove', event => event.buttons && this.stroke(event));
    canvas.addEventListener('keydown', event => this.key(event));
    canvas.addEventListener('blur', () => { this.cursor = null; this.draw(); });
  }

  async open(blob) {
    const picture = await createImageBitmap(blob);
    this.close();
    this.picture = picture;
    const scale = Math.min(1, LARGEST / Math.max(this.picture.width, this.picture.height));
    // small pictures are painted on at several pixels for each of theirs
    const up = Math.max(1, Math.floor(LARGEST / 2 / Math.max(this.picture.width, this.picture.height)));
    const width = Math.max(1, Math.round(this.picture.width * (up > 1 ? up : scale)));
    const height = Math.max(1, Math.round(this.picture.height * (up > 1 ? up : scale)));
    for (const canvas of [this.canvas, this.layer]) {
      canvas.width = width;
      canvas.height = height;
    }
    this.clear();
  }

  // The decoded picture is large, and the browser would hold it for as long as it likes.
  close() {
    if (this.picture) this.picture.close();
    this.picture = null;
  }

  clear() {
    this.layer.getContext('2d').clearRect(0, 0, this.layer.width, this.layer.height);
    this.painted = false;
    this.draw();
  }

  // White where it may change, as a PNG in base64; null where nothing was painted.
  mask() {
    if (!this.painted) return null;
    const whole = document.createElement('canvas');
    whole.width = this.layer.width;
    whole.height = this.layer.height;
    const context = whole.getContext('2d');
    context.fillStyle = '#000';
    context.fillRect(0, 0, whole.width, whole.height);
    context.drawImage(this.layer, 0, 0);
    return whole.toDataURL('image/png');
  }

  radius() {
    return Number(this.brush.value) / 100 * Math.max(this.layer.width, this.layer.height);
  }

  stroke(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * this.canvas.width;
    const y = (event.clientY - box.top) / box.height * this.canvas.height;
    this.line(this.last || { x, y }, { x, y });
    this.last = { x, y };
  }

  line(from, to) {
    const context = this.layer.getContext('2d');
    context.strokeStyle = '#fff';
    context.lineCap = 'round';
    context.lineWidth = 2 * this.radius();
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x + 0.01, to.y);
    context.stroke();
    this.painted = true;
    this.draw();
  }

  key(event) {
    const step = Math.max(1, this.canvas.width / 28);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    this.cursor = this.cursor || { x: this.canvas.width / 2, y: this.canvas.height / 2 };
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      this.cursor.x = Math.max(0, Math.min(this.canvas.width, this.cursor.x + dx));
      this.cursor.y = Math.max(0, Math.min(this.canvas.height, this.cursor.y + dy));
      this.draw();
    } else if (event.key === ' ') {
      this.line(this.cursor, this.cursor);
    } else {
      return;
    }
    event.preventDefault();
  }

  draw() {
    if (!this.picture) return;
    const { context, canvas } = this;
    context.imageSmoothingEnabled = this.picture.width > 128;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.picture, 0, 0, canvas.width, canvas.height);
    // painted parts in colour, so that they are seen on light and dark pictures
    const tint = document.createElement('canvas');
    tint.width = canvas.width;
    tint.height = canvas.height;
    const over = tint.getContext('2d');
    over.drawImage(this.layer, 0, 0);
    over.globalCompositeOperation = 'source-in';
    over.fillStyle = '#e0457b';
    over.fillRect(0, 0, tint.width, tint.height);
    context.globalAlpha = 0.6;
    context.drawImage(tint, 0, 0);
    context.globalAlpha = 1;
    if (this.cursor) {
      context.strokeStyle = '#e0457b';
      context.lineWidth = 2;
      context.beginPath();
      context.arc(this.cursor.x, this.cursor.y, this.radius(), 0, 7);
      context.stroke();
    }
  }
}
