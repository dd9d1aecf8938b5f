// Passkeys: the ceremony is in allauth's own scripts; here the button is bound to it, and a failure gets its sentence.
{
  const button = document.querySelector("[data-passkey]");
  const say = (name) => {
    for (const words of document.querySelectorAll("[data-passkey-words]")) words.hidden = words.dataset.passkeyWords !== name;
  };
  if (button && window.webauthnJSON && window.webauthnJSON.supported()) {
    const forms = window.allauth.webauthn.forms;
    const ids = { data: "js_data", credential: "id_credential" };
    if (button.dataset.passkey === "add") forms.addForm({ ids: { ...ids, add: button.id } });
    else forms.authenticateForm({ ids: { ...ids, authenticate: button.id } });
    button.hidden = false;
    say("ready");
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // told on the page, not in the console
    say("failed");
  });
}
