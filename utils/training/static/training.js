// A model in training: how far it is, how long it may take, its loss and its first metric as curves.
// Nothing here can be operated: the kernel is busy, and the notebook's own ■ stops it.

const CSS = `
.course-training{color-scheme:light dark;--ink:light-dark(#1d1b22,#eceaf2);--soft:light-dark(#5f5b69,#b3aec2);--bg:light-dark(#fff,#16151b);
 --line:light-dark(#e3e0ea,#3a3745);--loss:light-dark(#5b3a9e,#c3abff);--metric:light-dark(#00694e,#4fd1a5);box-sizing:border-box;max-width:620px;
 margin:4px 2px;padding:12px 16px;border:1px solid var(--line);border-radius:12px;background:var(--bg);color:var(--ink);
 font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif}
body[data-jp-theme-light="true"] .course-training{color-scheme:light} body[data-jp-theme-light="false"] .course-training{color-scheme:dark}
.course-training p{margin:0;height:1.45em;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;font-variant-numeric:tabular-nums}
.course-training .title{font-weight:600} .course-training .note{color:var(--soft)}
.course-training progress{display:block;width:100%;height:8px;margin:6px 0;border:0;border-radius:4px;background:var(--line);appearance:none;-webkit-appearance:none}
.course-training progress::-webkit-progress-bar{border-radius:4px;background:var(--line)}
.course-training progress::-webkit-progress-value{border-radius:4px;background:var(--loss)} .course-training progress::-moz-progress-bar{border-radius:4px;background:var(--loss)}
.course-training svg{display:block;width:100%;aspect-ratio:586/170;margin-top:6px} .course-training text{fill:var(--soft);font-size:12px}
.course-training .loss{stroke:var(--loss)} .course-training .metric{stroke:var(--metric);stroke-dasharray:6 3} .course-training :is(.loss,.metric){fill:none;stroke-width:2;stroke-linejoin:round}
.course-training text.of-loss{fill:var(--loss);font-weight:600} .course-training text.of-metric{fill:var(--metric);font-weight:600} .course-training .axis{stroke:var(--line)}
.course-training .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}`;

const [LEFT, RIGHT, TOP, BOTTOM] = [44, 542, 24, 148]; // the curves' frame, in a picture of 586 x 170

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

function shape(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.textContent = text;
  return made;
}

const short = (x) => (x == null ? "?" : x !== 0 && Math.abs(x) < 0.001 ? x.toExponential(1) : String(+x.toPrecision(3)));

function duration(seconds) {
  if (seconds < 1) return "less than a second left";
  return seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}

// One line through what is finite, from `low` at the bottom to `high` at the top.
function curve(steps, values, planned, low, high, name) {
  const at = (x, part) => `${(LEFT + (RIGHT - LEFT) * x).toFixed(1)},${(BOTTOM - (BOTTOM - TOP) * part).toFixed(1)}`;
  const points = steps.flatMap((step, i) => (values[i] == null ? [] : [at(step / planned, (values[i] - low) / (high - low || 1))]));
  return shape("polyline", { points: points.join(" "), class: name });
}

function draw(svg, { steps = [], losses = [], metrics = {}, planned = 1 }) {
  const label = (x, y, text, more = {}) => shape("text", { x, y, ...more }, text);
  const finite = (values) => values.filter((value) => value != null);
  const range = (values) => [Math.min(0, ...finite(values)), Math.max(...finite(values), -Infinity)];
  const parts = [shape("path", { class: "axis", fill: "none", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` })];
  parts.push(label(LEFT, BOTTOM + 16, "0", { "text-anchor": "middle" }), label(RIGHT, BOTTOM + 16, `${planned} steps`, { "text-anchor": "end" }));
  const [low, high] = range(losses);
  if (high > -Infinity) {
    parts.push(curve(steps, losses, planned, low, high, "loss"), label(LEFT, TOP - 9, "loss", { class: "of-loss" }));
    parts.push(label(LEFT - 6, TOP + 5, short(high), { "text-anchor": "end" }), label(LEFT - 6, BOTTOM + 4, short(low), { "text-anchor": "end" }));
  }
  const [[name, values] = ["", []]] = Object.entries(metrics);
  let [bottom, top] = range(values);
  if (top > -Infinity) {
    if (top <= 1) top = 1; // a share: the whole scale
    parts.push(curve(steps, values, planned, bottom, top, "metric"), label(RIGHT, TOP - 9, name, { class: "of-metric", "text-anchor": "end" }));
    parts.push(label(RIGHT + 6, TOP + 5, short(top)), label(RIGHT + 6, BOTTOM + 4, short(bottom)));
  }
  svg.replaceChildren(...parts);
  const told = (what, all) => (finite(all).length ? `${what} from ${short(all[0])} to ${short(all.at(-1))}` : "");
  const said = [told("loss", losses), told(name, values)].filter(Boolean).join("; ");
  svg.setAttribute("aria-label", said ? `Curves over ${steps.at(-1)} steps: ${said}` : "No curves yet");
}

function render({ model, el }) {
  const title = node("p", { class: "title" });
  const bar = node("progress", { "aria-label": "steps made" });
  const [where, note] = [node("p", { class: "where" }), node("p", { class: "note" })];
  const svg = shape("svg", { viewBox: "0 0 586 170", role: "img" });
  const live = node("div", { class: "unseen", "aria-live": "polite" });
  const root = node("div", { class: "course-training", role: "group" }, title, bar, where, note, svg, live);
  let quarter = 0;

  const show = () => {
    const state = model.get("state");
    const { done = 0, planned = 1, loss = null, left = null, metrics = {} } = state;
    const metric = Object.entries(metrics).map(([name, values]) => `${name} ${short(values.at(-1))}`)[0];
    const told = [`${done} of ${planned} steps`, loss == null ? "" : `loss ${short(loss)}`, metric].filter(Boolean).join(" · ");
    root.setAttribute("aria-label", state.title);
    title.textContent = state.title;
    Object.assign(bar, { max: planned, value: done });
    where.textContent = "planned" in state ? told : "waiting for the first step …";
    note.textContent = state.note || (left == null ? "" : `${duration(left)}; ■ in the toolbar stops, and nothing is lost`);
    draw(svg, state);
    const reached = state.note || Math.floor((4 * done) / planned); // a voice every quarter, and at the end
    if (reached !== quarter) live.textContent = `${told}. ${state.note || ""}`;
    quarter = reached;
  };
  model.on("change:state", show);
  show();
  el.replaceChildren(node("style", {}, CSS), root);
  return () => {
    model.off("change:state", show);
    el.replaceChildren();
  };
}

export default { render };
