// Small conveniences: copy a link, print the page, show a password, tick off what it has to be, open a dialog, send a filter as soon as it is chosen.
const find = (name) => document.querySelector(name);

addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const source = find(copy.dataset.copy);
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      const word = copy.querySelector(".btn__word") ?? copy;
      const before = word.textContent;
      word.textContent = "Copied";
      setTimeout(() => { word.textContent = before; }, 2000);
    } catch {
      source.select?.();
    }
  }
  if (event.target.closest("[data-print]")) print();
  const opens = event.target.closest("[data-opens]");
  const dialog = opens && find(opens.dataset.opens);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  const closes = event.target.closest("dialog [data-closes]");
  if (closes) {
    event.preventDefault();
    closes.closest("dialog").close();
  }
});

addEventListener("change", (event) => {
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    for (const field of document.querySelectorAll(reveal.dataset.reveal)) field.type = event.target.checked ? "text" : "password";
  }
  event.target.closest("[data-sends]")?.form?.requestSubmit();
});

addEventListener("input", () => {
  for (const list of document.querySelectorAll("[data-checks]")) {
    const text = find(list.dataset.checks)?.value ?? "";
    for (const rule of list.querySelectorAll("[data-least], [data-same]")) {
      const met = rule.dataset.least
        ? [...text.normalize("NFC")].length >= Number(rule.dataset.least)
        : text !== "" && find(rule.dataset.same)?.value === text;
      rule.toggleAttribute("data-met", met);
    }
  }
});
