// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/** What the service said was wrong. */
export class Fault extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let token = "";
keepToken(sessionStorage.getItem("token") ?? "");

/** Keeps a token while the tab is open, unless a header cannot carry it, which is false. */
export function keepToken(value) {
  const canBeSent = /^[\x20-\x7e]*$/.test(value);
  token = canBeSent ? value : "";
  sessionStorage.setItem("token", token);
  return canBeSent;
}

export const hasToken = () => token !== "";

async function send(path, body, signal, method = body ? "POST" : "GET") {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, {
    method, headers, signal, body: body ? JSON.stringify(body) : undefined,
  });
  if (response.ok) return response;
  const text = await response.text();
  let message = text;
  try { message = JSON.parse(text).error.message; } catch { /* a proxy's words */ }
  throw new Fault(response.status, message || `HTTP ${response.status}`);
}

/** A JSON answer. */
export async function json(path, body, signal, method) {
  return (await send(path, body, signal, method)).json();
}

/** A file of the page. */
export async function text(path) {
  return (await send(path)).text();
}

/** The events of a stream, as `[name, data]`. */
export async function* events(path, body, signal) {
  const response = await send(path, body, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data) yield [name, JSON.parse(data)];
    }
  }
}

/** A file's content in base64. */
export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
