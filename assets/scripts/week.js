// Drag to paint half hours. Without it each cell is an ordinary checkbox, and the text form below does the same job.
const grid = document.querySelector("[data-paint]");
const form = grid.closest("form");
const bar = form?.querySelector("[data-unsaved]");
const boxes = [...grid.querySelectorAll("input[type=checkbox]")];
let paint = null;

const set = (cell) => {
  const box = cell?.querySelector?.("input");
  if (box && box.checked !== paint) {
    box.checked = paint;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

grid.addEventListener("pointerdown", (event) => {
  // Taps toggle, swipes scroll.
  if (event.pointerType === "touch" || event.button !== 0) return;
  const cell = event.target.closest("td");
  const box = cell?.querySelector("input");
  if (!box) return;
  event.preventDefault();
  paint = !box.checked;
  box.focus({ preventScroll: true });
  set(cell);
});
grid.addEventListener("pointerover", (event) => paint !== null && set(event.target.closest("td")));
// The drag has already set the box; the click that ends it must not set it back. Space keeps working.
grid.addEventListener("click", (event) => event.detail > 0 && event.pointerType === "mouse" && event.preventDefault());
addEventListener("pointerup", () => { paint = null; });
addEventListener("pointercancel", () => { paint = null; });

// Arrows walk the grid.
grid.addEventListener("keydown", (event) => {
  const box = event.target.closest("input[type=checkbox]");
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!box || !step) return;
  event.preventDefault();
  const here = box.getBoundingClientRect();
  const x = here.left + here.width / 2 + step[0] * here.width;
  const y = here.top + here.height / 2 + step[1] * here.height;
  const inside = (r) => r.left <= x && x <= r.right && r.top <= y && y <= r.bottom;
  boxes.find((other) => inside(other.getBoundingClientRect()))?.focus();
});

const changed = () => boxes.filter((box) => box.checked !== box.defaultChecked).length;

const tell = () => {
  if (!bar) return;
  const n = changed();
  bar.hidden = n === 0;
  bar.querySelector("[data-count]")?.replaceChildren(`${n} ${n === 1 ? "change" : "changes"} not saved.`);
};

let leaving = false;
form?.addEventListener("change", tell);
form?.addEventListener("reset", () => setTimeout(tell));
form?.addEventListener("submit", () => { leaving = true; });
addEventListener("beforeunload", (event) => {
  if (!leaving && changed() > 0) event.preventDefault();
});
tell();
