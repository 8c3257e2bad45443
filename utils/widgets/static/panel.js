// A panel: controls in front of one picture. The kernel draws; the browser sends what changed, at most one request
// at a time (the latest value wins), keeps the last picture until the next one is there, and moves handles at once.
// A slider that plays goes to its next place when the last one is answered.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const SETTLE = 400; // ms after the last change until the picture is drawn again, sharp and well laid out
const pace = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 250); // ms from place to place

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  dress(made, attributes);
  made.append(...children);
  return made;
}

function dress(element, attributes) {
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
}

// Each control: an element to show, and `set(value)`, which moves it without sending anything.
function slider({ label, texts, play }, send, { press, pause }) {
  const input = node("input", { type: "range", min: 0, max: texts.length - 1, step: 1, "aria-label": label, ...KEYS });
  const output = node("output", { "aria-live": "off", style: `min-width:${Math.max(...texts.map((text) => text.length))}ch` });
  const set = (value) => {
    input.value = value;
    input.setAttribute("aria-valuetext", (output.textContent = texts[input.value]));
  };
  const go = (to) => (set(to), send(+input.value));
  const move = (to) => (pause(me), go(to)); // the learner does
  input.addEventListener("input", () => move(input.value));
  const named = node("label", {}, label, input, output);
  const face = (does) => ({ class: `icon ${does}`, "aria-label": `${does} ${label}`, title: `${does} ${label}` });
  const key = (does, f) => {
    const made = node("button", { type: "button", ...face(does), ...KEYS });
    made.addEventListener("click", f);
    return made;
  };
  const button = key("play", () => press(me));
  const keys = [key("step back", () => move(+input.value - 1)), button, key("step forward", () => move(+input.value + 1))];
  const atEnd = () => +input.value === texts.length - 1;
  const me = {
    tick: () => (go(atEnd() ? 0 : +input.value + 1), atEnd()), // from the end it starts again
    shows: (does) => dress(button, face(does)),
  };
  return { element: play ? node("div", { class: "set plays" }, named, node("span", { class: "keys" }, ...keys)) : named, set };
}

function toggle({ label }, send) {
  const input = node("input", { type: "checkbox", ...KEYS });
  input.addEventListener("change", () => send(input.checked));
  return { element: node("label", {}, input, label), set: (value) => (input.checked = value) };
}

function choice({ name, label, texts }, send) {
  if (texts.length > 5 || texts.join("").length > 40) {
    const select = node("select", KEYS, ...texts.map((text, i) => node("option", { value: i }, text)));
    select.addEventListener("change", () => send(+select.value));
    return { element: node("label", {}, label, select), set: (value) => (select.value = value) };
  }
  const inputs = texts.map((_, i) => node("input", { type: "radio", name, value: i, ...KEYS }));
  inputs.forEach((input, i) => input.addEventListener("change", () => send(i)));
  const group = node("span", { class: "seg" }, ...texts.map((text, i) => node("label", {}, inputs[i], text)));
  const element = node("div", { class: "set", role: "radiogroup", "aria-label": label }, label, group);
  return { element, set: (value) => (inputs[value].checked = true) };
}

// What is typed is sent when the fingers rest, at the latest when the field is left or Enter is pressed.
function text({ label, longest }, send) {
  const input = node("input", { type: "text", maxlength: longest, autocomplete: "off", spellcheck: "false", ...KEYS });
  let [timer, sent] = [0, null];
  const now = () => (clearTimeout(timer), (timer = 0), input.value === sent || send((sent = input.value)));
  input.addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(now, 20))));
  input.addEventListener("change", now);
  const set = (value) => timer || value === input.value || (input.value = sent = value); // never under the fingers
  return { element: node("label", {}, label, input), set };
}

function point({ label, color }, send, { frame }) {
  const handle = node("button", { type: "button", class: "handle", style: `--own:${color}`, title: label, ...KEYS });
  let at = [0.5, 0.5];
  const set = (to, place) => {
    at = to;
    Object.assign(handle.style, { left: `${100 * to[0]}%`, bottom: `${100 * to[1]}%` });
    if (place) handle.setAttribute("aria-label", `${label}: ${place}; move with the arrow keys`);
  };
  const move = (...to) => (set(to.map((part) => Math.min(1, Math.max(0, part)))), send(at));
  handle.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key]?.map((way) => way * (event.shiftKey ? 0.1 : 0.02));
    if (step) (event.preventDefault(), move(at[0] + step[0], at[1] + step[1]));
  });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = frame.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height);
  });
  return { element: handle, set };
}

// A grid of places over the picture: click one, or walk from place to place with the arrow keys.
function cell({ label, rows, columns }, send, { frame }) {
  const shape = `grid-template:repeat(${rows},1fr)/repeat(${columns},1fr)`;
  const grid = node("div", { class: "grid", role: "radiogroup", "aria-label": label, style: shape });
  const named = (i) => `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`;
  const places = Array.from({ length: rows * columns }, (_, i) => node("button", { type: "button", role: "radio", "aria-label": named(i), ...KEYS }));
  let at = 0;
  const set = (to) => {
    at = to;
    places.forEach((place, i) => dress(place, { "aria-checked": i === to, tabindex: i === to ? 0 : -1 }));
  };
  const go = (to) => (set(to), places[to].focus({ preventScroll: true }), send(to));
  const within = (place, count) => Math.min(count - 1, Math.max(0, place));
  places.forEach((place, i) => place.addEventListener("click", () => go(i)));
  grid.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    go(within(Math.floor(at / columns) - way[1], rows) * columns + within((at % columns) + way[0], columns));
  });
  grid.append(...places);
  return { element: grid, set };
}

const OVER = { // controls that lie on the picture, and how to use them
  point: "Drag a point, or Tab to it and use the arrow keys (with Shift: larger steps). Esc: back to the notebook.",
  cell: "Click a part of the picture, or Tab to it and use the arrow keys. Esc: back to the notebook.",
};

function render({ model, el }) {
  const { name, controls, inSight, width, height } = model.get("data");
  const frame = node("div", { class: "frame" });
  const image = node("img", { draggable: "false" });
  const wait = node("span", { class: "wait" }, "waiting for the kernel …");
  const stage = node("div", { class: "stage", style: `width:${width}px;aspect-ratio:${width}/${height}` }, image, frame);
  const says = node("p", { class: "says", style: `max-width:${Math.max(width, 460)}px` });
  const live = node("div", { class: "unseen", "aria-live": "polite" });

  const own = Math.random().toString(36).slice(2); // one model may be shown twice: each view knows its own requests
  const timers = {};
  const later = (key, ms, f) => (clearTimeout(timers[key]), (timers[key] = setTimeout(f, ms)));
  let [count, asked, next, url] = [0, null, null, ""];
  const post = () => {
    [asked, next] = [{ ...next, id: `${own}-${++count}` }, null];
    model.send(asked);
    later("wait", 1000, () => stage.append(wait));
  };
  const ask = (change) => {
    clearTimeout(timers.settle);
    next = { ...next, ...change, values: change.reset ? {} : { ...next?.values, ...change.values } };
    if (!asked) post();
  };
  let [playing, due] = [null, false];
  const pause = (who = playing) => {
    if (!playing || who !== playing) return;
    clearTimeout(timers.play);
    [playing, due] = [null, false];
    who.shows("play");
    if (!asked) later("settle", SETTLE, settle);
  };
  const tick = () => {
    if ((due = Boolean(asked))) return; // the answer will tick
    later("play", pace(), tick);
    if (playing.tick()) pause();
  };
  const press = (who) => {
    if (who === playing) return pause();
    pause();
    playing = who;
    who.shows("pause");
    tick();
  };
  const settle = () => ask({ sharp: Math.min(2, Math.max(1, devicePixelRatio)) });

  const make = { slider, toggle, choice, text, point, cell };
  const made = controls.map((spec) => make[spec.kind](spec, (value) => ask({ sharp: 0, values: { [spec.name]: value } }), { frame, press, pause }));
  const isOver = (_, i) => controls[i].kind in OVER;
  const parts = made.filter((_, i) => !isOver(_, i)).map((control) => control.element);
  const more = node("details", {}, node("summary", KEYS, "more controls"), node("div", { class: "more" }, ...parts.slice(inSight)));
  const reset = node("button", { type: "button", class: "plain", ...KEYS }, "reset");
  reset.addEventListener("click", () => (pause(), ask({ reset: true, sharp: 0 })));
  const form = node("form", { style: `max-width:${Math.max(width, 460)}px` }, ...parts.slice(0, inSight), reset, ...(parts.length > inSight ? [more] : []));
  form.addEventListener("submit", (event) => event.preventDefault());
  frame.append(...made.filter(isOver).map((control) => control.element));
  const hints = Object.keys(OVER).filter((kind) => controls.some((spec) => spec.kind === kind));
  const below = [...hints.map((kind) => node("p", { class: "hint" }, OVER[kind])), says];
  const root = node("div", { class: "course-panel", role: "group", "aria-label": name, title: "Esc: back to the notebook" }, form, stage, ...below, live);
  keepKeys(root);
  root.addEventListener("keydown", ({ key }) => key === "Escape" && pause());

  const paint = () => {
    const bytes = model.get("picture");
    if (!bytes.byteLength) return;
    const old = url;
    image.src = url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    image.decode().catch(() => {}).finally(() => URL.revokeObjectURL(old));
  };
  const show = () => {
    const { values, places, frame: [left, bottom, wide, high], alt, problem } = model.get("state");
    const place = { left, bottom, width: wide, height: high };
    Object.entries(place).forEach(([side, part]) => (frame.style[side] = `${100 * part}%`));
    if (!asked) controls.forEach((spec, i) => made[i].set(values[spec.name], places[spec.name]));
    image.alt = alt;
    says.textContent = problem || alt;
    says.classList.toggle("problem", problem.startsWith("✗"));
    stage.classList.toggle("stale", Boolean(problem));
  };
  const answered = () => {
    const mine = asked?.id === model.get("state").id;
    if (mine) {
      clearTimeout(timers.wait);
      wait.remove();
      const rough = !asked.sharp && !model.get("state").problem;
      asked = null;
      if (due) tick();
      else if (next) post();
      else if (rough && !playing) later("settle", SETTLE, settle);
    }
    show();
    later("live", 500, () => {
      const moving = playing || asked?.sharp === 0; // the next picture will be announced instead
      if (!moving && live.textContent !== says.textContent) live.textContent = says.textContent;
    });
  };
  model.on("change:picture", paint);
  model.on("change:state", answered);
  paint();
  show();
  el.replaceChildren(node("style", {}, CSS), root);
  if (devicePixelRatio > 1.2) settle();
  return () => {
    Object.values(timers).forEach(clearTimeout);
    model.off("change:picture", paint);
    model.off("change:state", answered);
    URL.revokeObjectURL(url);
    el.replaceChildren();
  };
}

export default { render };
