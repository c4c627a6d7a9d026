// One tab stop for the month grid: arrows by day and week, Home and End within the week, PageUp and PageDown by month.
const table = document.querySelector("[data-calendar]");
const days = [...table.querySelectorAll("a[data-date]")];
const cells = [...table.querySelectorAll("tbody td")];
const place = (link) => cells.indexOf(link.closest("td"));

const settle = (chosen) => {
  for (const day of days) day.tabIndex = day === chosen ? 0 : -1;
};
settle(days.find((day) => day.ariaCurrent) ?? days[0]);

// The free day nearest to a place, looking on in the direction of travel.
const nearest = (from, step, stop = () => false) => {
  for (let at = from; at >= 0 && at < cells.length && !stop(at); at += step) {
    const link = cells[at].querySelector("a[data-date]");
    if (link) return link;
  }
  return null;
};

const move = (link, key) => {
  const at = place(link);
  const week = Math.floor(at / 7) * 7;
  switch (key) {
    case "ArrowLeft": return nearest(at - 1, -1);
    case "ArrowRight": return nearest(at + 1, 1);
    case "ArrowUp": return nearest(at - 7, -7) ?? nearest(at - 7, -1);
    case "ArrowDown": return nearest(at + 7, 7) ?? nearest(at + 7, 1);
    case "Home": return nearest(week, 1, (n) => n >= week + 7);
    case "End": return nearest(week + 6, -1, (n) => n < week);
    default: return null;
  }
};

const turn = (rel) => document.querySelector(`.cal__head a[rel="${rel}"]`);

table.addEventListener("keydown", (event) => {
  const link = event.target.closest("a[data-date]");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;

  if (event.key === "PageUp" || event.key === "PageDown") {
    const month = turn(event.key === "PageUp" ? "prev" : "next");
    if (month) {
      event.preventDefault();
      month.click();
    }
    return;
  }
  const next = move(link, event.key);
  if (next) {
    event.preventDefault();
    settle(next);
    next.focus();
  }
});
