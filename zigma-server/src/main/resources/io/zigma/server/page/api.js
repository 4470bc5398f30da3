// Talks to the server that the page came from, with its token where it has one.
let token = sessionStorage.getItem('zigma-token') || '';

export function setToken(value) {
  token = value;
  sessionStorage.setItem('zigma-token', value);
}

export const hasToken = () => token !== '';

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { ...options, headers, cache: 'no-store' });
  if (!answer.ok) {
    let message = `the server answered ${answer.status}`;
    try {
      message = (await answer.json()).error.message;
    } catch { /* no JSON: the status has to do */ }
    throw new Refusal(answer.status, message);
  }
  return answer;
}

export const models = async () => (await ask('/api/v1/models')).json();

export async function submit(request) {
  const body = JSON.stringify(request);
  const headers = { 'Content-Type': 'application/json' };
  return (await ask('/api/v1/jobs', { method: 'POST', headers, body })).json();
}

export const job = async id => (await ask(`/api/v1/jobs/${id}`)).json();

export const cancel = async id => (await ask(`/api/v1/jobs/${id}`, { method: 'DELETE' })).json();

export const picture = async url => (await ask(url)).arrayBuffer();

// EventSource sends no token, so the stream is read here. Calls back with each event's name and data.
export async function events(id, heard) {
  const answer = await ask(`/api/v1/jobs/${id}/events`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const name = /^event: (.*)$/m.exec(block);
        const data = /^data: (.*)$/m.exec(block);
        if (name && data) heard(name[1], JSON.parse(data[1]));
      }
    }
  } finally {
    reader.cancel().catch(() => { /* it is over already */ });
  }
}
