// Keeps what is typed into a form on this device, until it is sent or seven days have passed. It is
// encrypted with a key that stands only in a page of somebody who is signed in: whoever has the device
// and not the session has nothing. Without this file the form does all that it does.
"use strict";

(() => {
  const KEPT_MAX = 7 * 24 * 60 * 60 * 1000;
  const PAUSE = 800;
  const form = document.querySelector("form[data-draft]");
  const sent = document.querySelector("[data-draft-sent]");
  if (!(form || sent) || !window.indexedDB || !window.crypto?.subtle) return;

  const finished = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const opened = () => {
    const request = indexedDB.open("concord", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts");
    return finished(request);
  };
  const drafts = async (mode) => (await opened()).transaction("drafts", mode).objectStore("drafts");

  const forgetOld = async () => {
    const store = await drafts("readwrite");
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (!(Date.now() - cursor.value.at < KEPT_MAX)) cursor.delete();
      cursor.continue();
    };
  };

  // What was sent to be logged, and has become an entry.
  const forgetSent = async (name) => {
    const store = await drafts("readwrite");
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (cursor.value.name === name && cursor.value.isSent) cursor.delete();
      cursor.continue();
    };
  };

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (text) => new Uint8Array(text.match(/../g).map((pair) => parseInt(pair, 16)));

  const keep = async () => {
    const raw = bytes(form.dataset.draft);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const name = new URL(form.action).pathname;
    // Several people may use one device.
    const owner = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", raw))).slice(0, 16);
    const at = `${name} ${owner}`;
    const additional = new TextEncoder().encode(at);
    // With the key under which it is done once, should it have been sent and no answer come.
    const isKept = ({ name, type }) =>
      name === "key" || (name && !["hidden", "submit", "radio"].includes(type));
    const fields = () => Array.from(form.elements).filter(isKept);

    let isSent = false;
    const save = async () => {
      const typed = fields().map((it) => [it.name, it.type === "checkbox" ? it.checked : it.value]);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(typed));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: additional }, key, text);
      await finished((await drafts("readwrite")).put({ name, iv, sealed, isSent, at: Date.now() }, at));
    };
    let waiting;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, PAUSE);
    });
    window.addEventListener("pagehide", () => {
      if (waiting) save();
    });
    form.addEventListener("submit", (event) => {
      clearTimeout(waiting);
      isSent = event.submitter?.value === "log";
      save();
    });

    const offer = document.getElementById("draft");
    if (!offer) return;
    const kept = await finished((await drafts("readonly")).get(at));
    if (!kept) return;
    let typed;
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv, additionalData: additional }, key, kept.sealed);
      typed = new Map(JSON.parse(new TextDecoder().decode(text)));
    } catch {
      return;
    }
    offer.hidden = false;
    document.getElementById("draft-restore").addEventListener("click", () => {
      for (const it of fields()) {
        if (!typed.has(it.name)) continue;
        if (it.type === "checkbox") it.checked = typed.get(it.name);
        else it.value = typed.get(it.name);
      }
      offer.hidden = true;
      form.elements.namedItem("actor").focus();
    });
    document.getElementById("draft-forget").addEventListener("click", async () => {
      await finished((await drafts("readwrite")).delete(at));
      offer.hidden = true;
    });
  };

  const begin = async () => {
    await forgetOld();
    if (sent) await forgetSent(sent.dataset.draftSent);
    if (form) await keep();
  };
  begin().catch(() => {});
})();
