// An instructor's forms: characters counted, what is left of a rate, neighborhoods found by name, a borough ticked at once.
const find = (name) => document.querySelector(name);
const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });

const count = (line) => {
  line.querySelector("[data-count]").textContent = [...find(line.dataset.counts).value.trim()].length;
};

// The same halves as on the server; a sum that cannot be read leaves the last words.
const earn = (line) => {
  const typed = find(line.dataset.earns).value.trim().replace(/^\$/, "").replaceAll(",", "");
  if (!/^\d+(\.\d{1,2})?$/.test(typed) || Number(typed) === 0) return;
  const cents = Math.round(Number(typed) * 100);
  const kept = Math.floor((cents * Number(line.dataset.share) + 5000) / 10000);
  line.querySelector("[data-of]").textContent = dollars(cents);
  line.querySelector("[data-yours]").textContent = dollars(cents - kept);
};

const boxes = (group) => [...group.querySelectorAll("input[type=checkbox]")];
const tally = (group) => {
  group.querySelector("[data-picked]").textContent = boxes(group).filter((box) => box.checked).length;
};

const narrow = (input) => {
  const wanted = input.value.trim().toLowerCase();
  for (const group of find(input.dataset.narrows).querySelectorAll("[data-group]")) {
    let shown = 0;
    for (const box of boxes(group)) {
      const label = box.closest("label");
      label.hidden = !label.textContent.toLowerCase().includes(wanted);
      shown += label.hidden ? 0 : 1;
    }
    group.hidden = shown === 0;
    if (wanted) group.open = shown > 0;
  }
};

addEventListener("input", (event) => {
  document.querySelectorAll("[data-counts]").forEach(count);
  document.querySelectorAll("[data-earns]").forEach(earn);
  if (event.target.matches("[data-narrows]")) narrow(event.target);
});

addEventListener("change", (event) => {
  const group = event.target.closest("[data-group]");
  if (!group) return;
  const choice = event.target.closest("[data-whole] select");
  if (choice?.value) {
    for (const box of boxes(group)) box.checked = choice.value === "all";
    choice.value = "";
  }
  tally(group);
});

// Enter in the box that only finds does not send the form.
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-narrows]")) event.preventDefault();
});
