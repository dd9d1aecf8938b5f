// The editor's forms: while one comes back from the server, nothing that is typed or chosen meanwhile is lost, and the
// place where one writes stays. What moves rows (up, down, take away) closes their part for that moment.
const FORM = "#fiche form[method=post]";
const MOVES = /^(option (up|down|drop)|remove) /;
const written = (form) => {
  const seen = {};
  const found = new Map();
  for (const one of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!one.name) continue;
    seen[one.name] = (seen[one.name] ?? -1) + 1;
    found.set(`${one.name}#${seen[one.name]}`, one);
  }
  return found;
};
const valuesOf = (form) => new Map([...written(form)].map(([key, one]) => [key, one.value]));
let sent = null; // what the form said when it was sent, and by what
let late = null; // what has changed since

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const form = detail.elt.closest(FORM);
  if (!form) return;
  const act = detail.elt.name === "do" ? detail.elt.value : "";
  sent = { form, act, values: valuesOf(form), closed: MOVES.test(act) ? detail.elt.closest("fieldset") : null };
  if (sent.closed) sent.closed.inert = true;
});

document.addEventListener("htmx:afterRequest", () => {
  if (sent?.closed) sent.closed.inert = false; // a line that was cut leaves the part as it was
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  late = null;
  if (!sent || detail.target?.id !== "fiche" || !detail.target.contains(sent.form)) return;
  const now = [...written(sent.form)];
  const here = now.find(([, one]) => one === document.activeElement);
  late = {
    changed: now.filter(([key, one]) => one.value !== sent.values.get(key)).map(([key, one]) => [key, one.value]),
    key: here?.[0], start: here?.[1].selectionStart, end: here?.[1].selectionEnd, act: here ? "" : sent.act,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  const form = late && document.querySelector(FORM);
  if (!form) return;
  const fields = written(form);
  const again = [];
  for (const [key, value] of late.changed) {
    const one = fields.get(key);
    if (!one || one.value === value) continue;
    one.value = value;
    if (one.hasAttribute("hx-post")) again.push(one); // chosen while the answer was on its way: asked again
  }
  const pressed = late.act ? `button[name=do][value="${CSS.escape(late.act)}"]` : "button[name=none]";
  const focused = late.key ? fields.get(late.key) : form.querySelector(pressed);
  focused?.focus({ preventScroll: true });
  if (late.key && focused && typeof late.start === "number") focused.setSelectionRange(late.start, late.end);
  late = sent = null;
  const ask = () => again.forEach((one) => one.dispatchEvent(new Event("change", { bubbles: true })));
  document.addEventListener("htmx:afterSettle", ask, { once: true }); // not before: the new fields do not listen yet
});
