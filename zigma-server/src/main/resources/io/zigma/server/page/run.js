// One job on the page: its previews while it runs, its pictures when it is done.
import * as api from '/api.js';
import { address } from '/clip.js';

export class Run {
  constructor(place, title, count, small, opened) {
    this.opened = opened;
    this.urls = [];
    const box = document.createElement('div');
    box.className = 'run';
    const heading = document.createElement('h3');
    heading.textContent = title;
    const list = document.createElement('ul');
    list.className = 'pictures';
    this.images = Array.from({ length: count }, (_, i) => {
      const entry = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.disabled = true;
      const image = document.createElement('img');
      image.alt = `picture ${i + 1} of ${count}, not begun`;
      button.setAttribute('aria-label', image.alt); // the picture is hidden until there is one
      image.hidden = true;
      image.className = small ? 'small waiting' : 'waiting';
      button.append(image);
      entry.append(button);
      list.append(entry);
      return image;
    });
    box.append(heading, list);
    place.append(box);
  }

  // Follows a job to its end; returns its last state.
  async follow(request, progress) {
    const begun = await api.submit(request);
    this.id = begun.id;
    if (this.unwanted) await api.cancel(this.id);
    let last = begun;
    progress(begun);
    for (let tries = 0; !ended(last); tries++) {
      if (tries) await new Promise(done => setTimeout(done, 500 * Math.min(tries, 6)));
      try {
        await api.events(this.id, (name, data) => {
          if (name === 'preview') this.preview(data);
          else if (name === 'step') progress({ ...last, ...data, state: 'running' });
          else {
            last = data;
            progress(data);
          }
        });
        // a proxy may have cut the stream
        if (!ended(last)) last = await api.job(this.id);
      } catch (failure) {
        if (failure instanceof api.Refusal || tries > 4) throw failure;
      }
    }
    return last;
  }

  // Also where the server has not said yet what the job is called.
  async cancel() {
    this.unwanted = true;
    if (this.id) await api.cancel(this.id);
  }

  preview({ first, step, images }) {
    images.forEach((png, i) => this.show(first + i, `data:image/png;base64,${png}`, `picture ${first + i + 1} after ${step} ${step === 1 ? 'step' : 'steps'}`));
  }

  show(i, url, text) {
    const image = this.images[i];
    if (!image) return;
    image.src = url;
    image.alt = text;
    image.parentElement.setAttribute('aria-label', text);
    image.hidden = false;
    image.dataset.shown = String(Number(image.dataset.shown || 0) + 1);
  }

  // Puts a finished picture in its place.
  async finished(i, png, recipe, key) {
    const url = await address(png);
    this.urls.push(url);
    this.show(i, url, `${recipe.prompt || recipe.class || 'picture'}, seed ${recipe.seed}`);
    const image = this.images[i];
    image.classList.remove('waiting');
    image.parentElement.disabled = false;
    image.parentElement.addEventListener('click', () => this.opened({ key, png, recipe }));
  }

  close() {
    this.urls.forEach(url => URL.revokeObjectURL(url));
  }
}

export const ended = job => ['done', 'failed', 'cancelled'].includes(job.state);
