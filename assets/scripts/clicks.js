// Tells which result of a search was opened or booked. Nothing waits for it, and nothing breaks without it.
for (const list of document.querySelectorAll("[data-search]")) {
  const first = Number(list.dataset.offset) + 1;
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const card = link?.closest(".res");
    const found = link?.pathname.match(/^\/(instructors|book)\/([0-9A-HJKMNP-TV-Z]{26})(?:\/([0-9A-HJKMNP-TV-Z]{26}))?/);
    if (!card || !found) return;
    const body = {
      search_query_id: list.dataset.search,
      instructor_id: found[2],
      position: first + [...list.querySelectorAll(".res")].indexOf(card),
      action: "view",
      ...(found[3] && { service_id: found[3] }),
    };
    fetch("/api/v1/search/click", {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch(() => {});
  });
}
