// Improves pages that already work. Each part is loaded only where its mark stands on the page.
import "./theme.js";
import "./busy.js";

const parts = {
  "[data-paint]": "./week.js",
  "[data-calendar]": "./calendar.js",
  "[data-suggest]": "./suggest.js",
  "[data-passkey]": "./passkeys.js",
  "[data-search]": "./clicks.js",
  "[data-counts], [data-earns], [data-narrows]": "./profile.js",
  "[data-copy], [data-print], [data-reveal], [data-opens], [data-sends]": "./little.js",
};

for (const [mark, file] of Object.entries(parts)) {
  if (document.querySelector(mark)) import(file);
}
