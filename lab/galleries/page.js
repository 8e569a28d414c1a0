"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const main = find("pieces"), open = find("open"), help = find("help"), root = document.documentElement;
  const cards = [...main.querySelectorAll(".piece")];
  const heard = new Map(cards.map((one) => [one, read(one)]));
  const rows = new Map();
  for (const one of cards) rows.set(one.dataset.row, [...(rows.get(one.dataset.row) || []), one]);
  let shown = cards, here = null;

  function read(one) {
    const lines = one.querySelector("pre").textContent;
    return `${one.dataset.label}\n${one.dataset.artist}\n${lines}`.toLowerCase();
  }

  // Sorting: what is not known comes last, and equals stay as drawn.
  const number = (key, way = 1) => (one) => {
    const value = parseFloat(one.dataset[key]);
    return Number.isNaN(value) ? Infinity : way * value;
  };
  const keys = {
    number: number("number"), seed: number("seed"), new: number("similarity"), alike: number("similarity", -1),
    label: (one) => one.dataset.label.toLowerCase(), artist: (one) => one.dataset.artist.toLowerCase(),
  };
  const sorted = (some, key) => [...some].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x < y ? -1 : x > y ? 1 : keys.number(a) - keys.number(b);
  });

  function fits(one) {
    const same = (key) => !find(key).value || find(key).value === one.dataset[key];
    return same("label") && same("artist") && same("verdict") &&
      heard.get(one).includes(find("words").value.toLowerCase());
  }

  // A row is shown whole where one of its pieces fits, so that parents stay beside their child.
  function render() {
    const fitting = sorted(cards.filter(fits), keys[find("sort").value] || keys.number);
    const beside = pressed("rows");
    main.classList.toggle("rows", beside);
    if (beside) {
      const names = [...new Set(fitting.map((one) => one.dataset.row))];
      main.replaceChildren(...names.map((name) => row(rows.get(name))));
      shown = names.flatMap((name) => rows.get(name));
    } else {
      main.replaceChildren(...fitting);
      shown = fitting;
    }
    find("none").hidden = shown.length > 0;
    find("count").textContent = `${fitting.length} of ${cards.length}`;
  }

  function row(pieces) {
    const section = document.createElement("section"), title = document.createElement("h2");
    section.className = "row";
    title.textContent = `${pieces[0].dataset.label}, seed ${pieces[0].dataset.seed}`;
    section.append(title, ...pieces);
    return section;
  }

  function go(one) {
    if (!one) return;
    if (here) here.classList.remove("here");
    here = one;
    here.classList.add("here");
    if (open.open) return show(here);
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  }

  function step(way) {
    const at = shown.indexOf(here);
    go(at < 0 ? shown[0] : shown[Math.min(Math.max(at + way, 0), shown.length - 1)]);
  }

  // Up and down lead to the nearest piece above or below, left and right through the order.
  function leap(way) {
    if (open.open || !shown.includes(here)) return step(way);
    const box = (one) => one.getBoundingClientRect(), from = box(here);
    const far = (one) => 1e4 * Math.abs(box(one).top - from.top) + Math.abs(box(one).left - from.left);
    const there = shown.filter((one) => way * (box(one).top - from.top) > 1);
    if (there.length) go(there.reduce((a, b) => (far(b) < far(a) ? b : a)));
  }

  function show(one) {
    const copy = one.cloneNode(true);
    copy.removeAttribute("id");
    copy.querySelector("details").open = true;
    open.replaceChildren(copy);
    if (!open.open) open.showModal();
    try { history.replaceState(null, "", "#" + one.id); } catch { /* not in a frame */ }
  }

  function arrive() {
    const one = find(location.hash.slice(1));
    if (!one && location.hash.length > 1) {
      for (const key of ["words", "label", "artist", "verdict"]) find(key).value = "";
      render();
    }
    const there = one || find(location.hash.slice(1));
    if (!cards.includes(there)) return;
    go(there);
    there.scrollIntoView({ block: "center", behavior: "instant" });
  }

  const moves = {
    j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    ArrowDown: () => leap(1), ArrowUp: () => leap(-1),
    "/": () => find("words").focus(), "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (typing && event.key === "Escape") event.target.blur();
    if (typing || help.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && here && event.target === here) show(here);
    else if (moves[event.key]) moves[event.key]();
    else return;
    event.preventDefault();
  });
  main.addEventListener("click", (event) => {
    const drawing = event.target.closest("pre");
    if (!drawing || !getSelection().isCollapsed) return;
    go(drawing.closest(".piece"));
    show(here);
  });
  for (const one of [open, help]) one.addEventListener("click", (event) => { if (event.target === one) one.close(); });
  open.addEventListener("close", () => go(here));

  const pressed = (id) => find(id).getAttribute("aria-pressed") === "true";
  const toggle = (id, act) => find(id).addEventListener("click", () => {
    find(id).setAttribute("aria-pressed", String(!pressed(id)));
    act();
  });
  toggle("rows", render);
  toggle("colours", () => document.body.classList.toggle("plain", !pressed("colours")));
  for (const id of ["words", "label", "artist", "verdict", "sort"]) find(id).addEventListener("input", render);
  find("keys").addEventListener("click", () => help.showModal());

  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { find("theme").textContent = dark() ? "light" : "dark"; };
  try { const kept = localStorage.getItem("theme"); if (kept) root.dataset.theme = kept; } catch { /* not in a frame */ }
  find("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    name();
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not in a frame */ }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);

  name();
  find("tools").hidden = false;
  render();
  arrive();
  addEventListener("hashchange", arrive);
})();
