// The staff's pages: what is ticked is counted as one ticks. Without this script the server's own sum stays.
const euros = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "fr-FR", { style: "currency", currency: "EUR" });
const money = (cents) => euros.format(cents / 100).replace("-", "\u2212");

for (const form of document.querySelectorAll("form[data-tally]")) {
  const show = () => {
    const ticked = [...form.querySelectorAll("input[data-cents]:checked")];
    const sum = ticked.reduce((total, box) => total + Number(box.dataset.cents), 0);
    const left = Number(form.dataset.cashCents) - sum;
    form.querySelector("[data-sum]").textContent = money(sum);
    form.querySelector("[data-number]").textContent = ticked.length;
    form.querySelector("[data-left]").textContent = money(left);
    form.querySelector("[data-left]").classList.toggle("under", left < 0);
  };
  form.addEventListener("change", show);
  show(); // a browser that goes back keeps its ticks
}

// A file that takes long to read says so; the page answers when it is read.
for (const form of document.querySelectorAll("form[data-long]")) {
  form.addEventListener("submit", () => form.classList.add("is-busy"));
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.is-busy")) form.classList.remove("is-busy");
});

document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
