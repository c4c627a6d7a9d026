// The pressed button says what is happening, and a second press does nothing.
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

// Back brings the page as it was left: pressed.
addEventListener("pageshow", rest);
