// A form that says data-autosave is sent as it stands a second after the last key, one request at a time, and again
// until it arrives. It tells so in words, and never about faults: those wait for « Continuer ».
const REST = 1000, LONGEST_PAUSE = 30000, PATIENCE = 20000;

function keep(form) {
  const told = form.querySelector("[data-saved]");
  const state = () => new URLSearchParams(new FormData(form)).toString();
  const restored = form.dataset.restored !== undefined; // it shows what was typed, not what is kept
  const shown = state();
  let kept = shown, timer = 0, sending = false, pause = REST, over = false;

  const say = (text) => { if (told.textContent !== text) told.textContent = text; };
  const later = (wait) => { window.clearTimeout(timer); timer = window.setTimeout(send, wait); };

  async function send() {
    const now = state();
    if (over || sending || now === kept) { delete told.dataset.waiting; return; }
    sending = true;
    let answer = null;
    try {
      answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(!restored && now === shown ? `${now}&as_shown=1` : now),
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch { /* no network: tried again below */ }
    sending = false;
    if (answer && answer.status === 204) {
      kept = now; pause = REST;
      say(told.dataset.kept);
      later(0); // what was typed meanwhile
    } else if (answer && (answer.status === 409 || answer.status === 413)) {
      over = true;
      say(await answer.text());
    } else if (answer && (answer.type === "opaqueredirect" || answer.status === 403)) {
      over = true;
      say(told.dataset.ended);
    } else {
      say(told.dataset.unsent);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      later(pause);
    }
  }

  form.addEventListener("input", () => { told.dataset.waiting = ""; later(Math.max(REST, pause)); });
  form.addEventListener("submit", () => { over = true; window.clearTimeout(timer); });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pageshow", () => { over = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) later(0); }); // leaving for another app
}

document.querySelectorAll("form[data-autosave]").forEach(keep);
