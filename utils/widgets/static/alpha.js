// The α view: one matrix of attention weights, read in three ways that move together.
//
//   the matrix     who looks where           rows ask (queries), columns answer (keys)
//   the sentence   what one query reads      ink in proportion to weight
//   the sum        what the query becomes    weight × value, added up
//
// From top to bottom: arithmetic, colour, data (all pure), then the page, painting, events, and the way in:
// mount(element, data) starts a view and returns the function that ends it. The page is built once and repainted in
// place. Labels are set as text, never as HTML.

// ---- arithmetic ----------------------------------------------------------------------------------------------------

/** Softmax of each row of scores / divisor. Forbidden places weigh 0; so does a whole row that may look nowhere. */
export function softmaxRows(scores, nKeys, divisor = 1, mask = null) {
  const weights = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += nKeys) {
    let top = -Infinity;
    let total = 0;
    for (let at = start; at < start + nKeys; at++) if (!mask || mask[at]) top = Math.max(top, scores[at] / divisor);
    for (let at = start; at < start + nKeys; at++) {
      if (!mask || mask[at]) total += weights[at] = Math.exp(scores[at] / divisor - top);
    }
    if (total > 0) for (let at = start; at < start + nKeys; at++) weights[at] /= total;
  }
  return weights;
}

/** Bits of surprise in a row of weights: 0 for one key alone, log2(n) for n keys alike. */
export const entropy = (row) => row.reduce((bits, a) => (a > 0 ? bits - a * Math.log2(a) : bits), 0);

/** The weighted sum Σ α v of some keys; values holds nKeys rows of width numbers. */
export function weightedSum(row, values, width, keys) {
  const sum = new Float64Array(width);
  for (const j of keys) for (let c = 0; c < width; c++) sum[c] += row[j] * values[j * width + c];
  return sum;
}

/** The weights to draw: those given, or the softmax of the scores at the present settings. */
function attend(data, state) {
  if (data.kind === "weights") return Float64Array.from(data.numbers);
  const scale = state.scaled ? Math.sqrt(data.d ?? 1) : 1;
  return softmaxRows(data.numbers, data.nKeys, state.temperature * scale, state.mask);
}

const total = (row) => row.reduce((sum, a) => sum + a, 0);
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** The keys to list in the sum, in their order: all, or the heaviest few. */
function heaviest(row, most) {
  if (row.length <= most) return range(row.length);
  const order = range(row.length).sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]));
  return order.slice(0, most - 1).sort((a, b) => a - b);
}

// ---- colour --------------------------------------------------------------------------------------------------------

const THEMES = { // from nothing to full, and what is forbidden
  light: { alpha: ["#f7f5fb", "#b3a3d6", "#4a2590"], value: ["#e9f5f0", "#73c7a9", "#00795a"], no: "#d6d4de" },
  dark: { alpha: ["#24212e", "#6a5799", "#c9b3ff"], value: ["#1c2a27", "#2c7a62", "#5fe0b4"], no: "#3a3745" },
};
const [WHITE, BLACK, SOFT_BLACK] = ["#ffffff", "#000000", "#1d1b22"];

const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast of two colours, 1 to 21. */
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** 256 shades from none to full, each with a text colour of contrast 4.5 or more: white or black always reaches it. */
export function ramp(stops) {
  const [low, middle, high] = stops.map(parse);
  return range(256).map((level) => {
    const [from, to, part] = level < 128 ? [low, middle, level / 128] : [middle, high, (level - 128) / 127];
    const rgb = from.map((c, i) => Math.round(c + (to[i] - c) * part));
    const against = (colour) => contrast(rgb, parse(colour));
    const dark = against(SOFT_BLACK) < 4.5 ? BLACK : SOFT_BLACK;
    return { rgb, fill: `rgb(${rgb.join(" ")})`, text: against(WHITE) >= 4.5 ? WHITE : dark };
  });
}

/** JupyterLab says which theme it has; elsewhere the system does. */
function themeNow() {
  const lab = document.body.dataset.jpThemeLight;
  const dark = lab ? lab === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
  return dark ? "dark" : "light";
}

// ---- data ----------------------------------------------------------------------------------------------------------

/** Bytes from the kernel, or a list from JSON, as numbers; an Error with a sentence where they cannot be right. */
function numbersOf(name, source, count) {
  const isList = Array.isArray(source);
  const held = isList ? source.length : source.byteLength / 4;
  if (held !== count) throw new Error(`${name} brought ${held} numbers where the shape asks for ${count}`);
  const bytes = isList ? null : source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength);
  const numbers = isList ? Float32Array.from(source) : new Float32Array(bytes);
  if (!numbers.every(Number.isFinite)) throw new Error(`${name} hold NaN or infinity`);
  return numbers;
}

/** Check what came and give it the names used below. */
function read(given) {
  if (given.problem) throw new Error(given.problem);
  const [nHeads, nQueries, nKeys] = given.shape;
  const data = { ...given, nHeads, nQueries, nKeys, width: given.width ?? 0 };
  const size = nHeads * nQueries * nKeys;
  if (!size) throw new Error("there is nothing to look at: 0 tokens");
  data.numbers = numbersOf(given.kind, given.numbers, size);
  data.values = given.values ? numbersOf("values", given.values, nHeads * nKeys * data.width) : null;
  data.mask = given.mask ? Uint8Array.from(numbersOf("mask", given.mask, size)) : null;
  data.presets = (given.presets ?? []).map(([name, mask]) => [name, Uint8Array.from(numbersOf(name, mask, size))]);
  if (data.queries.length !== nQueries || data.keys.length !== nKeys) throw new Error("labels and shape do not agree");
  data.same = nQueries === nKeys && data.queries.every((label, i) => label === data.keys[i]);
  data.largest = data.values ? data.values.reduce((top, v) => Math.max(top, Math.abs(v)), 1e-30) : 1;
  return data;
}

/** What the learner can change. at: the chosen [row, key]; hover: the cell under the mouse, which previews its row. */
function startOf(data) {
  const { row, nKeys, temperature, mode } = data;
  const drawn = data.presets[presetOf(mode)]?.[1].slice() ?? data.mask?.slice() ?? null; // ours to draw on
  const mask = maskOf(data, mode, drawn);
  const state = { head: 0, hover: null, pinned: null, temperature, scaled: true, mode, drawn, mask };
  const weights = attend(data, state).subarray(row * nKeys, (row + 1) * nKeys);
  return { ...state, at: [row, weights.indexOf(Math.max(...weights))] };
}

/** Which of the given masks a mode stands for; undefined for the modes that are always there. */
const presetOf = (mode) => mode.split("preset ")[1];

/** Who may look where, for every head, in one of the modes; null: everyone everywhere. */
function maskOf({ nHeads, nQueries, nKeys, mask, kind }, mode, drawn) {
  if (kind === "weights") return mask;
  if (mode === "draw" || presetOf(mode)) return drawn;
  if (mode === "none") return null;
  const causal = (at) => at % nKeys <= Math.floor(at / nKeys) % nQueries;
  return Uint8Array.from({ length: nHeads * nQueries * nKeys }, (_, at) => Number(causal(at)));
}

// ---- words ---------------------------------------------------------------------------------------------------------

const minus = (text) => text.replace("-", "−");
const inText = (a) => (a !== 0 && Math.abs(a) < 0.005 ? "<0.01" : minus(a.toFixed(2)));
const inCell = (a) => ({ "0.00": "0", "-0.00": "0", "1.00": "1" })[a.toFixed(2)] ?? minus(a.toFixed(2)).replace("0.", ".");
const threeDigits = (x) => (Math.abs(x) < 1e4 ? String(Number(x.toPrecision(3))) : x.toExponential(0));
const inChip = (x) => minus(Math.abs(x) < 1 ? x.toFixed(2) : threeDigits(x));
/** A token whose blanks can be seen; the full text stays in the title and in what is announced. */
const visible = (label) =>
  label.replace(/\n/g, "⏎").replace(/\t/g, "⇥").replace(/^ +$|^ | $/g, (blanks) => "␣".repeat(blanks.length)) || "∅";

// ---- the page: built once ------------------------------------------------------------------------------------------

const [MOST_IN_SUM, MOST_CHIPS] = [8, 64];

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const box = (name, ...children) => make("div", { class: name }, ...children);
const inRole = (role, name, ...children) => make("div", { role, class: name }, ...children);
const token = (name, label) => make("span", { class: name, dir: "auto", title: label }, visible(label));
const place = (node, row, column) => Object.assign(node, { style: `grid-area: ${row} / ${column}` });

/** A row of choices of which one holds: native radio buttons, so that arrow keys and screen readers just work. */
function choices(name, label, options) {
  const group = `alpha-${Math.random().toString(36).slice(2)}`;
  const items = options.map(([value, ...content]) =>
    make("label", {}, make("input", { type: "radio", name: group, value, ...KEYS }), ...content));
  return make("div", { class: name, role: "radiogroup", "aria-label": label }, ...items);
}

function buildControls(page, data) {
  const range = { type: "range", min: -1.3, max: 1.3, step: 0.02 }; // powers of ten: 0.05 to 20
  page.slider = make("input", { ...range, "aria-label": "temperature", ...KEYS });
  page.reading = make("output", {});
  const presets = data.presets.map(([name], i) => [`preset ${i}`, visible(name)]);
  page.modes = choices("seg", "mask",
    [["none", "no mask"], ...(data.same ? [["causal", "causal"]] : []), ...presets, ["draw", "draw"]]);
  page.scale = make("input", { type: "checkbox", "aria-label": "divide by the square root of d", ...KEYS });
  page.reset = make("button", { type: "button", class: "reset", ...KEYS }, "reset");
  const parts = [make("label", { class: "slide" }, "temperature", page.slider, page.reading), page.modes];
  if (data.d) parts.push(box("seg", make("label", {}, page.scale, "÷ √d")));
  return data.kind === "scores" ? box("bar", ...parts, page.reset) : "";
}

function buildHeads(page, data) {
  const pixels = { width: data.nKeys, height: data.nQueries, "aria-hidden": "true" };
  page.thumbs = range(data.nHeads).map(() => make("canvas", pixels));
  page.heads = choices("heads", "head", page.thumbs.map((thumb, h) => [h, thumb, `head ${h + 1}`]));
  page.heads.hidden = data.nHeads === 1;
  return page.heads;
}

/** Sizes that keep the matrix beside the text: numbers up to 8 × 8, smaller cells beyond, then scrolling. */
function cellSize({ nQueries, nKeys, keys }) {
  const most = Math.max(nQueries, nKeys);
  const wide = Math.max(42, ...keys.map((label) => 8 * visible(label).length + 8));
  if (most <= 8) return { width: wide <= 64 && nKeys * wide <= 420 ? wide : 44, height: most <= 6 ? 46 : 40, gap: 3 };
  const side = most <= 12 ? 28 : most <= 16 ? 24 : most <= 24 ? 19 : 15;
  return { width: side, height: side, gap: most <= 16 ? 2 : 1 };
}

function buildMatrix(page, data) {
  const { nQueries, nKeys } = data;
  const size = cellSize(data);
  const upright = data.keys.some((label) => visible(label).length * 8 + 2 > size.width);
  page.numbers = Math.max(nQueries, nKeys) <= 8;
  const blank = () => make("div", { role: "gridcell", class: "cell", tabindex: -1, ...KEYS });
  page.cells = range(nQueries * nKeys).map((at) => place(blank(), Math.floor(at / nKeys) + 2, (at % nKeys) + 2));
  page.queryLabels = data.queries.map((label, i) => place(inRole("rowheader", "query", token("label", label)), i + 2, 1));
  page.keyLabels = data.keys.map((label, j) => place(inRole("columnheader", "key", token("label", label)), 1, j + 2));
  const sums = data.kind === "weights" ? [place(inRole("columnheader", "rowsum", "Σ"), 1, nKeys + 2)] : [];
  page.rowSums = sums.length ? range(nQueries).map((i) => place(inRole("gridcell", "rowsum"), i + 2, nKeys + 2)) : [];
  const header = inRole("row", "", place(inRole("gridcell", "corner"), 1, 1), ...page.keyLabels, ...sums);
  const rows = page.queryLabels.map((label, i) =>
    inRole("row", "", label, ...page.cells.slice(i * nKeys, (i + 1) * nKeys), ...page.rowSums.slice(i, i + 1)));
  page.stop = page.cells[0];
  page.where = new Map([...page.cells.entries()].map(([at, cell]) => [cell, [Math.floor(at / nKeys), at % nKeys]]));
  page.queryLabels.forEach((label, i) => page.where.set(label, [i, 0]));
  [page.frame, page.pinFrame] = ["frame", "frame pin"].map((name) => make("div", { class: name, "aria-hidden": "true" }));
  const kind = `grid ${upright ? "upright" : ""} ${page.numbers ? "" : "fine"}`;
  page.grid = inRole("grid", kind, header, ...rows, page.pinFrame, page.frame);
  page.grid.setAttribute("aria-label", "weights: rows are queries, columns are keys");
  page.grid.style = `--w: ${size.width}px; --h: ${size.height}px; --gap: ${size.gap}px;
    grid-template-columns: fit-content(124px) repeat(${nKeys}, var(--w))`;
  return (page.matrix = box("matrix", page.grid));
}

function buildReading(page, data) {
  const sentence = (name) => box(`sentence ${name}`, ...data.keys.map((label) => token("token", label)));
  [page.reader, page.pinName] = [make("bdi", { class: "q" }), make("bdi", { class: "pinname pinned" })];
  page.pinButton = make("button", { type: "button", class: "pinbutton", "aria-pressed": "false", ...KEYS }, "pin");
  page.sentence = sentence(data.nKeys > 24 ? "small" : data.nKeys > 12 ? "middle" : "");
  page.pinSentence = sentence(data.nKeys > 12 ? "strip pinned" : "small pinned");
  const notes = data.width > 6 && data.values.some((v) => v < 0) ? ["–: below 0"] : [];
  if (data.width > MOST_CHIPS) notes.push(`first ${MOST_CHIPS} of ${data.width} numbers`);
  page.words = box("words");
  page.read = box(data.nQueries === 1 ? "read single" : "read",
    box("head", make("span", {}, "What", page.reader, "reads"), page.pinButton), page.sentence,
    box("pinline", page.pinName, page.pinSentence, box("pinhint", "pin a row to keep it here and compare")),
    box("head", data.values ? ["The sum it becomes: a = Σ α v", ...notes].join(" · ") : "Its weights"),
    buildSum(page, data), page.words);
  return page.read;
}

function buildSum(page, data) {
  page.chipNumbers = data.width <= 6;
  const line = (kind) => {
    const chips = range(Math.min(data.width, MOST_CHIPS)).map(() => make("i", {}));
    const name = make("bdi", { class: `who ${kind}` });
    const weight = make("span", { class: `weight ${kind}` });
    const bar = make("i", {});
    const picture = data.values ? box(`chips ${kind}`, ...chips) : box("bar-space", bar);
    return { name, weight, bar, chips, nodes: [name, weight, picture] };
  };
  page.lines = range(Math.min(data.nKeys, MOST_IN_SUM)).map(() => line("k"));
  [page.out, page.pinOut] = [line("q"), line("q pinned")];
  const results = data.values ? [box("rule"), ...page.out.nodes, ...page.pinOut.nodes] : [];
  return box(data.width > 12 ? "sum thin" : "sum", ...page.lines.flatMap(({ nodes }) => nodes), ...results);
}

function build(data) {
  const name = data.title ?? "attention weights";
  const page = { root: make("div", { class: "alpha-view", role: "group", "aria-label": name }) };
  page.live = make("div", { class: "unseen", "aria-live": "polite" });
  [page.statusQuery, page.statusKey] = [make("bdi", { class: "q" }), make("bdi", { class: "k" })];
  page.statusWeight = make("b", {});
  const status = box("status", page.statusQuery, " → ", page.statusKey, ": ", page.statusWeight);
  status.setAttribute("aria-hidden", "true"); // the live region says it
  const hint = `arrow keys walk the cells · ${data.kind === "scores" ? "space forbids one · " : ""}p pins a row · Esc leaves`;
  page.root.append(...(data.title ? [box("title", data.title)] : []), buildControls(page, data), buildHeads(page, data),
    box("body", buildMatrix(page, data), buildReading(page, data)), box("foot", status, box("hint", hint)), page.live);
  return page;
}

// ---- painting: in place, only what changed -------------------------------------------------------------------------

const setText = (node, text) => void (node.textContent === text || (node.textContent = text));

/** Fill a node with the shade for an amount 0..1; less than nothing gets a minus sign, forbidden is hatched. */
function ink(node, shades, amount, allowed = true) {
  const shade = allowed ? shades[Math.round(255 * Math.min(1, Math.abs(amount)))] : null;
  const minus = allowed && amount < -0.002;
  if (node.shade === shade && node.minus === minus) return;
  Object.assign(node, { shade, minus });
  node.classList.toggle("no", !allowed);
  node.classList.toggle("minus", minus);
  node.style.backgroundColor = shade ? shade.fill : "";
  node.style.color = shade ? shade.text : "";
}

function paint(view) {
  const { page, data, state } = view;
  if (view.theme !== themeNow()) {
    view.theme = page.root.dataset.theme = themeNow();
    view.shades = { alpha: ramp(THEMES[view.theme].alpha), value: ramp(THEMES[view.theme].value) };
  }
  const first = state.head * data.nQueries * data.nKeys;
  view.weights = attend(data, state);
  view.may = (i, j) => !state.mask || state.mask[first + i * data.nKeys + j] === 1;
  view.rowOf = (i) => view.weights.subarray(first + i * data.nKeys, first + (i + 1) * data.nKeys);
  paintControls(view);
  paintMatrix(view);
  paintHeads(view);
  paintReading(view, ...(state.hover ?? state.at));
}

function paintControls({ page, state }) {
  const shown = state.temperature.toPrecision(3);
  page.slider.value = Math.log10(state.temperature);
  page.slider.setAttribute("aria-valuetext", shown);
  setText(page.reading, shown);
  page.scale.checked = state.scaled;
  for (const input of page.modes.querySelectorAll("input")) input.checked = input.value === state.mode;
  page.grid.classList.toggle("drawing", state.mode === "draw");
}

function paintMatrix({ page, data, state, shades, may, rowOf }) {
  const [shown, key] = state.hover ?? state.at;
  page.cells.forEach((cell, where) => {
    const [i, j] = [Math.floor(where / data.nKeys), where % data.nKeys];
    const weight = rowOf(i)[j];
    ink(cell, shades.alpha, weight, may(i, j));
    if (page.numbers) setText(cell, may(i, j) ? inCell(weight) : "");
  });
  page.rowSums.forEach((node, i) => setText(node, total(rowOf(i)).toFixed(2)));
  page.queryLabels.forEach((node, i) => node.classList.toggle("on", i === shown));
  page.keyLabels.forEach((node, j) => node.classList.toggle("on", j === key));
  page.queryLabels.forEach((node, i) => node.classList.toggle("pinned", i === state.pinned));
  const stop = page.cells[state.at[0] * data.nKeys + state.at[1]];
  page.stop.tabIndex = -1; // one cell at a time takes part in the tab order
  page.stop.classList.remove("at");
  (page.stop = stop).tabIndex = 0;
  stop.classList.add("at");
  page.frame.style.gridArea = `${shown + 2} / 2 / auto / span ${data.nKeys}`;
  page.pinFrame.style.gridArea = `${state.pinned + 2} / 2 / auto / span ${data.nKeys}`;
  page.pinFrame.hidden = state.pinned === null;
}

function paintHeads({ page, data, state, shades, weights, theme }) {
  const size = data.nQueries * data.nKeys;
  page.thumbs.forEach((thumb, h) => {
    const picture = new ImageData(data.nKeys, data.nQueries);
    for (let at = 0; at < size; at++) {
      const allowed = !state.mask || state.mask[h * size + at];
      const level = Math.round(255 * Math.min(1, Math.abs(weights[h * size + at])));
      picture.data.set(allowed ? shades.alpha[level].rgb : parse(THEMES[theme].no), 4 * at);
      picture.data[4 * at + 3] = 255;
    }
    thumb.getContext("2d").putImageData(picture, 0, 0);
  });
  page.heads.querySelectorAll("input").forEach((input, h) => (input.checked = h === state.head));
}

/** All that is said about one row, and about the pinned row beside it. */
function paintReading(view, i, j) {
  const { page, data, state } = view;
  setText(page.reader, `“${visible(data.queries[i])}”`);
  paintSentence(view, page.sentence, i);
  page.pinButton.setAttribute("aria-pressed", String(state.pinned === i));
  page.read.classList.toggle("nothing-pinned", state.pinned === null);
  paintSum(view, i);
  if (state.pinned !== null) {
    setText(page.pinName, `● ${visible(data.queries[state.pinned])}`);
    paintSentence(view, page.pinSentence, state.pinned);
  }
  setText(page.words, wordsFor(view, i));
  setText(page.statusQuery, visible(data.queries[i]));
  setText(page.statusKey, visible(data.keys[j]));
  setText(page.statusWeight, view.may(i, j) ? inText(view.rowOf(i)[j]) : "may not look");
}

function paintSentence({ data, shades, may, rowOf }, sentence, i) {
  Array.from(sentence.children).forEach((node, j) => {
    ink(node, shades.alpha, rowOf(i)[j], may(i, j));
    node.classList.toggle("me", data.same && i === j);
  });
}

/** The sum, key by key (the light ones together), and what it comes to for row i and for the pinned row. */
function paintSum(view, i) {
  const { page, data, state, may } = view;
  const row = view.rowOf(i);
  const each = data.nKeys * data.width; // numbers a head
  const values = data.values?.subarray(state.head * each, (state.head + 1) * each);
  const summed = (weights, keys) => values && weightedSum(weights, values, data.width, keys);
  const listed = heaviest(row, page.lines.length);
  listed.forEach((j, n) => {
    const text = may(i, j) ? inText(row[j]) + (values ? " ×" : "") : "—";
    const value = values?.subarray(j * data.width, (j + 1) * data.width);
    paintLine(view, page.lines[n], visible(data.keys[j]), text, row[j], may(i, j), summed(row, [j]), value);
  });
  const others = range(data.nKeys).filter((j) => !listed.includes(j));
  if (others.length) {
    const weight = total(others.map((j) => row[j]));
    const text = weight ? inText(weight) : "—";
    paintLine(view, page.lines.at(-1), `${others.length} others`, text, weight, true, summed(row, others));
  }
  for (const [line, query] of values ? [[page.out, i], [page.pinOut, state.pinned ?? i]] : []) {
    const out = summed(view.rowOf(query), range(data.nKeys));
    paintLine(view, line, visible(data.queries[query]), "=", 0, true, out, out);
  }
}

/** One line: a name, a weight, and then chips with ink for each part and perhaps numbers, or a bar for the weight. */
function paintLine({ page, data, shades }, line, name, text, weight, allowed, parts, numbers) {
  setText(line.name, name);
  setText(line.weight, text);
  ink(line.bar, shades.alpha, weight, allowed);
  line.bar.style.width = allowed ? `${100 * Math.min(1, Math.abs(weight))}%` : "46px";
  line.chips.forEach((chip, c) => {
    ink(chip, shades.value, parts[c] / data.largest, allowed);
    if (page.chipNumbers) setText(chip, allowed && numbers ? inChip(numbers[c]) : "");
  });
}

function wordsFor({ data, may, rowOf }, i) {
  const row = rowOf(i);
  const open = range(data.nKeys).filter((j) => may(i, j)).length;
  if (!open) return "may look nowhere: all its weights are 0";
  const sum = total(row);
  const said = data.kind === "weights" ? `the row sums to ${inText(sum)}` : "";
  if (row.some((a) => a < 0) || Math.abs(sum - 1) > 0.005) return said;
  const bits = entropy(row);
  const spread = `spread over ${(2 ** bits).toFixed(1)} of ${open} ${open > 1 ? "keys" : "key"}`;
  return [spread, `entropy ${bits.toFixed(2)} bits`, said].filter(Boolean).join(" · ");
}

// ---- events --------------------------------------------------------------------------------------------------------

/** Where a key leads from cell [i, j], or nothing if it is not a key for walking. */
function walk([i, j], { key, ctrlKey }, { nQueries, nKeys }) {
  const to = {
    ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1], ArrowUp: [i - 1, j], ArrowDown: [i + 1, j],
    PageUp: [i - 8, j], PageDown: [i + 8, j], Home: [ctrlKey ? 0 : i, 0], End: [ctrlKey ? nQueries - 1 : i, nKeys - 1],
  }[key];
  return to && [Math.max(0, Math.min(nQueries - 1, to[0])), Math.max(0, Math.min(nKeys - 1, to[1]))];
}

function listen(view, signal) {
  const { page, data, state } = view;
  const on = (node, kind, act) => node.addEventListener(kind, act, { signal });
  let frame = 0;
  const repaint = () => (frame ||= requestAnimationFrame(() => { frame = 0; paint(view); }));
  const change = (news) => { Object.assign(state, news); repaint(); };

  const setMode = (mode) => {
    if (presetOf(mode)) state.drawn = data.presets[presetOf(mode)][1].slice();
    if (mode === "draw") state.drawn ??= state.mask ? state.mask.slice() : new Uint8Array(data.numbers.length).fill(1);
    change({ mode, mask: maskOf(data, mode, state.drawn) });
  };
  const allow = ([i, j], may) => { // in every head
    if (state.mode !== "draw") state.drawn = null; // begin with the mask that is seen
    setMode("draw");
    for (let h = 0; h < data.nHeads; h++) state.drawn[(h * data.nQueries + i) * data.nKeys + j] = may;
  };
  const mayNow = ([i, j]) => !state.mask || state.mask[(state.head * data.nQueries + i) * data.nKeys + j] === 1;
  const pin = (i) => change({ pinned: state.pinned === i ? null : i });
  const announce = (extra = "") => {
    const [i, j] = state.at;
    paint(view);
    const weight = view.may(i, j) ? inText(view.rowOf(i)[j]) : "may not look";
    page.live.textContent = `query ${data.queries[i]} → key ${data.keys[j]}: ${weight}${extra}`;
  };

  on(page.slider, "input", () => {
    const temperature = Number((10 ** page.slider.value).toPrecision(3)); // what is shown is what is used
    change({ temperature });
  });
  on(page.modes, "change", (event) => setMode(event.target.value));
  on(page.scale, "change", () => change({ scaled: page.scale.checked }));
  on(page.heads, "change", (event) => change({ head: Number(event.target.value) }));
  on(page.pinButton, "click", () => pin(state.at[0]));
  on(page.reset, "click", () => change(startOf(data)));

  const cellOf = (event) => page.where.get(event.target.closest(".cell, .query")) ?? null;
  let brush = null; // what a drag of the mouse in draw mode leaves behind: allowed 1, forbidden 0
  on(page.grid, "pointerover", (event) => {
    const cell = cellOf(event);
    if (!event.buttons) brush = null;
    if (cell && brush !== null) allow(cell, brush);
    change({ hover: cell });
  });
  on(page.grid, "pointerleave", () => change({ hover: null }));
  on(page.grid, "pointerdown", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    change({ at: cell });
    if (state.mode === "draw") allow(cell, (brush = mayNow(cell) ? 0 : 1));
    announce();
  });
  on(page.grid, "click", () => page.stop.focus({ preventScroll: true }));
  on(page.grid, "keydown", (event) => {
    const to = walk(state.at, event, data);
    if (event.altKey || event.metaKey || (event.ctrlKey && !to)) return;
    if (to) change({ at: to, hover: null });
    else if (event.key === " " && data.kind === "scores") allow(state.at, mayNow(state.at) ? 0 : 1);
    else if (event.key === "p") pin(state.at[0]);
    else return; // Tab and all else go their own way
    event.preventDefault();
    event.stopPropagation();
    announce(event.key !== "p" ? "" : state.pinned === null ? ", unpinned" : ", row pinned");
    if (to) page.stop.focus();
  });

  keepKeys(page.root, { signal });

  const dress = new MutationObserver(repaint);
  dress.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  on(matchMedia("(prefers-color-scheme: dark)"), "change", repaint);
  signal.addEventListener("abort", () => { dress.disconnect(); cancelAnimationFrame(frame); }, { once: true });
}

// ---- the way in ----------------------------------------------------------------------------------------------------

/** Show the α view of data, what utils/widgets/packing.py packs, in an element; returns the function that takes it away. */
export function mount(element, given) {
  let data;
  try {
    data = read(given);
  } catch (error) {
    const sentence = `This α view cannot be drawn: ${error.message}.`;
    const note = make("div", { class: "alpha-view", role: "note" }, sentence);
    note.dataset.theme = themeNow();
    element.append(note);
    return () => note.remove();
  }
  const end = new AbortController();
  const view = { data, page: build(data), state: startOf(data) };
  view.page.root.alphaWeights = () => Array.from(view.weights); // as drawn, for tests: heads × queries × keys
  element.append(view.page.root);
  paint(view);
  requestAnimationFrame(() => view.page.matrix.scrollTo(0, view.page.stop.offsetTop - 280)); // a late row is seen too
  listen(view, end.signal);
  return () => { end.abort(); view.page.root.remove(); };
}

/** The anywidget shell: mount what the kernel sent, and again whenever it sends something new. */
function render({ model, el }) {
  let end = mount(el, model.get("data"));
  const again = () => { end(); end = mount(el, model.get("data")); };
  model.on("change:data", again);
  return () => { model.off("change:data", again); end(); };
}

export default { render };
