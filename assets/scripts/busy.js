// The pressed button says what is happening, and a second press does nothing; one that must wait says how long.
const busy = new Map();

const rest = () => {
  for (const [button, label] of busy) {
    button.removeAttribute("aria-busy");
    if (label) (button.querySelector(".btn__word") ?? button).textContent = label;
  }
  busy.clear();
};

addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches(".btn")) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  const word = button.querySelector(".btn__word") ?? button;
  const next = button.dataset.busy;
  // After the form has been read, so the button's own name and value are still sent.
  setTimeout(() => {
    busy.set(button, next ? word.textContent : "");
    button.setAttribute("aria-busy", "true");
    if (next) word.textContent = next;
  });
  // A download answers without a new page.
  setTimeout(rest, 15_000);
});

// A button that has to wait counts the seconds, and can be pressed once they are over.
for (const button of document.querySelectorAll("[data-wait]")) {
  const word = button.querySelector(".btn__word") ?? button;
  const label = word.textContent;
  const end = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    word.textContent = left > 0 ? `${label} (${left} s)` : label;
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}

// Back brings the page as it was left: pressed.
addEventListener("pageshow", rest);
