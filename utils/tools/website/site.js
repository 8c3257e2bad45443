// What a page does by itself: light or dark, the α views, the search. A classic script, for file:// refuses modules;
// utils/tools/website/pages.py puts alpha.js before it, as followTheAlpha.

(() => {
  const root = document.documentElement;
  const all = (selector) => document.querySelectorAll(selector);

  // ---- light and dark: what was chosen here, else what the system says; the α views read it from the body ----
  const button = document.getElementById("theme");
  const wear = (theme) => {
    root.dataset.theme = theme;
    document.body.dataset.jpThemeLight = String(theme === "light");
    button.setAttribute("aria-pressed", String(theme === "dark"));
  };
  wear(root.dataset.theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    wear(root.dataset.theme === "dark" ? "light" : "dark");
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not allowed: then it lasts for this page */ }
  });

  // ---- the α views: mounted in place of their still pictures, which come back on paper ----
  for (const place of all(".alive")) {
    followTheAlpha.mount(place, JSON.parse(place.querySelector("script").textContent));
    place.classList.add("mounted");
    place.addEventListener("keydown", (event) => event.key === "Escape" && place.focus({ preventScroll: true }));
  }

  // ---- contents stand open where there is room; what scrolls sideways can be reached by key ----
  for (const contents of all(".toc details")) contents.open = matchMedia("(min-width: 82rem)").matches;
  const main = document.getElementById("main");
  const reach = () => {
    for (const inline of all(".math.inline")) { // a formula too long for a phone scrolls on a line of its own
      inline.classList.toggle("long", inline.firstElementChild.getBoundingClientRect().width > main.clientWidth - 40);
    }
    for (const wide of all("pre, .table, .math.block, .math.long")) {
      if (wide.scrollWidth <= wide.clientWidth) { wide.removeAttribute("tabindex"); continue; }
      wide.tabIndex = 0;
    }
  };
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  // ---- the search: an index loaded as a script when the box is first used, all in the page ----
  const input = document.getElementById("search");
  if (!input) return;
  const [hits, list, said] = ["#hits", "#hits ul", "#found"].map((selector) => document.querySelector(selector));
  const MOST = 12;
  input.parentNode.hidden = false;

  const load = () => new Promise((done) => {
    if (window.courseIndex) return done();
    const script = document.createElement("script");
    script.src = "assets/index.js";
    script.addEventListener("load", done);
    document.head.append(script);
  });
  const bare = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  /** Every word of the question must occur; in a heading it counts ten times. */
  function find(question) {
    const words = bare(question).split(/\s+/).filter(Boolean);
    const rate = ([title, heading, , text]) => {
      const [high, low] = [bare(`${title} ${heading}`), bare(text)];
      const points = words.map((word) => (high.includes(word) ? 10 : 0) + Math.min(5, low.split(word).length - 1));
      return points.every(Boolean) ? points.reduce((sum, each) => sum + each, 0) : 0;
    };
    const rated = window.courseIndex.map((entry) => [rate(entry), entry]).filter(([points]) => points);
    return words.length ? rated.sort((a, b) => b[0] - a[0]).map(([, entry]) => entry) : [];
  }

  function show(entry, question) {
    const [title, heading, address, text] = entry;
    const [link, name, item] = ["a", "b", "li"].map((tag) => document.createElement(tag));
    const word = question.trim().split(/\s+/)[0];
    const at = Math.max(0, text.toLowerCase().indexOf(word.toLowerCase()));
    const from = at < 40 ? 0 : text.indexOf(" ", at - 40) + 1;
    link.href = address;
    name.textContent = heading === title || !heading ? title : `${title} › ${heading}`;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + word.length);
    const found = mark.textContent.toLowerCase() === word.toLowerCase();
    link.append(name, from ? "… " : "", text.slice(from, at), found ? mark : mark.textContent, `${text.slice(at + word.length, at + 110).replace(/\s\S*$/, "")} …`);
    item.append(link);
    return item;
  }

  async function search() {
    await load();
    const found = find(input.value);
    list.replaceChildren(...found.slice(0, MOST).map((entry) => show(entry, input.value)));
    hits.hidden = !input.value.trim();
    said.textContent = found.length > MOST ? `the best ${MOST} of ${found.length} places` : `${found.length} place${found.length === 1 ? "" : "s"}`;
  }
  const step = (by) => {
    const stops = [input, ...list.querySelectorAll("a")];
    stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(document.activeElement) + by))].focus();
  };
  input.addEventListener("input", search);
  input.addEventListener("click", () => input.value && search());
  input.parentNode.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hits.hidden = true; input.focus(); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") { step(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
    else if (event.key === "Enter" && event.target === input) list.querySelector("a")?.click();
  });
  list.addEventListener("click", () => { hits.hidden = true; });
  document.addEventListener("click", (event) => { if (!input.parentNode.contains(event.target)) hits.hidden = true; });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, [role=grid]");
    if (event.key === "/" && !typing) { input.focus(); event.preventDefault(); }
  });
})();
