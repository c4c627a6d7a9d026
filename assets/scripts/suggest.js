// Suggestions under the search box: the server answers a fragment of links, arrows walk them.
for (const box of document.querySelectorAll("[data-suggest]")) {
  const input = box.querySelector("input");
  const list = Object.assign(document.createElement("div"), { className: "pop pop--list", hidden: true });
  box.append(list);
  // What a screen reader hears: a box with a list under it, which the arrows lead into.
  list.id = `${input.id}-list`;
  const say = (what, names) => Object.entries(names).forEach(([name, value]) => what.setAttribute(name, value));
  say(list, { role: "listbox", "aria-label": "Suggestions" });
  say(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });
  let wait = 0;
  let asked = null;
  let off = false;

  const show = (open) => {
    list.hidden = !open;
    say(input, { "aria-expanded": String(open) });
  };
  const close = () => show(false);

  const ask = async () => {
    const text = input.value.trim();
    if (off || text.length < 2) return close();
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!answer.ok) {
        off = answer.status === 404;
        return close();
      }
      // Parsed apart and taken over link by link: nothing but links can come in.
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const links = [...page.querySelectorAll("a[href]")].slice(0, 8);
      for (const link of links) say(link, { role: "option", "aria-selected": "false" });
      list.replaceChildren(...links);
      show(links.length > 0);
    } catch {
      close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 120);
  });
  list.addEventListener("focusin", (event) => {
    for (const link of list.children) say(link, { "aria-selected": String(link === event.target) });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
      input.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || list.hidden) return;
    event.preventDefault();
    const stops = [input, ...list.children];
    const at = stops.indexOf(document.activeElement);
    stops.at((at + step) % stops.length).focus();
  });
  box.addEventListener("focusout", () => setTimeout(() => box.contains(document.activeElement) || close()));
}
