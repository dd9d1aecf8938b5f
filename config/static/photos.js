// A form that says data-photos is sent with its photos made smaller where that helps, and tells in words how far it is.
// Whatever this browser cannot do is sent as it is, and the server judges every file as if there were no script.
const LONGEST = 2000, NARROWEST = 1000, QUALITY = 0.8; // pixels: small print stays readable, on a long narrow capture too
const LIGHT = 400000, HEAVIEST = 25000000; // bytes: below there is little to win, above a telephone may lack the memory
const KINDS = ["image/jpeg", "image/png", "image/webp"];

async function redrawn(file) {
  // « from-image » turns it upright; a browser that does not know the word throws, and the file goes as it is.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = picture;
  const scale = Math.min(1, Math.max(LONGEST / Math.max(width, height), NARROWEST / Math.min(width, height)));
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  const pen = sheet.getContext("2d");
  pen.fillStyle = "#fff"; // what is transparent is paper
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, sheet.width, sheet.height);
  picture.close();
  return new Promise((done) => { sheet.toBlob(done, "image/jpeg", QUALITY); });
}

async function lightened(file) {
  if (!KINDS.includes(file.type) || file.size < LIGHT || file.size > HEAVIEST) return file;
  try {
    const small = await redrawn(file);
    return small && small.type === "image/jpeg" && small.size < file.size ? small : file;
  } catch { return file; }
}

function watch(form) {
  const told = form.querySelector("[data-sending]"), bar = form.querySelector("progress");
  const smaller = new WeakMap(); // file → the promise of what is sent in its place
  let queue = Promise.resolve(), sending = null, step = -1;

  const share = (part) => part.toLocaleString(document.documentElement.lang, { style: "percent" });
  const say = (text) => { if (told.textContent !== text) told.textContent = text; };
  const light = (file) => {
    if (!smaller.has(file)) { queue = queue.then(() => lightened(file)); smaller.set(file, queue); } // one at a time
    return smaller.get(file);
  };
  const tell = (event) => {
    const percent = Math.floor((100 * event.loaded) / event.total);
    bar.value = percent;
    if (percent >= 100) say(told.dataset.arrived);
    else if (Math.floor(percent / 10) > step) { // not every packet: a screen reader says it each time
      step = Math.floor(percent / 10);
      say(told.dataset.going.replace("#", share(step / 10)));
    }
  };
  const stop = (text) => { sending = null; step = -1; bar.hidden = true; say(text); };

  function show(answer) {
    const next = answer.getResponseHeader("X-Next");
    const elsewhere = new URL(answer.responseURL).pathname !== window.location.pathname;
    if (next || elsewhere) { window.location.assign(next || answer.responseURL); return; }
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main) { stop(told.dataset.cut); return; }
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    main.querySelectorAll("form[data-photos]").forEach(watch);
    const start = main.querySelector("[role=alert], h1") || main;
    start.tabIndex = -1;
    start.focus();
  }

  async function send(button) {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (value instanceof File && value.name) body.append(name, await light(value), value.name);
      else body.append(name, value);
    }
    if (button?.name) body.append(button.name, button.value);
    sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", tell);
    sending.addEventListener("load", () => show(sending));
    sending.addEventListener("error", () => stop(told.dataset.cut));
    sending.addEventListener("abort", () => stop(""));
    sending.open("POST", form.action);
    sending.setRequestHeader("X-Sent-By", "script");
    sending.send(body);
  }

  form.addEventListener("change", (event) => { [...(event.target.files || [])].forEach(light); });
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
    if (sending || chosen) event.preventDefault();
    if (sending || !chosen) return;
    sending = true; // a second tap while photos are made smaller
    bar.value = 0;
    bar.hidden = false;
    say(told.dataset.going.replace("#", share(0)));
    send(event.submitter);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stop(""); }); // back from the next page
}

document.querySelectorAll("form[data-photos]").forEach(watch);
