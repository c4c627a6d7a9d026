// The server keeps the choice and writes data-theme; this only spares the reload.
addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-theme-choice]");
  const pressed = event.submitter;
  if (!form || !pressed) return;
  event.preventDefault();

  const root = document.documentElement;
  if (pressed.value === "system") delete root.dataset.theme;
  else root.dataset.theme = pressed.value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }

  const body = new URLSearchParams(new FormData(form, pressed));
  try {
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  } catch {
    // The look has changed; the next press, or the next page without this script, tries to keep it.
  }
});
