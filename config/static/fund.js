// A form that was sent cannot be sent again by a second click; the server's own guards do not depend on this.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented || event.target.dataset.stays !== undefined) return; // a download leaves the page as it is
  window.setTimeout(() => { button.setAttribute("aria-disabled", "true"); button.dataset.busy = "1"; }, 0);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-busy]");
  if (button) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-busy]")) {
    button.removeAttribute("aria-disabled");
    delete button.dataset.busy;
  }
});
// Printing is the browser's own; the button is only there for whoever looks for one.
for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.addEventListener("click", () => window.print());
}
