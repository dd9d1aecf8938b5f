// What a gift costs after tax, as one types. Without this script the sentences and the buttons' own figures stay.
const shown = document.querySelector("[data-after-tax]");
const form = shown?.closest("form");
const format = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "fr-FR", { style: "currency", currency: "EUR" });
const money = (cents) => format.format(cents / 100).replace("-", "\u2212");
const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value ?? "";

// The cents of an amount as the server reads it: one separator, two decimals at most; 0 for anything else.
const centsOf = (text) => {
  const found = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s\u00a0\u202f\u20ac]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
};

const show = () => {
  const typed = form.querySelector('[name="free_amount"]').value.trim();
  const cents = typed ? centsOf(typed) : Number(chosen("amount"));
  const rate = Number(chosen("giver_kind") === "company" ? shown.dataset.company : shown.dataset.person);
  const relief = Math.floor((cents * rate) / 100); // whole cents, downwards, as the server's rule
  shown.hidden = !(cents >= Number(shown.dataset.least) && cents <= Number(shown.dataset.most));
  shown.querySelector("[data-amount]").textContent = money(cents);
  shown.querySelector("[data-rate]").textContent = rate;
  shown.querySelector("[data-relief]").textContent = money(-relief);
  shown.querySelector("[data-cost]").textContent = money(cents - relief);
};

if (shown) {
  form.addEventListener("input", show);
  show(); // a browser that goes back keeps what was typed
}
