// When each fact was ticked, by this browser's clock, goes with the declaration. Without it the server's own times stand.
for (const at of document.querySelectorAll("[data-at]")) {
  const tick = document.querySelector(`[name="${at.dataset.at}"]`);
  tick?.addEventListener("change", () => { at.value = tick.checked ? new Date().toISOString() : ""; });
}
