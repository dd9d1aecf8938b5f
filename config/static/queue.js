// The committee's queue: the budget bar follows the ticks, j and k walk through the files, x ticks. The server says every
// amount and counts again before anything is voted; without this script its own sums stay.
const bar = document.querySelector(".budget[data-left-cents]");
const list = document.querySelector("form[data-ticks]");
const some = bar?.querySelector("[data-when-ticked]"); // only where a file of the page can be ticked

if (list && some) {
  const sign = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "fr-FR", { style: "currency", currency: "EUR" });
  const left = Number(bar.dataset.leftCents), raised = Number(bar.dataset.raisedCents);
  const all = bar.querySelector(".when-granted"), held = bar.querySelector(".held");
  const usual = held.getAttribute("width");
  const follow = () => {
    const ticked = [...list.querySelectorAll("input[data-cents]:checked")];
    const sum = ticked.reduce((total, box) => total + Number(box.dataset.cents), 0);
    all.hidden = ticked.length > 0;
    some.hidden = ticked.length === 0;
    some.querySelector("[data-number]").textContent = ticked.length;
    const after = some.querySelector("[data-after]");
    after.textContent = sign.format((left - sum) / 100).replace("-", "\u2212");
    after.classList.toggle("under", left - sum < 0);
    const share = raised > 0 ? Math.min(100, 100 * Math.min(sum, Math.max(left, 0)) / raised) : 0;
    held.setAttribute("width", ticked.length ? `${share.toFixed(2)}%` : usual);
  };
  list.addEventListener("change", follow);
  follow(); // a browser that goes back keeps its ticks
}

const help = document.querySelector("[data-keys]");
if (help && list) {
  const box = help.querySelector("input");
  help.hidden = false;
  box.checked = localStorage.getItem("queue-keys") !== "off";
  box.addEventListener("change", () => localStorage.setItem("queue-keys", box.checked ? "on" : "off"));
  const links = [...list.querySelectorAll("tbody th a")];
  const go = (step) => {
    const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    links[Math.min(Math.max(at < 0 ? 0 : at + step, 0), links.length - 1)]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    if (event.key === "j") go(1);
    if (event.key === "k") go(-1);
    if (event.key === "x") document.activeElement.closest("tbody tr")?.querySelector("input[data-cents]")?.click();
  });
}
